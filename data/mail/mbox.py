"""Mailbox files read as a stream: mboxo, mboxrd, mboxcl, unescaped "From " lines, any line ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MAX_MESSAGE = 64 * 1024 * 1024
MAX_LINE = 1024 * 1024
MAX_GAP = 3
MAX_WASTED = 4 * MAX_MESSAGE
_FROM = re.compile(rb"From (?:\S.{0,300}?(?:\d{1,2}:\d{2}|\b(?:19|20)\d{2}\b)|[ \t]{0,20}\r?\n)")
_SURE = re.compile(
    rb"From (?:\S.{0,200} )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d .{0,12}\d{4}\s*$"
)
_FIELD = re.compile(rb"[!-9;-~]{1,76}:(?:[ \t\r\n]|[^/\s])|>?From ")
_LENGTH = re.compile(rb"Content-Length:[ \t]{0,20}(\d{1,9})\s*$", re.IGNORECASE)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """One message, its escapes undone, and where the file holds it: from byte ``start`` on, ``size`` bytes.

    ``start`` is None where the line ends had to be changed.
    """

    raw: bytes
    start: int | None
    size: int


def messages(stream: IO[bytes]) -> Iterator[bytes]:
    """The raw messages of a mailbox, one at a time; memory holds one message."""
    return (found.raw for found in find(stream))


def find(stream: IO[bytes]) -> Iterator[Found]:
    """The same messages, with their places.

    A "From " line parts messages where a blank line (or the start) stands before it, and it bears either a date in
    the mailbox's own form, or any date with a header after it. A Content-Length (mboxcl) is followed where another
    message or the end stands right behind it, so that "From " lines inside a text need no escape; a mailbox whose
    lengths are wrong is soon read without them.
    """
    lines = _Lines(stream)
    started = _skip_opening(lines)
    while True:
        start = lines.place()
        held, more = _next_message(lines)
        if started or any(line.strip() for line in held):
            raw = b"".join(held)
            yield Found(unescaped(raw), start, len(raw))
        if not more:
            return
        started = True


def unescaped(raw: bytes) -> bytes:
    """Undo the escape of "From " in a message's bytes."""
    return _ESCAPED.sub(rb"\1", raw) if b">From " in raw else raw


class _Lines:
    """Lines of bounded length, of which some can be put back."""

    __slots__ = ("_returned", "_stream", "only_returns", "wasted")

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.wasted = 0
        self._returned: list[bytes] = []
        first = stream.readline(MAX_LINE)
        self.only_returns = first.count(b"\r") > 1 and b"\r\n" not in first  # the old Macintosh's line ends
        self.put_back(self._cut(first))

    def next(self) -> bytes:
        """The next line with its end, nothing at the end of the file."""
        if self._returned:
            return self._returned.pop()
        line = self._stream.readline(MAX_LINE)
        if self.only_returns and line:
            self.put_back(self._cut(line))
            return self.next()
        return line

    def place(self) -> int | None:
        """Where in the file the next line begins."""
        return None if self.only_returns else self._stream.tell() - sum(map(len, self._returned))

    def put_back(self, lines: list[bytes]) -> None:
        """Have these lines come again next."""
        self._returned.extend(reversed(lines))

    def take(self, size: int) -> list[bytes]:
        """Whole lines until ``size`` bytes are reached or passed."""
        taken: list[bytes] = []
        while size > 0 and (line := self.next()):
            taken.append(line)
            size -= len(line)
        return taken

    def ends_here(self) -> bool:
        """Whether another message or the end of the file comes next, after a blank line or two."""
        peeked: list[bytes] = []
        while len(peeked) < MAX_GAP and (line := self.next()):
            peeked.append(line)
            if line.strip():
                break
        self.put_back(peeked)
        return not peeked or not peeked[-1].strip() or _FROM.match(peeked[-1]) is not None

    def _cut(self, line: bytes) -> list[bytes]:
        if not self.only_returns:
            return [line] if line else []
        return [piece + b"\n" for piece in line.removesuffix(b"\r").split(b"\r")]


def _skip_opening(lines: _Lines) -> bool:
    """Pass over the first message's "From " line, if there is one."""
    first = lines.next()
    if _FROM.match(first):
        return True
    lines.put_back([first] if first else [])
    return False


def _next_message(lines: _Lines) -> tuple[list[bytes], bool]:
    """The lines up to the next message, and whether there is one; its "From " line is passed over."""
    held: list[bytes] = []
    size, inside, blank = 0, False, False
    while line := lines.next():
        if blank and _FROM.match(line) and _parts(lines, line):
            return held, True
        blank = not line.strip()
        size += len(line)
        if size <= MAX_MESSAGE:
            held.append(line)
        if blank and not inside and size <= MAX_MESSAGE:  # what is held of a message is one stretch of the file
            inside = any(kept.strip() for kept in held)
            held += _measured(lines, held) if inside else []
    return held, False


def _parts(lines: _Lines, line: bytes) -> bool:
    """Whether a "From " line parts two messages: by its form, or by the header after it."""
    following = lines.next()
    lines.put_back([following] if following else [])
    return _SURE.match(line) is not None or _FIELD.match(following) is not None


def _measured(lines: _Lines, header: list[bytes]) -> list[bytes]:
    """The lines of a body whose Content-Length is right, nothing where there is none or it is wrong."""
    length = next((int(match[1]) for field in header if (match := _LENGTH.match(field))), 0)
    if not 0 < length <= MAX_MESSAGE or lines.wasted > MAX_WASTED:
        return []
    body = lines.take(length)
    if sum(map(len, body)) == length and lines.ends_here():
        return body
    lines.wasted += sum(map(len, body))
    lines.put_back(body)
    return []
