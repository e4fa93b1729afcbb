"""Mailbox files read as a stream: mboxo, mboxrd, mboxcl, unescaped "From " lines, any line ends."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

MAX_MESSAGE = 64 * 1024 * 1024
MAX_LINE = 1024 * 1024
_BLOCK = 64 * 1024  # bytes read at once
MAX_GAP = 3
MAX_WASTED = 4 * MAX_MESSAGE
_FROM = re.compile(rb"From (?:\S.{0,300}?(?:\d{1,2}:\d{2}|\b(?:19|20)\d{2}\b)|[ \t]{0,20}\r?\n)")
_UNDATED = re.compile(rb"From (\S{1,320})[ \t]{0,20}\r?\n")
_HEADER = re.compile(
    rb"(?:From|Date|Subject|Message-ID|Return-Path|Received|To|Cc|Reply-To|Sender|Delivered-To|MIME-Version|Status|"
    rb"Content-[A-Za-z-]{1,40}|DKIM-Signature|ARC-[A-Za-z-]{1,40}|X-[!-9;-~]{1,70}):[ \t\r\n]",
    re.IGNORECASE,
)
_SENDER = re.compile(rb"From:[^\n]{0,400}@", re.IGNORECASE)
MAX_AHEAD = 64 * 1024  # bytes of a header to look at behind a "From " line without a date
_SURE = re.compile(
    rb"From (?:\S.{0,200} )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d .{0,12}\d{4}\s*$"
)
_FIELD = re.compile(rb"[!-9;-~]{1,76}:(?:[ \t\r\n]|[^/\s])|>?From ")
_LENGTH = re.compile(rb"^Content-Length:[ \t]{0,20}(\d{1,9})[ \t\r]{0,20}$", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\n[ \t\r\f\v]{0,200}\n")
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
    the mailbox's own form, or any date with a header after it. Without a date it does where it holds one word alone,
    and nothing but a mail's header stands right behind it: no sentence that begins with "From " parts. A
    Content-Length (mboxcl) is followed where another message or the end stands right behind it, so that "From " lines
    inside a text need no escape; a mailbox whose lengths are wrong is soon read without them.
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


def second(raw: bytes) -> bytes | None:
    """The second message of bytes that were given as one mail; None unless "From " lines begin and part them."""
    if not raw.lstrip().startswith(b"From "):
        return None
    return next((found for found in islice(messages(io.BytesIO(raw)), 1, 2) if _FIELD.match(found)), None)


def unescaped(raw: bytes) -> bytes:
    """Undo the escape of "From " in a message's bytes."""
    return _ESCAPED.sub(rb"\1", raw) if b">From " in raw else raw


class _Lines:
    """Lines of bounded length, of which some can be put back; stretches of them where lines do not matter."""

    __slots__ = ("_at", "_before", "_held", "_read", "only_returns", "wasted")

    def __init__(self, stream: IO[bytes]) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)  # what a pipe has so far is enough
        self._before = stream.tell()  # where in the file begins what is held
        self._held, self._at = b"", 0
        self.wasted = 0
        self.only_returns = False
        first = self.next()
        self.put_back([first])
        if first.count(b"\r") > 1 and b"\r\n" not in first:  # the old Macintosh's line ends
            self.only_returns = True
            self._held = self._held.replace(b"\r", b"\n")

    def next(self) -> bytes:
        """The next line with its end, nothing at the end of the file."""
        end = self._line_end()
        line = self._held[self._at : end]
        self._at = end
        return line

    def header(self) -> bytes:
        """Whole lines up to a blank one, as many as are at hand; nothing where a line begins with "From "."""
        end = self._line_end()
        if self._held[self._at : end].strip():
            found = _BLANK.search(self._held, end - 1)
            end = max(end, found.end() if found else self._held.rfind(b"\n") + 1)
        return self._stretch(end)

    def body(self) -> bytes:
        """Whole lines before one that begins with "From ", as many as are at hand; nothing where that line is next."""
        end = self._line_end()
        found = self._held.find(b"\nFrom ", end - 1)
        return self._stretch(max(end, (self._held.rfind(b"\n") if found == -1 else found) + 1))

    def _stretch(self, end: int) -> bytes:
        if self._held.startswith(b"From ", self._at):
            return b""
        lines = self._held[self._at : end]
        self._at = end
        return lines

    def place(self) -> int | None:
        """Where in the file the next line begins."""
        return None if self.only_returns else self._before + self._at

    def put_back(self, lines: list[bytes]) -> None:
        """Have these lines, the last that were taken, come again next."""
        size = sum(map(len, lines))
        if size > self._at:
            self._held = b"".join([*lines, self._held[self._at :]])
            self._before, self._at = self._before + self._at - size, size
        self._at -= size

    def take(self, size: int) -> list[bytes]:
        """Whole lines until ``size`` bytes are reached or passed."""
        taken: list[bytes] = []
        while size > 0 and (line := self.next()):
            taken.append(line)
            size -= len(line)
        return taken

    def ahead(self) -> list[bytes]:
        """The next lines up to a blank one, or as many as are enough; they come again."""
        peeked: list[bytes] = []
        size = 0
        while size < MAX_AHEAD and (line := self.next()):
            peeked.append(line)
            size += len(line)
            if not line.strip():
                break
        self.put_back(peeked)
        return peeked

    def ends_here(self) -> bool:
        """Whether another message or the end of the file comes next, after a blank line or two."""
        peeked: list[bytes] = []
        while len(peeked) < MAX_GAP and (line := self.next()):
            peeked.append(line)
            if line.strip():
                break
        parts = not peeked or not peeked[-1].strip() or _FROM.match(peeked[-1]) or _parts_undated(self, peeked[-1])
        self.put_back(peeked)
        return bool(parts)

    def _line_end(self) -> int:
        """Where in what is held the next line ends; more is read where its end is not held."""
        while not (end := self._held.find(b"\n", self._at) + 1):
            length = len(self._held) - self._at
            if length >= MAX_LINE or not self._fill():
                return self._at + min(length, MAX_LINE)
        return min(end, self._at + MAX_LINE)

    def _fill(self) -> bool:
        block = self._read(_BLOCK)
        self._before, self._held, self._at = self._before + self._at, self._held[self._at :] + block, 0
        if self.only_returns:
            self._held = self._held.replace(b"\r", b"\n")
        return bool(block)


def _skip_opening(lines: _Lines) -> bool:
    """Pass over the first message's "From " line, if there is one."""
    first = lines.next()
    if _FROM.match(first) or _parts_undated(lines, first):
        return True
    lines.put_back([first] if first else [])
    return False


def _next_message(lines: _Lines) -> tuple[list[bytes], bool]:
    """The lines up to the next message, and whether there is one; its "From " line is passed over."""
    held: list[bytes] = []
    size, inside, blank = 0, False, False
    while line := (lines.body() if inside else lines.header()) or lines.next():
        if blank and line.startswith(b"From ") and _parts(lines, line):
            return held, True
        blank = not _last(line).strip()
        size += len(line)
        if size <= MAX_MESSAGE:
            held.append(line)
        if blank and not inside and size <= MAX_MESSAGE:  # what is held of a message is one stretch of the file
            inside = any(kept.strip() for kept in held)
            held += _measured(lines, held) if inside else []
    return held, False


def _last(lines: bytes) -> bytes:
    """The last one of some lines."""
    return lines[lines.rfind(b"\n", 0, -1) + 1 :]


def _parts(lines: _Lines, line: bytes) -> bool:
    """Whether a "From " line parts two messages: by its form, or by the header after it."""
    if not _FROM.match(line):
        return _parts_undated(lines, line)
    following = lines.next()
    lines.put_back([following] if following else [])
    return _SURE.match(line) is not None or _FIELD.match(following) is not None


def _parts_undated(lines: _Lines, line: bytes) -> bool:
    """Whether it does without a date: behind an address or a dash one field is enough, behind a word a sender too."""
    named = _UNDATED.match(line)
    if named is None:
        return False
    header = [field for field in lines.ahead() if field.strip() and not field.startswith((b" ", b"\t"))]
    if not header or not _HEADER.match(header[0]) or not all(map(_FIELD.match, header)):
        return False
    if named[1] == b"-" or b"@" in named[1]:
        return True
    return any(map(_SENDER.match, header)) and sum(map(bool, map(_HEADER.match, header))) > 1


def _measured(lines: _Lines, header: list[bytes]) -> list[bytes]:
    """The lines of a body whose Content-Length is right, nothing where there is none or it is wrong."""
    length = next((int(match[1]) for part in header if (match := _LENGTH.search(part))), 0)
    if not 0 < length <= MAX_MESSAGE or lines.wasted > MAX_WASTED:
        return []
    body = lines.take(length)
    if sum(map(len, body)) == length and lines.ends_here():
        return body
    lines.wasted += sum(map(len, body))
    lines.put_back(body)
    return []
