"""Writes dates and moments as a language writes them, and fills a text's named blanks."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from data.advice import Wording

_BLANK = re.compile(r"\{(\w+)\}")


def write_date(day: date, wording: Wording) -> str:
    """Write a day, as in ``16 March 2026``."""
    return wording.date.format(day=day.day, month=wording.months[day.month - 1], year=day.year)


def write_moment(moment: datetime, wording: Wording) -> str:
    """Write a weekday and an hour, as in ``Saturday 21:40``."""
    return f"{wording.weekdays[moment.weekday()]} {moment:%H:%M}"


def write_opening(moment: datetime, wording: Wording) -> str:
    """Write from when somebody is there, as in ``Monday from 09:00``."""
    return wording.opening.format(weekday=wording.weekdays[moment.weekday()], time=f"{moment:%H:%M}")


def fill(text: str, blanks: Mapping[str, str]) -> str:
    """Fill the blanks whose value is known, once; the others stay visible, as ``{agreed_date}``."""
    if "{" not in text:
        return text
    literal = True
    parts = []
    for piece in _pieces(text):
        parts.append(piece if literal else blanks.get(piece, f"{{{piece}}}"))
        literal = not literal
    return "".join(parts)


@lru_cache(maxsize=2048)
def _pieces(text: str) -> tuple[str, ...]:
    # Literal text and names of blanks by turns; the playbook's few texts are filled again and again.
    return tuple(_BLANK.split(text))
