"""Names and addresses out of header values and out of the looser forms in forwarded text, in linear time."""

import re
from typing import NamedTuple

MAX_ADDRESSES = 500
MAX_VALUE = 20_000
_STOPS = frozenset(" \t\n\r\u00a0<>()[]{},;:\"'“”„«»|\\`=\u200b\ufeff")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}@[A-Za-z0-9.-]{1,252}[A-Za-z0-9]>[ \t]?")
_QUOTES = " \t\u00a0\"'“”„«»‘’`,;*_\u200b\ufeff\u200e\u200f"


class Person(NamedTuple):
    """Who stands in a header: a display name, an address in lower case, or both."""

    name: str | None
    address: str | None

    @property
    def label(self) -> str:
        """The address, or the name where there is none."""
        return self.address or self.name or ""


def find_address(text: str) -> tuple[int, int] | None:
    """Where the first plausible address stands."""
    at = text.find("@")
    while at != -1:
        start, end = at, at + 1
        while start > 0 and at - start < 128 and text[start - 1] not in _STOPS:
            start -= 1
        while end < len(text) and end - at < 256 and text[end] not in _STOPS and text[end] != "@":
            end += 1
        while end > at + 1 and text[end - 1] in ".-!?*_":
            end -= 1
        while start < at and text[start] in "*/.":
            start += 1
        if start < at and end > at + 1:
            return start, end
        at = text.find("@", max(end, at + 1))
    return None


def parse_person(text: str) -> Person:
    """Read one mailbox: ``Name <a@b>``, ``a@b (Name)``, ``Name [mailto:a@b]``, ``a@b`` or a name alone."""
    text = text[:MAX_VALUE].partition(" on behalf of ")[0]
    head, bracket, rest = text.partition("<")
    if bracket and "@" not in head and _PLAIN.fullmatch(rest):
        return Person(head.strip(_QUOTES) or None, rest[: rest.index(">")].lower())
    span = find_address(text)
    if span is None:
        name = text.partition("<")[0].strip(_QUOTES + "<>[]()")
        return Person(name or None, None)
    address = text[span[0] : span[1]].lower()
    before, after = text[: span[0]], text[span[1] :]
    name = before.removesuffix("mailto:").rstrip("<[( \u00a0\t").strip(_QUOTES)
    if name.lower().endswith("<mailto"):
        name = name[:-7].strip(_QUOTES)
    if not name and after.lstrip().startswith("("):
        name = after.lstrip()[1:].partition(")")[0].strip(_QUOTES)
    if "@" in name and name.lower().strip("<>()[]") == address:
        name = ""
    return Person(name.strip("<>") or None, address)


def parse_people(text: str) -> tuple[Person, ...]:
    """Read a list of mailboxes parted by commas or semicolons."""
    people = (parse_person(piece) for piece in split_list(text[:MAX_VALUE]))
    return tuple(person for person in people if person.name or person.address)[:MAX_ADDRESSES]


def split_list(text: str) -> list[str]:
    """Cut at semicolons, or at commas that stand outside quotes and brackets."""
    if ";" in text and "," not in text.partition(";")[0].partition("<")[0].strip(" ,"):
        text = _drop_groups(text)
    parts = _split_outside(text, ";" if ";" in text and not _commas_part(text) else ",;")
    return _rejoin([part for part in (piece.strip() for piece in parts) if part])


def _rejoin(parts: list[str]) -> list[str]:
    """Put ``Cruz`` and ``Ana <ana@b.example>`` together again: Outlook writes names with bare commas."""
    joined: list[str] = []
    for part in parts:
        half = bool(joined) and "@" not in joined[-1] and "<" not in joined[-1] and len(joined[-1].split()) <= 2
        if half and "@" in part and "<" in part and not part.startswith(("<", '"')):
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    return joined


def _commas_part(text: str) -> bool:
    """Whether commas part whole mailboxes here (each piece has an address of its own)."""
    pieces = [piece for piece in text.replace(";", ",").split(",") if piece.strip()]
    return all("@" in piece for piece in pieces)


def _drop_groups(text: str) -> str:
    """Take the names of groups off (``undisclosed-recipients:;``)."""
    head, colon, rest = text.partition(":")
    return rest if colon and "@" not in head and "<" not in head and '"' not in head and "[" not in head else text


def _split_outside(text: str, separators: str) -> list[str]:
    if not any(separator in text for separator in separators):
        return [text]
    parts: list[str] = []
    start, quote, angle = 0, "", 0
    fresh = True
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char == '"' or (char == "'" and fresh):
            quote = char if text.find(char, position + 1) != -1 else ""
        elif char == "<":
            angle += 1
        elif char == ">":
            angle = max(0, angle - 1)
        elif char in separators and not angle:
            parts.append(text[start:position])
            start, fresh = position + 1, True
            continue
        fresh = fresh and char in " \t"
    parts.append(text[start:])
    return parts
