"""Finds the days that a mail names, in English, Filipino and Malay as people mix them, counted from its sending."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from model.date_arithmetic import in_month
from model.date_grammar import Phrase, find_phrases
from model.date_kinds import DateKind, Moment, Resolved
from model.date_resolution import resolve
from model.date_words import COMING
from model.spelling import Written

_US_OFFSETS = (-10, -4)  # hours from UTC: where 3/4 is the fourth of March


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day that is named by the text's ``words[first:last]``.

    ``kind`` says how it is told, ``hour`` the hour of day if one is told (0 to 24), ``lead`` the class of the
    preposition before it (``by``, ``before``, ``since``, ..., or ``none``).
    """

    date: date
    kind: DateKind
    hour: float | None
    lead: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A text, and the days it names from left to right."""

    text: Written
    mentions: tuple[DateMention, ...]


def scan_dates(text: Written, sent_at: datetime | None, prefer_month_first: bool = False) -> Scan:
    """The days that a text names, from left to right.

    Args:
        text: a subject or a body, any of the three languages or a mix of them.
        sent_at: when it was sent, in the sender's own time; without it only dates with a year are found.
        prefer_month_first: read 3/4 as the fourth of March; done anyhow for the offsets of the Americas.
    """
    phrases = find_phrases(text)
    if not phrases:
        return Scan(text, ())
    moment = Moment(sent_at, prefer_month_first or _writes_month_first(sent_at))
    told: list[Resolved] = []
    mentions: list[DateMention] = []
    for phrase in phrases:
        if found := resolve(phrase, moment, told):
            mention = _mention(phrase, found)
            joined = _join(mentions[-1], mention, text.codes, sent_at) if mentions else None
            if joined:  # what names one day in two ways: "Friday, 9 March", "tomorrow at 5"
                mentions[-1], told[-1] = joined, Resolved(joined.date, joined.kind, joined.hour)
            else:
                mentions.append(mention)
                told.append(found)
    return Scan(text, tuple(mentions))


def _writes_month_first(sent_at: datetime | None) -> bool:
    offset = sent_at.utcoffset() if sent_at else None
    return offset is not None and _US_OFFSETS[0] <= offset / timedelta(hours=1) <= _US_OFFSETS[1]


def _mention(phrase: Phrase, found: Resolved) -> DateMention:
    return DateMention(found.date, found.kind, found.hour, phrase.lead, phrase.first, phrase.last)


_GAP = re.compile(r"(?:o?P)?[,t@~bo(_-]{0,3}")
_GAP_AFTER = re.compile(r",?[(-]?~?")


def _join(left: DateMention, right: DateMention, codes: str, sent_at: datetime | None) -> DateMention | None:
    gap = codes[left.last : right.first]
    if not _GAP.fullmatch(gap):
        return None
    whole = replace(left, last=right.last)
    if right.kind == "weekday" and _is_called(left, right, gap):
        return whole
    kinds = {left.kind, right.kind}
    if "hour" in kinds and len(kinds) == 2 and "past" not in kinds:
        day, hour = (left, right) if right.kind == "hour" else (right, left)
        return replace(whole, date=day.date, kind=day.kind, hour=hour.hour)
    if left.kind == "weekday" and right.kind in ("absolute", "ordinal") and "_" not in gap:
        sent = sent_at.date() if sent_at and right.kind == "ordinal" else None
        coming = left.lead in COMING
        same = in_month(right.date.day, left.date.weekday(), sent, coming) if sent else None
        return replace(whole, date=same or right.date, kind="absolute", hour=right.hour)
    return None


def _is_called(left: DateMention, right: DateMention, gap: str) -> bool:
    """Tell whether a weekday only says how the day before it is called: "17 April (Friday)", "today, Tuesday"."""
    fits = left.date.weekday() == right.date.weekday()
    return fits and left.kind in ("absolute", "ordinal", "relative", "today") and bool(_GAP_AFTER.fullmatch(gap))
