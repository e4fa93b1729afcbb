"""Outlook's RTF bodies: the compressed form undone, and text or the HTML that is wrapped in it taken out."""

import re
import struct

from data.mail.charsets import decode

MAX_RTF = 16 * 1024 * 1024
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]")
_DESTINATIONS = frozenset(
    ("fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer", "object", "themedata", "generator",
     "listtable", "listoverridetable", "rsidtbl", "xmlnstbl", "latentstyles", "datastore", "colorschememapping",
     "mmathPr")
)  # fmt: skip
_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t", "page": "\n"}
_SIGNS = {"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—"}


def decompress(raw: bytes) -> bytes:
    """Undo LZFu (MS-OXRTFCP); bytes of another form come back as they are."""
    if len(raw) < 16:
        return raw
    _, size, kind, _ = struct.unpack_from("<IIII", raw)
    if kind == 0x414C454D:
        return raw[16 : 16 + size]
    if kind != 0x75465A4C:
        return raw
    window = bytearray(_DICTIONARY.ljust(4096, b"\x00"))
    place, position = len(_DICTIONARY), 16
    out = bytearray()
    while position < len(raw) and len(out) < min(size, MAX_RTF):
        flags = raw[position]
        position += 1
        for bit in range(8):
            if flags >> bit & 1:
                if position + 1 >= len(raw):
                    return bytes(out)
                token = raw[position] << 8 | raw[position + 1]
                position += 2
                offset, length = token >> 4, (token & 15) + 2
                if offset == place:
                    return bytes(out)
                chunk = bytes(_copied(window, offset, place, length))
            else:
                chunk = raw[position : position + 1]
                position += 1
                for byte in chunk:
                    window[place] = byte
            out += chunk
            place = (place + len(chunk)) % 4096
    return bytes(out)


def _copied(window: bytearray, offset: int, place: int, length: int) -> bytearray:
    """Copy inside the window byte by byte, since source and target may overlap."""
    chunk = bytearray()
    for step in range(length):
        byte = window[(offset + step) % 4096]
        window[(place + step) % 4096] = byte
        chunk.append(byte)
    return chunk


def body(raw: bytes) -> tuple[str, bool]:
    """The text of an RTF document, and whether it is HTML that Outlook had wrapped into RTF."""
    source = raw[:MAX_RTF].decode("latin-1")
    html = "\\fromhtml" in source[:2_000]
    return _text(source, html=html).strip(), html


def _text(source: str, *, html: bool) -> str:
    """Walk the tokens; groups that hold no text, and in wrapped HTML all that is only RTF, are passed over."""
    codec = "cp1252"
    out: list[str] = []
    stack: list[tuple[bool, bool]] = []
    skip, inside_tag = False, False
    starred, units = False, 0
    for match in _TOKEN.finditer(source):
        word, number, code, symbol, brace, plain = match.groups()
        if brace == "{":
            stack.append((skip, inside_tag))
            starred = False
        elif brace == "}":
            skip, inside_tag = stack.pop() if stack else (False, False)
        elif symbol == "*":
            starred = True
        elif word == "htmltag":
            skip, inside_tag, starred = False, True, False
        elif word == "htmlrtf":
            skip = number != "0"
        elif word == "ansicpg" and number:
            codec = f"cp{number}" if number != "65001" else "utf-8"
        elif word in _DESTINATIONS or (word and starred):
            skip, starred = True, False
        elif skip:
            continue
        elif word == "u" and number:
            out.append(chr(int(number) % 65_536))
            units = 1
        elif word:
            out.append("" if html and word == "par" and inside_tag else _BREAKS.get(word) or _SIGNS.get(word, ""))
        elif units and (code or plain):
            out.append(plain[1:] if plain else "")
            units = 0
        elif code:
            out.append(f"\udc00{code}")
        elif symbol:
            out.append(
                {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n"}.get(symbol, symbol if symbol in "\\{}" else "")
            )
        elif plain:
            out.append(plain)
    return _bytes_decoded("".join(out), codec)


def _bytes_decoded(text: str, codec: str) -> str:
    """Decode runs of escaped bytes together, since a character may be two of them."""
    text = re.sub(
        r"(?:\udc00[0-9a-fA-F]{2})+", lambda run: decode(bytes.fromhex(run[0].replace("\udc00", "")), codec), text
    )
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
