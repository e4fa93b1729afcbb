"""Header blocks of mails in the wild: fields by name, encoded words, parameters; in linear time and never raising."""

import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from data.mail.charsets import decode

MAX_FIELD = 50_000
MAX_FIELDS = 2_000
MAX_NAME = 220
_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,20}")
_FIELD_END = re.compile(rb"\n(?![ \t]+[^ \t\r\n])")  # a line that begins with a blank goes on with the field above
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r";\s*([^=;\s\"]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;\"]*))")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one header block, by lower-case name, in order of appearance."""

    raw: dict[str, list[bytes]]

    def get(self, name: str) -> str:
        """The first field of that name decoded, or an empty text."""
        values = self.raw.get(name)
        return decode_words(values[0]) if values else ""

    def plain(self, name: str) -> str:
        """The first field of that name without decoding of encoded words."""
        values = self.raw.get(name)
        return decode(values[0]) if values else ""

    def all(self, name: str) -> list[str]:
        """Every field of that name, decoded."""
        return [decode_words(value) for value in self.raw.get(name, ())]

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def __len__(self) -> int:
        return len(self.raw)


def split_header(raw: bytes, start: int, stop: int) -> tuple[Fields, int]:
    """Read the header block that begins at ``start``; returns the fields and where the body begins.

    A line that is no field ends the block, as a body whose blank line was lost.
    """
    fields: dict[str, list[bytes]] = {}
    blank = raw.find(b"\n\n", start, stop)
    end = stop if blank == -1 else blank
    position = start
    if raw.startswith((b"From ", b">From "), start):
        position = _line_end(raw, start, stop) + 1
    for field in _FIELD_END.split(raw[position:end]):
        name, colon, value = field.partition(b":")
        known = _name(name[:MAX_NAME]) if colon else None
        if known is None or len(fields) > MAX_FIELDS:
            break
        fields.setdefault(known, []).append(value[:MAX_FIELD].strip())
        position += len(field) + 1
    line = raw[position : _line_end(raw, position, stop)]
    if position < stop and not line.strip(b" \t\r"):
        position += len(line) + 1
    return Fields(fields), min(position, stop)


@lru_cache(maxsize=512)
def _name(raw: bytes) -> str | None:
    """A field's name in lower case, None where it is none."""
    return raw.rstrip().decode("ascii").lower() if _NAME.fullmatch(raw) else None


def _line_end(raw: bytes, start: int, stop: int) -> int:
    end = raw.find(b"\n", start, stop)
    return stop if end == -1 else end


def decode_words(value: bytes) -> str:
    """A field's value as text: folding undone, RFC 2047 words decoded also where they are broken."""
    text = decode(value)
    if "\n" in text:
        text = " ".join(piece.strip(" \t\r") for piece in text.split("\n"))
    if "=?" not in text:
        return text.replace("\x00", "")
    return _decode_encoded(text).replace("\x00", "").replace("\r", " ").replace("\n", " ")


def _decode_encoded(text: str) -> str:
    """Decode encoded words; neighbours of one charset are joined first, since programs cut inside characters."""
    out: list[str] = []
    pending, pending_label = b"", ""
    position = 0
    for match in _ENCODED.finditer(text):
        between = text[position : match.start()]
        raw = _bytes_of(match[2], match[3])
        label = match[1].casefold()
        if pending and (between.strip() or label != pending_label):
            out.append(decode(pending, pending_label))
            pending = b""
        if between.strip() or (position == 0 and between):
            out.append(between)
        pending, pending_label = pending + raw if pending else raw, label
        position = match.end()
        if len(pending) > MAX_FIELD:
            break
    out.append(decode(pending, pending_label))
    out.append(text[position:])
    return "".join(out)


def _bytes_of(kind: str, payload: str) -> bytes:
    if kind in "bB":
        return decode_base64(payload.encode("ascii", "ignore"))
    return binascii.a2b_qp(payload.replace("_", " ").encode("utf-8", "replace"), header=False)


_OUTSIDE_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decode_base64(raw: bytes) -> bytes:
    """Decode base64 with missing padding, foreign characters, or text after its end."""
    clean = raw.translate(_URL_SAFE).translate(None, _OUTSIDE_BASE64)
    spare = len(clean) % 4
    if spare == 1:
        clean = clean[:-1]
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return b""


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Part ``text/plain; charset=x`` into its main value and its parameters (RFC 2231 included), lower-case names."""
    main, semicolon, rest = value.partition(";")
    found: dict[str, str] = {}
    if semicolon:
        for match in _PARAMETER.finditer((";" + rest)[:8_000]):
            text = match[2] if match[2] is not None else match[3].strip()
            found.setdefault(match[1].lower(), text.replace('\\"', '"'))
    return main.strip().strip("\"'").lower(), _join_continued(found) if any("*" in name for name in found) else found


def _join_continued(found: dict[str, str]) -> dict[str, str]:
    """Join RFC 2231 pieces (``name*0*=utf-8''…``)."""
    whole = {name: text for name, text in found.items() if "*" not in name}
    pieces: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for name, text in found.items():
        base, star, _ = name.partition("*")
        if not star or base in whole:
            continue
        label, quote, tail = text.partition("'")
        if name.endswith("*") and quote and base not in pieces:
            labels[base] = label
            text = tail.partition("'")[2]
        pieces.setdefault(base, []).append(text)
    for base, texts in pieces.items():
        whole[base] = decode(unquote_to_bytes("".join(texts)), labels.get(base, ""))
    return whole
