"""What a named day turned out to be, and the moment from which days are counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from model.date_grammar import Phrase

DateKind = Literal[
    "absolute", "weekday", "relative", "today", "duration", "period_end", "ordinal", "hour", "past", "now"
]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A day, how it was told, and the hour if one was told."""

    date: date
    kind: DateKind
    hour: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When the mail was sent (None where it is not known), and the reading of 3/4."""

    sent_at: datetime | None
    month_first: bool = False

    @property
    def day(self) -> date | None:
        """The day of sending, as the sender's clock told it."""
        return self.sent_at.date() if self.sent_at else None


def absolute(day: date | None) -> Resolved | None:
    """A day of the calendar, where there is one."""
    return Resolved(day, "absolute") if day else None


def day_part(phrase: Phrase) -> float | None:
    """The hour of the part of the day that is named, None where none is."""
    return phrase.numbers("Pp")[-1] if phrase.has("Pp") else None
