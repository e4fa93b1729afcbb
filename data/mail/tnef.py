"""Outlook's winmail.dat (TNEF): only the body is taken out of it; never raising."""

import struct
from collections.abc import Iterator

from data.mail import rtf
from data.mail.charsets import decode

MAX_ATTRIBUTES = 2_000
_SIGNATURE = 0x223E9F78
_BODY = 0x0002800C
_MAPI = 0x00069003
_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_SIZES = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_VARIABLE = frozenset((0x001E, 0x001F, 0x000D, 0x0102))


def bodies(raw: bytes) -> Iterator[tuple[str, bool]]:
    """The text of a TNEF stream and whether it is HTML: plain text first, then HTML, then RTF; at most one."""
    found: dict[int, tuple[str, bool]] = {}
    try:
        for attribute, data in _attributes(raw):
            if attribute == _BODY:
                found.setdefault(0, (decode(data.rstrip(b"\x00")), False))
            elif attribute == _MAPI:
                for tag, kind, value in _properties(data):
                    _note(found, tag, kind, value)
    except (struct.error, IndexError, KeyError, ValueError):
        pass  # a truncated stream: what was found until there counts
    for rank in sorted(found):
        if found[rank][0].strip():
            yield found[rank]
            return


def _note(found: dict[int, tuple[str, bool]], tag: int, kind: int, value: bytes) -> None:
    if tag == _PLAIN:
        found.setdefault(1, (decode(value.rstrip(b"\x00"), "utf-16-le" if kind == 0x001F else ""), False))
    elif tag == _HTML:
        found.setdefault(2, (decode(value, "utf-16-le" if kind == 0x001F else ""), True))
    elif tag == _RTF:
        found.setdefault(3, rtf.body(rtf.decompress(value)))


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    if len(raw) < 6 or struct.unpack_from("<I", raw)[0] != _SIGNATURE:
        return
    position = 6
    for _ in range(MAX_ATTRIBUTES):
        if position + 9 > len(raw):
            return
        attribute, length = struct.unpack_from("<II", raw, position + 1)
        position += 9
        yield attribute, raw[position : position + length]
        position += length + 2


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The MAPI properties of a block: tag, kind, value (of many values the last)."""
    (count,) = struct.unpack_from("<I", data)
    position = 4
    for _ in range(min(count, MAX_ATTRIBUTES)):
        kind, tag = struct.unpack_from("<HH", data, position)
        position += 4
        if tag >= 0x8000:
            position = _skip_name(data, position)
        many, kind = kind & 0x1000, kind & 0x0FFF
        values = 1
        if many or kind in _VARIABLE:
            (values,) = struct.unpack_from("<I", data, position)
            position += 4
        value = b""
        for _ in range(min(values, MAX_ATTRIBUTES)):
            if kind in _VARIABLE:
                (size,) = struct.unpack_from("<I", data, position)
                position += 4
            else:
                size = _SIZES[kind]
            value = data[position : position + size]
            position += size + (-size % 4)
        yield tag, kind, value


def _skip_name(data: bytes, position: int) -> int:
    """Pass over a named property's name."""
    (kind,) = struct.unpack_from("<I", data, position + 16)
    position += 20
    if kind == 0:
        return position + 4
    (size,) = struct.unpack_from("<I", data, position)
    return int(position + 4 + size + (-size % 4))
