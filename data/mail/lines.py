"""A mail's text as lines with offsets and quoting depth: what all the reading by lines works on."""

from collections.abc import Sequence
from typing import NamedTuple

DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BLANKS = " \t\u00a0\u200b\ufeff\u2060\u200c\u200d" + DIRECTIONS
RULES = "-_=*#~—–─━ \t\u00a0+><ᐧ"
_STRANGE = frozenset(BLANKS + ">＞")


class Line(NamedTuple):
    """One line: ``[start, end)`` in the whole text, how many quote marks it bears, its text without them.

    ``signed``: the mail program marked it as part of a signature.
    """

    start: int
    end: int
    depth: int
    text: str
    signed: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing but quote marks and spaces stands here."""
        return not self.text


def split_lines(text: str) -> list[Line]:
    """Cut a text whose line ends are newlines into lines, in one pass."""
    lines: list[Line] = []
    new = tuple.__new__  # the constructor of a named tuple costs as much as all the rest of a plain line
    start = 0
    for raw in text.split("\n"):
        end = start + len(raw)
        bare = raw.lstrip()
        if bare and bare[0] not in _STRANGE and ">" not in bare[1:4]:
            lines.append(new(Line, (start, end, 0, raw.rstrip(), False)))
        elif not raw:
            lines.append(new(Line, (start, end, 0, "", False)))
        else:
            depth, content = _unquote(raw)
            lines.append(Line(start, end, depth, content))
        start = end + 1
    return lines


def _unquote(raw: str) -> tuple[int, str]:
    """Take off the quote marks: ``>``, its full-width twin, and initials before it (``JD>``)."""
    content = raw.strip(BLANKS)
    if not content or content[0] not in ">＞":
        if len(content) > 1 and ">" in content[1:4] and _has_initials(content):
            return 1, content.partition(">")[2].strip(BLANKS)
        indent = raw[: len(raw) - len(raw.lstrip(BLANKS))].strip(BLANKS[2:])
        return 0, indent + content if content else ""
    if content.endswith(">>>") and content[3:4] == " " and "@" in content:
        return 0, content  # GroupWise's attribution: ">>> Ana Cruz <ana@b.example> 3/5/2026 5:42 PM >>>"
    depth = 0
    position = 0
    for position, char in enumerate(content):
        if char in ">＞":
            depth += 1
        elif char not in BLANKS:
            return depth, content[position:] if content[position - 1] in ">＞" else content[position - 1 :].lstrip(
                BLANKS
            )
    return depth, ""


def _has_initials(content: str) -> bool:
    """Whether the line opens with one to three capitals and a quote mark, as old newsreaders quote."""
    initials, _, rest = content.partition(">")
    return initials.isalpha() and initials.isupper() and initials.isascii() and (not rest or rest[0] in " >")


def skip_blank(lines: Sequence[Line], index: int, stop: int, most: int) -> int:
    """The next line with text, after at most ``most`` blank ones."""
    end = min(stop, index + most)
    while index < end and lines[index].blank:
        index += 1
    return index
