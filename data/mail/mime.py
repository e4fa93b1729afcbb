"""Bytes of a mail to its parts: bounded in depth, count and size, in linear time, never raising."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.mail.charsets import decode
from data.mail.headers import Fields, decode_base64, parameters, split_header

MAX_SIZE = 64 * 1024 * 1024
MAX_TEXT = 1_000_000
MAX_DEPTH = 24
MAX_PARTS = 1_000
_SPACED_BREAK = re.compile(rb"=[ \t]+\n")  # blanks that a gateway put behind a soft line break
_HEADER_START = re.compile(
    rb"^(?:From|Received|Return-Path|Date|Subject|To|Message-ID|MIME-Version|Delivered-To|Content-Type):",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its header, its kind and its still encoded body."""

    fields: Fields
    kind: str
    options: dict[str, str]
    body: bytes
    children: tuple["Part", ...] = ()

    @property
    def filename(self) -> str:
        """The name of an attachment, or an empty text."""
        _, options = parameters(self.fields.get("content-disposition"))
        return options.get("filename") or self.options.get("name", "")

    @property
    def attached(self) -> bool:
        """Whether the part is meant to be saved rather than shown."""
        return self.fields.get("content-disposition").lower().lstrip().startswith("attachment")

    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        coding = self.fields.get("content-transfer-encoding").strip().lower()
        if coding == "base64":
            return decode_base64(self.body)
        if coding in ("quoted-printable", "quoted_printable", "qp"):
            return binascii.a2b_qp(_SPACED_BREAK.sub(b"=\n", self.body) if b"= " in self.body else self.body)
        if coding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _uudecode(self.body)
        return self.body

    def text(self) -> str:
        """The body as text with newlines for line ends."""
        text = decode(self.content()[: 4 * MAX_TEXT], self.options.get("charset", ""))
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.replace("\x00", "")[:MAX_TEXT]

    def walk(self) -> Iterator["Part"]:
        """This part and all parts inside it, the mails inside excepted."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            if part.kind != "message/rfc822":
                stack.extend(reversed(part.children))


@dataclass(slots=True)
class _Budget:
    parts: int


def parse(raw: bytes) -> Part:
    """Read a whole message; line ends may be of any kind, a mailbox's ``From `` line may stand before it."""
    raw = raw[:MAX_SIZE]
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
        if b"\n" not in raw[:10_000]:
            raw = raw.replace(b"\r", b"\n")
    start = 0
    while raw[start : start + 1] in (b"\n", b" ", b"\t", b"\r") and start < len(raw):
        start += 1
    if raw.startswith(b"\xef\xbb\xbf", start):
        start += 3
    return _parse(raw, _skip_preface(raw, start), len(raw), 0, _Budget(MAX_PARTS), "text/plain")


def _skip_preface(raw: bytes, start: int) -> int:
    """Pass over lines that a tool wrote before the header (``+OK 1234 octets``), where no header stands first."""
    end = raw.find(b"\n", start)
    first = raw[start : end if end != -1 else len(raw)]
    if re.match(rb"(?:>?From |[!-9;-~]{1,76}[ \t]?:)", first):
        return start
    match = _HEADER_START.search(raw, start, start + 2_000)
    return match.start() if match else start


def _parse(raw: bytes, start: int, stop: int, depth: int, budget: _Budget, default: str) -> Part:
    budget.parts -= 1
    fields, body_start = split_header(raw, start, stop)
    kind, options = parameters(fields.get("content-type")) if "content-type" in fields else (default, {})
    if "/" not in kind:
        kind = "text/html" if kind == "html" else default if kind in ("", "text", "plain") else kind
    body = raw[body_start:stop]
    children: tuple[Part, ...] = ()
    if kind.startswith("multipart/") and depth < MAX_DEPTH:
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        spans = _spans(body, options.get("boundary", ""), budget.parts)
        children = tuple(_parse(body, a, b, depth + 1, budget, inner) for a, b in spans if budget.parts > 0)
        if not children:
            kind = "text/html" if body.lstrip()[:6].lower().startswith((b"<html", b"<!doct")) else "text/plain"
    elif kind in ("message/rfc822", "message/global", "message/news") and depth < MAX_DEPTH:
        carried = Part(fields, kind, options, body).content().replace(b"\r\n", b"\n").lstrip(b"\n")
        children = (_parse(carried, 0, len(carried), depth + 1, budget, "text/plain"),)
        kind = "message/rfc822"
    return Part(fields, kind, options, body, children)


def _spans(body: bytes, boundary: str, most: int) -> list[tuple[int, int]]:
    """Where the parts of a multipart lie, in one pass; an unnamed boundary is the first line of two dashes."""
    mark = b"--" + boundary.rstrip().encode("utf-8", "replace")
    if mark == b"--" or (not body.startswith(mark) and b"\n" + mark not in body):
        guess = re.match(rb"(?:[^\n]*\n){0,50}?(--[^\s-][^\n]{4,70})\nContent-", body[:20_000], re.IGNORECASE)
        if guess is None:
            return []
        mark = guess[1].rstrip()
    spans: list[tuple[int, int]] = []
    opened = -1
    for position, end in _marks(body, mark):
        tail = body[position + len(mark) : end].strip()
        if tail not in (b"", b"--"):
            continue
        if opened != -1:
            spans.append((opened, max(opened, position - 1)))
        opened = -1 if tail else end + 1
        if tail or len(spans) >= most:
            break
    if opened != -1 and opened < len(body):
        spans.append((opened, len(body)))
    return spans


def _marks(body: bytes, mark: bytes) -> Iterator[tuple[int, int]]:
    """The lines that begin with a boundary: where each starts and ends."""
    position = 0 if body.startswith(mark) else body.find(b"\n" + mark) + 1
    while position > 0 or body.startswith(mark):
        end = body.find(b"\n", position)
        end = len(body) if end == -1 else end
        yield position, end
        position = body.find(b"\n" + mark, end) + 1
        if position == 0:
            return


def _uudecode(raw: bytes) -> bytes:
    out: list[bytes] = []
    inside = False
    for line in raw.split(b"\n"):
        if line.startswith(b"begin "):
            inside = True
        elif line.startswith(b"end"):
            inside = False
        elif inside:
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                continue
    return b"".join(out) or raw
