"""Mailbox files read as a stream: mboxo, mboxrd, mboxcl, unescaped "From " lines, any line ends."""

import re
from collections.abc import Iterator
from typing import IO

MAX_MESSAGE = 64 * 1024 * 1024
MAX_LINE = 1024 * 1024
_FROM = re.compile(rb"From \S.{0,300}?(?:\d{1,2}:\d{2}|\b(?:19|20)\d{2}\b)")
_SURE = re.compile(
    rb"From (?:\S.{0,200} )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d .{0,12}\d{4}\s*$"
)
_FIELD = re.compile(rb"[!-9;-~]{1,76}:(?:[ \t\r\n]|[^/\s])|>?From ")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def messages(stream: IO[bytes]) -> Iterator[bytes]:
    """The raw messages of a mailbox, one at a time; memory holds one message.

    A "From " line parts messages where a blank line (or the start) stands before it, and it bears either a date in
    the mailbox's own form, or any date with a header after it.
    """
    held: list[bytes] = []
    size = 0
    blank, waiting = True, b""
    started = False
    for line in _lines(stream):
        if waiting:
            if _FIELD.match(line) or _SURE.match(waiting):
                if started or any(piece.strip() for piece in held):
                    yield _message(held)
                held, size, started = [], 0, True
            else:
                held.append(waiting)
            waiting = b""
        if blank and _FROM.match(line):
            waiting, blank = line, False
            continue
        blank = not line.strip()
        size += len(line)
        if size <= MAX_MESSAGE:
            held.append(line)
    if waiting:
        held.append(waiting)
    if started or any(piece.strip() for piece in held):
        yield _message(held)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of bounded length."""
    while line := stream.readline(MAX_LINE):
        yield line


def _message(held: list[bytes]) -> bytes:
    """Join a message's lines and undo the escape of "From "."""
    raw = b"".join(held)
    return _ESCAPED.sub(rb"\1", raw) if b">From " in raw else raw
