"""Where a writer's own text stops: forward separators, header blocks and lines of attribution, found line by line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Literal

from data.mail.attribution import DATE_LIKE, MAX_LINE, opens_attribution, read_attribution
from data.mail.blocks import Headers, field_of, headers_of, read_block, run_together
from data.mail.bylines import attributed
from data.mail.dates import parse_date
from data.mail.lines import BLANKS, RULES, Line, skip_blank
from data.mail.words import fold, words

BreakKind = Literal["forward", "original", "headers", "attribution"]
_MARKS = RULES + "\"'“„<([|"
_OPENS = frozenset(_MARKS + BLANKS + "0123456789")
_RULES = frozenset(RULES)
_PAIRS = ("--", "==", "__", "**", "##", "~~", "——", "──", "━━", "––")
_NAMING = re.compile(r"[@<>/\d]|---")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")


@dataclass(frozen=True, slots=True)
class Break:
    """A message starts here: its marks from line ``start``, its headers, and its text from line ``body``."""

    kind: BreakKind
    start: int
    body: int
    headers: Headers
    said: str = ""

    def read_headers(self, zone: tzinfo | None) -> Headers:
        """The headers; those of an attribution are read only now, since most mails are no forwards."""
        return attributed(self.said, zone) if self.said else self.headers


def find_break(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None = None) -> Break | None:
    """The break that starts at line ``index``, if one does; looks at a bounded number of lines."""
    text = lines[index].text
    if not text or len(text) > 4 * MAX_LINE or not _may_open(text):
        return None
    colon_last = text[-1] in ":："
    ruled = text[0] in _MARKS and any(pair in text for pair in _PAIRS)
    if (ruled or colon_last) and (separator := _separator(text)):
        return _after_separator(lines, index, stop, separator, zone)
    if lines[index].depth and text.casefold().startswith(words().dated) and DATE_LIKE.search(text):
        return _dated_headers(lines, index, stop, zone)
    if (":" in text or "：" in text or "\t" in text or text[0] == "|") and field_of(text) is not None:
        return _bare_headers(lines, index, stop, zone)
    if (colon_last or opens_attribution(text)) and len(text) <= MAX_LINE:
        said = read_attribution(lines, index, stop)
        return Break("attribution", index, said[1], Headers(), said[0]) if said else None
    return None


def _may_open(text: str) -> bool:
    """Quickly tell what cannot be a break, as nine lines in ten."""
    if ":" in text or "@" in text:
        return True
    known = words().opener_starts
    if text[0] == " ":
        text = text.lstrip()
    return text[0] in _OPENS or text[:3] in known or text[:2] in known or "：" in text or "\t" in text


def is_rule(text: str) -> bool:
    """Whether a line is only dashes, underscores and the like."""
    return text[:1] in _RULES and not text.strip(RULES)


def _separator(text: str) -> BreakKind | None:
    """Tell a separator: a known phrase between dashes, or alone on the line before a colon."""
    bare = text.strip(RULES)
    if not bare or (len(bare) > 80 and "-----" not in text[:12]):
        return None
    key = fold(bare.rstrip(":：").strip(RULES))
    dashed = text.lstrip(RULES) != text.lstrip(BLANKS) or bare != text.strip(BLANKS)
    known = words()
    if key in known.forwarded and (dashed or bare[-1] in ":：" or key.startswith("begin ")):
        return "forward"
    if key in known.original and dashed:
        return "original"
    if dashed and len(bare) < MAX_LINE and _says_wrote(text, bare):
        return "original"  # HCL Verse: -----Ana Cruz wrote: -----
    return _started(bare) if text.lstrip(BLANKS)[:2] in _PAIRS else None


def _says_wrote(text: str, bare: str) -> bool:
    """Whether a verb of attribution stands between rules: ``-----Ana wrote: -----``, ``---- Ana wrote ----``."""
    if bare[-1] in ":：":
        return words().wrote.search(bare.casefold()) is not None
    return text[:2] in _PAIRS and text[-2:] in _PAIRS and bare.casefold().endswith(words().verbs)


def _started(bare: str) -> BreakKind | None:
    """Which separator's phrase a ruled line begins with, where a person or a date goes on with it or rules close it.

    ``Forwarded message from Ana <ana@b.example>``, ``Forwarded by Tala Reyes/Studio on 5 March``.
    """
    head, closed, _ = bare.partition("-----")
    if not closed and _NAMING.search(bare) is None:
        return None
    key = fold(head.strip(RULES)) + " "
    if key.startswith(words().forwarded_starts):
        return "forward"
    return "original" if key.startswith(words().original_starts) else None


def closes_forward(text: str) -> bool:
    """Whether a line says that the forwarded message ends here (``----- End forwarded message -----``)."""
    return text[:2] in _PAIRS and fold(text[:MAX_LINE].strip(RULES)) in words().ended


def _after_separator(lines: Sequence[Line], index: int, stop: int, kind: BreakKind, zone: tzinfo | None) -> Break:
    """Read what follows a separator: a header block, headers run together on one line (Yahoo), or nothing."""
    joined = run_together(lines[index].text)
    if joined:
        return Break(kind, index, index + 1, headers_of(joined, zone))
    first = skip_blank(lines, index + 1, stop, 4)
    block, body = read_block(lines, first, stop)
    if body < stop and is_rule(lines[body].text):
        body = skip_blank(lines, body + 1, stop, 4)  # Notes rules the headers off
    if "from" in block or len(block) > 2:
        return Break(kind, index, _skip_closing(lines, body, stop), headers_of(block, zone))
    if first < stop:
        said = read_attribution(lines, first, stop)
        if said is not None:
            return Break(kind, index, said[1], attributed(said[0], zone))
    said_here = kind == "original" and words().wrote.search(lines[index].text.casefold()) is not None
    headers = attributed(lines[index].text.strip(RULES), zone) if said_here else Headers()
    return Break(kind, index, first if first < stop else stop, headers)


def _skip_closing(lines: Sequence[Line], body: int, stop: int) -> int:
    """Pass over a separator that closes the headers (Zoho writes it before and after them)."""
    if body >= stop or _separator(lines[body].text[:MAX_LINE] or " ") != "forward":
        return body
    following = skip_blank(lines, body + 1, stop, 4)
    opens_another = following < stop and field_of(lines[following].text) is not None
    return body if opens_another else following


def _dated_headers(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None) -> Break | None:
    """A quoted block whose first line bears the date: ``> Message du 05/03/26 17:42`` (Orange)."""
    found = _after_separator(lines, index, stop, "original", zone)
    if found.headers.sender is None:
        return None
    return replace(found, headers=replace(found.headers, sent_at=parse_date(lines[index].text, (), zone)))


def _attributed_headers(
    lines: Sequence[Line], index: int, body: int, stop: int, headers: Headers, zone: tzinfo | None
) -> Break | None:
    """A block without a sender whom a line of attribution names below it (Yandex)."""
    said = read_attribution(lines, body, stop)
    if said is None:
        return None
    below = attributed(said[0], zone)
    subject = headers.subject and headers.subject.removesuffix(";")
    headers = replace(headers, sender=below.sender, sent_at=below.sent_at, subject=subject)
    return Break("headers", index, said[1], headers)


def _bare_headers(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None) -> Break | None:
    """A block of headers without a separator: it needs a sender, and proof by an address or a whole date."""
    block, body = read_block(lines, index, stop)
    count = len(block) - 1  # the words are no field
    addressed = "@" in block.get("from", "") or "@" in block.get("to", "")
    date = block.get("date", "").replace("\u200e", "")
    dated = _CLOCK.search(date) or ("subject" in block and DATE_LIKE.search(date))
    proven = count >= 2 if addressed else count >= 3 and bool(dated)
    if "from" not in block and proven and body < stop:
        return _attributed_headers(lines, index, body, stop, headers_of(block, zone), zone)
    if not block.get("from") or not proven or not ("date" in block or "subject" in block):
        return None
    return Break("headers", index, body, headers_of(block, zone))
