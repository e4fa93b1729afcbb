"""Signatures, disclaimers and footers below a writer's own text, told from the text line by line."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from data.mail.breaks import is_rule
from data.mail.lines import BLANKS, Line
from data.mail.words import fold, words
from data.records import ZoneKind

MAX_SIGNATURE = 18
MAX_CLOSING = 45
MAX_ENDING = 50
_MARKS = " \t*-_<[("
_END = " ,.;:!-–—*_~\u00a0\t"
_CONTACT = re.compile(
    r"(?:^|\s)(?:tel|phone|mobile|cell|fax|mob|ph|hp|telepono|telefon|faks|viber|whatsapp|skype|office|direct|t|m|f|p|e|w|email|e-mail|web|website)\.?\s?[:.]\s?\S"
    r"|\+\d[\d\s().-]{6,}|\(?\d{2,4}\)?[\s.-]\d{3,4}[\s.-]\d{3,4}|www\.|https?://",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"[-–/~]\s?[^\W\d_][\w.'’]*(?:\s[^\W\d_][\w.'’]*){0,2}")
_MOBILE_ENDS = ("から送信", "에서 보냄", "gönderildi")
_POSTSCRIPT = ("p.s", "ps:", "ps.", "ps ", "p/s", "n.b", "nb:", "pahabol", "pd:")


@dataclass(frozen=True, slots=True)
class Notices:
    """Phrases of disclaimers and footers."""

    headings: tuple[str, ...]
    phrases: tuple[str, ...]
    footers: tuple[str, ...]
    after: tuple[str, ...]
    initials: frozenset[str]


@cache
def notices() -> Notices:
    """The phrases of notices.toml."""
    table: dict[str, list[str]] = tomllib.loads(files("data.mail").joinpath("notices.toml").read_text(encoding="utf-8"))
    phrases = {key: tuple(table[key]) for key in ("headings", "phrases", "footers", "after")}
    return Notices(**phrases, initials=frozenset(phrase[0] for phrase in phrases["footers"]))


def mark_endings(lines: Sequence[Line], own: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Mark which of the writer's ``own`` lines are a footer, a disclaimer or a signature.

    Of the runs of own lines (parted by quotes) the first and the last are looked at, where endings stand; ``kinds``
    gains an entry a line taken off.
    """
    runs = [run for run in _runs(own) if any(lines[index].text for index in run)]
    for number, run in enumerate(runs[:1] + runs[1:][-1:]):
        if number == 0:
            _take_warning(lines, run, kinds)
        run = [index for index in run[-MAX_ENDING:] if kinds[index] == "own"]
        rest = _take_footers(lines, run, kinds)
        rest = _take_disclaimers(lines, rest, kinds)
        rest = _take_delimited(lines, rest, kinds)
        rest = _take_mobile(lines, rest, kinds)
        rest = _take_closing(lines, rest, kinds)
        rest = _take_contact(lines, rest, kinds)
        _take_rules(lines, rest, kinds)


def _runs(own: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in own:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _mark(kinds: dict[int, ZoneKind], taken: Sequence[int], kind: ZoneKind) -> None:
    kinds.update(dict.fromkeys(taken, kind))


def _take_footers(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at the first line that begins a footer, or at a rule with a list's words below it."""
    known = notices()
    for place, index in enumerate(run):
        text = lines[index].text
        if len(text) < 12 or not (text[0].lower() in known.initials or text[0] in _MARKS):
            continue
        folded = text.lstrip(" *-_<[(").casefold()
        ruled = len(text) >= 20 and is_rule(text)
        below = " ".join(lines[other].text for other in run[place + 1 : place + 5]).casefold()[:400] if ruled else ""
        if folded.startswith(known.footers) or (ruled and any(phrase in below for phrase in known.after)):
            _mark(kinds, run[place:], "footer")
            return run[:place]
    return run


def _take_disclaimers(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Take off disclaiming paragraphs from the end, and one that opens the mail (warnings of a gateway)."""
    paragraphs = _paragraphs(lines, run)
    cut = len(run)
    for first, last in reversed(paragraphs):
        if _disclaims(lines, run[first:last]):
            _mark(kinds, run[first:cut], "disclaimer")
            cut = first
        elif cut != len(run) or last - first > 3 or not all(is_rule(lines[i].text) for i in run[first:last]):
            break
    return run[:cut]


def _take_warning(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Take off a first paragraph that a mail gateway put there (``CAUTION: This email originated …``)."""
    paragraphs = _paragraphs(lines, run[:12])
    if paragraphs and paragraphs[0][1] < len(run) - 1 and _is_headed(lines, run[paragraphs[0][0]]):
        _mark(kinds, run[: paragraphs[0][1]], "disclaimer")


def _paragraphs(lines: Sequence[Line], run: list[int]) -> list[tuple[int, int]]:
    paragraphs: list[tuple[int, int]] = []
    start = None
    for place, index in enumerate(run):
        if lines[index].blank:
            if start is not None:
                paragraphs.append((start, place))
            start = None
        elif start is None:
            start = place
    if start is not None:
        paragraphs.append((start, len(run)))
    return paragraphs


def _is_headed(lines: Sequence[Line], index: int) -> bool:
    """Whether a disclaimer's heading stands on a line."""
    return lines[index].text[:120].casefold().lstrip(" *-_=#|(").startswith(notices().headings)


def _disclaims(lines: Sequence[Line], paragraph: Sequence[int]) -> bool:
    known = notices()
    text = " ".join(lines[index].text.strip(BLANKS) for index in paragraph[:60])[:4000].casefold().lstrip(" *-_=#|(")
    if text.startswith(known.headings):
        return True
    return len(text) > 60 and sum(phrase in text for phrase in known.phrases) >= 3


def _take_delimited(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at ``-- ``; a bare rule needs a short block of contacts below it."""
    filled = 0
    for place in range(len(run) - 1, -1, -1):
        text = lines[run[place]].text.strip(BLANKS)
        if text in ("--", "—", "–", "- --", "__", "---", "–-", "-- "):
            if filled <= MAX_SIGNATURE and (filled or text == "--") and not _is_prose(lines, run[place + 1 :]):
                return _cut_signature(lines, run, place, kinds)
        elif filled and len(text) >= 4 and is_rule(text) and _is_card(lines, run[place + 1 :]):
            return _cut_signature(lines, run, place, kinds)
        filled += bool(text)
        if filled > MAX_SIGNATURE:
            break
    return run


def _is_prose(lines: Sequence[Line], block: Sequence[int]) -> bool:
    """Whether sentences stand here: two lines or more that no signature has."""
    return sum(len(lines[index].text.split()) > 11 for index in block) >= 2


def _cut_signature(lines: Sequence[Line], run: list[int], place: int, kinds: dict[int, ZoneKind]) -> list[int]:
    """Mark from a place on as signature, up to a postscript."""
    for later in range(place + 1, len(run)):
        if lines[run[later]].text.lstrip(BLANKS)[:8].casefold().startswith(_POSTSCRIPT):
            _mark(kinds, run[place:later], "signature")
            return run[:place]
    _mark(kinds, run[place:], "signature")
    return run[:place]


def _is_card(lines: Sequence[Line], block: Sequence[int]) -> bool:
    """A business card: few short lines, at least two of them ways of contact."""
    texts = [lines[index].text.strip(BLANKS) for index in block]
    texts = [text for text in texts if text]
    if not 2 <= len(texts) <= MAX_SIGNATURE or any(len(text) > 90 for text in texts):
        return False
    return sum(_is_contact(text) for text in texts) >= 2


def _is_contact(text: str) -> bool:
    if len(text) > 90 or len(text.split()) > 10:
        return False
    likely = ":" in text or "." in text or any(char.isdigit() for char in text)
    return "@" in text or (likely and _CONTACT.search(text) is not None)


def _take_mobile(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Take off the last line where a program added it (``Sent from my iPhone``), with all below."""
    seen = 0
    for place in range(len(run) - 1, -1, -1):
        text = lines[run[place]].text.strip(BLANKS + "<>*_-")
        if not text:
            continue
        seen += 1
        if _is_mobile(text):
            _mark(kinds, run[place:], "signature")
            return run[:place]
        if seen >= 4:
            break
    return run


def _is_mobile(text: str) -> bool:
    if text.split(" ", 1)[0].casefold() not in words().mobile_starts and not text.endswith(_MOBILE_ENDS):
        return False
    folded = fold(text[:120])
    short = len(text) <= 90 and len(text.split()) <= 9 and "," not in text and text[-1] not in "?!:"
    return short and (folded.startswith(words().mobile) or folded.endswith(_MOBILE_ENDS))


def _take_closing(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at the sign-off (``Best regards,``) where only a signature stands below it."""
    filled = 0
    for place in range(len(run) - 1, 0, -1):
        text = lines[run[place]].text.strip(BLANKS)
        if not text:
            continue
        if _is_closing(text, alone=not filled) and any(not lines[index].blank for index in run[:place]):
            return _cut_signature(lines, run, place, kinds)
        postscript = text[0] in "PpNn" and text[:8].casefold().startswith(_POSTSCRIPT)
        wordy = len(text) > 100 or (len(text) > 40 and len(text.split()) > 14) or text[-1] == "?"
        if not postscript and (wordy or filled >= MAX_SIGNATURE):
            break
        filled += not postscript
    last = _last_filled(lines, run)
    if last > 0 and _DASHED_NAME.fullmatch(text := lines[run[last]].text.strip(BLANKS)) and text[1:2].isupper():
        _mark(kinds, run[last:], "signature")
        return run[:last]
    return run


def _is_closing(text: str, *, alone: bool) -> bool:
    """A sign-off on a line of its own with a name below, or with the name behind it."""
    if len(text) > MAX_CLOSING + 20 or _first_word(text) not in words().closing_starts:
        return False
    known = words().closings
    if fold(text.strip(_END)) in known:
        return not alone
    head, comma, name = text.partition(",")
    return (
        bool(comma)
        and 0 < len(name.split()) <= 4
        and fold(head.strip(_END)) in known
        and name.strip(_END)[-1:].isalpha()
    )


def _first_word(text: str) -> str:
    return text.lstrip(_END).split(" ", 1)[0].rstrip(_END).casefold()


def _last_filled(lines: Sequence[Line], run: list[int]) -> int:
    return max((place for place, index in enumerate(run) if not lines[index].blank), default=-1)


def _take_contact(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Take off a last paragraph that is a business card, but not the thanks that open it."""
    paragraphs = _paragraphs(lines, run)
    if len(paragraphs) < 2 or paragraphs[-1][1] - paragraphs[-1][0] > MAX_SIGNATURE:
        return run
    first, last = paragraphs[-1]
    block = run[first:last]
    if lines[run[paragraphs[-2][1] - 1]].text.rstrip().endswith(":"):
        return run  # an address that the text announces
    if fold(lines[block[0]].text.strip(_END)) in words().thanks:
        first, block = first + 1, block[1:]
    texts = [lines[index].text for index in block]
    if any(len(text) > 70 for text in texts) or not _is_card(lines, block):
        return run
    if sum(map(_is_contact, texts)) * 2 < len(texts) - 1:
        return run
    _mark(kinds, run[first:], "signature")
    return run[:first]


def _take_rules(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Take off rules that are left at the end."""
    for place in range(len(run) - 1, -1, -1):
        text = lines[run[place]].text
        if text and not is_rule(text):
            break
        if text:
            _mark(kinds, run[place:], "signature")
