"""Signatures, disclaimers and footers below a writer's own text, told from the text line by line."""

import re
from collections.abc import Sequence

from data.mail.breaks import is_rule
from data.mail.lines import BLANKS, Line
from data.mail.notices import mark, paragraphs_upward, take_disclaimers, take_footers, take_warning
from data.mail.words import fold, words
from data.records import ZoneKind

MAX_SIGNATURE = 18
MAX_CLOSING = 45
MAX_ENDING = 50
MAX_UNSPACED = 30
_END = " ,.;:!-–—*_~\u00a0\t，。！、"
_CONTACT = re.compile(
    r"(?:^|\s)(?:tel|phone|mobile|cell|fax|mob|ph|hp|telepono|telefon|faks|viber|whatsapp|skype|office|direct|t|m|f|p|e|w|email|e-mail|web|website)\.?\s?[:.]\s?\S"
    r"|\+\d[\d\s().-]{6,}|\(?\d{2,4}\)?[\s.-]\d{3,4}[\s.-]\d{3,4}|www\.|https?://",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,3}(?: \([a-z/]{4,12}\))?,?")
_DASHED_NAME = re.compile(r"[-–/~]\s?[^\W\d_][\w.'’]*(?:\s[^\W\d_][\w.'’]*){0,2}")
_UNSPACED = "\u2e80"  # from here on scripts write no spaces between words
_DEVICE = re.compile(r"smartphone|tablet|device|excuse|forgive|brevity|typos")
_MOBILE_ENDS = ("から送信", "에서 보냄", "gönderildi")
_DELIMITERS = frozenset(("--", "—", "–", "- --", "__", "---", "–-"))
_POSTSCRIPT = ("p.s", "ps:", "ps.", "ps ", "p/s", "n.b", "nb:", "pahabol", "pd:")


def mark_endings(lines: Sequence[Line], own: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Mark which of the writer's ``own`` lines are a footer, a disclaimer or a signature.

    Of the runs of own lines (parted by quotes) the first and the last are looked at, where endings stand; ``kinds``
    gains an entry a line taken off.
    """
    runs = [run for run in _runs(own) if any(lines[index].text for index in run)]
    for number, run in enumerate(runs[:1] + runs[1:][-1:]):
        if number == 0:
            take_warning(lines, run, kinds)
        run = [index for index in run[-MAX_ENDING:] if kinds[index] == "own"]
        rest = take_footers(lines, run, kinds)
        rest = take_disclaimers(lines, rest, kinds)
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


def _take_delimited(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at ``-- ``; a bare rule needs a short block of contacts below it."""
    filled = 0
    for place in range(len(run) - 1, -1, -1):
        text = lines[run[place]].text.strip(BLANKS)
        if text in _DELIMITERS:
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
            mark(kinds, run[place:later], "signature")
            return run[:place]
    mark(kinds, run[place:], "signature")
    return run[:place]


def _is_card(lines: Sequence[Line], block: Sequence[int]) -> bool:
    """A business card: few short lines, at least two of them ways of contact."""
    texts = [lines[index].text.strip(BLANKS) for index in block]
    texts = [text for text in texts if text]
    if not 2 <= len(texts) <= MAX_SIGNATURE or any(len(text) > 90 for text in texts):
        return False
    return sum(_contacts(text) for text in texts) >= 2


def _contacts(text: str) -> int:
    """How many ways of contact stand on a line; bars part several (``ana@b.example | +63 917 555 0100``)."""
    return sum(map(_is_contact, re.split("[|•·]", text)))


def _is_named_card(texts: Sequence[str]) -> bool:
    """A full name with a few short lines below it, none of them a sentence, the last one a way of contact."""
    if not 3 <= len(texts) <= 8 or not _FULL_NAME.fullmatch(texts[0]) or not _is_contact(texts[-1]):
        return False
    return all(len(text) <= 60 and text[-1] not in "?!:" for text in texts)


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
            mark(kinds, run[place:], "signature")
            return run[:place]
        if seen >= 4:
            break
    return run


def _is_mobile(text: str) -> bool:
    unspaced = text[0] >= _UNSPACED and len(text) <= MAX_UNSPACED
    starts = text.split(" ", 1)[0].casefold() in words().mobile_starts or unspaced
    if not starts and not text.endswith(_MOBILE_ENDS):
        return False
    folded = fold(text[:120])
    one = "," not in text or _DEVICE.search(folded) is not None
    short = len(text) <= 90 and len(text.split()) <= 10 and one and text[-1] not in "?!:"
    return short and (folded.startswith(words().mobile) or folded.endswith(_MOBILE_ENDS))


def _take_closing(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at the sign-off (``Best regards,``) where only a signature stands below it."""
    filled = 0
    for place in range(len(run) - 1, 0, -1):
        text = lines[run[place]].text.strip(BLANKS)
        if not text:
            continue
        if _is_closing(text, alone=not filled) and any(not lines[index].blank for index in run[:place]):
            return _take_formula(lines, _cut_signature(lines, run, place, kinds), kinds)
        postscript = text[0] in "PpNn" and text[:8].casefold().startswith(_POSTSCRIPT)
        wordy = len(text) > 100 or (len(text) > 40 and len(text.split()) > 14) or text[-1] == "?"
        if not postscript and (wordy or filled >= MAX_SIGNATURE):
            break
        filled += not postscript
    last = _last_filled(lines, run)
    if last > 0 and _DASHED_NAME.fullmatch(text := lines[run[last]].text.strip(BLANKS)) and text[1:2].isupper():
        mark(kinds, run[last:], "signature")
        return run[:last]
    return run


def _take_formula(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at one more sign-off right above (``Sekian, terima kasih.`` above ``Yang benar,``)."""
    last = _last_filled(lines, run)
    if last < 1 or not _is_closing(lines[run[last]].text.strip(BLANKS), alone=False):
        return run
    return _cut_signature(lines, run, last, kinds) if _last_filled(lines, run[:last]) >= 0 else run


def _is_closing(text: str, *, alone: bool) -> bool:
    """A sign-off on a line of its own with a name below, or with the name behind it."""
    if len(text) > MAX_CLOSING + 20 or _first_word(text) not in words().closing_starts:
        return False
    known = words().closings
    bare = fold(text.strip(_END))
    if bare in known or ("/" in bare and all(part.strip(_END) in known for part in bare.split("/"))):
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
    return next((place for place in range(len(run) - 1, -1, -1) if lines[run[place]].text), -1)


def _take_contact(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Take off a last paragraph that is a business card, but not the thanks that open it."""
    upward = paragraphs_upward(lines, run)
    first, last = next(upward, (0, 0))
    _, above = next(upward, (0, 0))
    if not above or last - first > MAX_SIGNATURE:
        return run
    block = run[first:last]
    if lines[run[above - 1]].text.rstrip().endswith(":"):
        return run  # an address that the text announces
    if fold(lines[block[0]].text.strip(_END)) in words().thanks:
        first, block = first + 1, block[1:]
    texts = [lines[index].text for index in block]
    if any(len(text) > 70 for text in texts) or not (_is_named_card(texts) or _is_card(lines, block)):
        return run
    if sum(map(_is_contact, texts)) * 2 < len(texts) - 1 and not _is_named_card(texts):
        return run
    mark(kinds, run[first:], "signature")
    return run[:first]


def _take_rules(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Take off rules that are left at the end."""
    for place in range(len(run) - 1, -1, -1):
        text = lines[run[place]].text
        if text and not is_rule(text):
            break
        if text:
            mark(kinds, run[place:], "signature")
