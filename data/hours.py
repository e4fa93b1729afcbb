"""Working hours: read from words such as ``Mon-Fri 09:00-18:00``, and asked about a moment."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from data.errors import InputError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"([a-z]{3,9})"
_PART = re.compile(rf"{_DAY}(?:\s*[-–]\s*{_DAY})?(?:\s+(\d{{1,2}}:\d\d)\s*[-–]\s*(\d{{1,2}}:\d\d))?", re.IGNORECASE)
_MIDNIGHT = 24 * 60
_WEEK = 7 * _MIDNIGHT
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The provider's week as spans ``(weekday, first minute, minute after the last)``, Monday being 0."""

    spans: tuple[tuple[int, int, int], ...]

    @classmethod
    def parse(cls, words: str) -> "WorkingHours":
        """Read ``Mon-Fri 09:00-18:00``, ``Mon, Wed 09:00-17:00, Sat 09:00-12:00``; hours may run over midnight.

        Raises:
            InputError: the words name no days and hours.
        """
        spans: list[tuple[int, int, int]] = []
        waiting: list[int] = []  # days named before their hours, as in "Mon, Wed 09:00-17:00"
        for part in words.split(",") if len(words) <= _MOST_CHARACTERS else ("",):
            found = _PART.fullmatch(part.strip())
            if found is None:
                raise _unreadable(words)
            waiting.extend(_days(words, found[1], found[2] or found[1]))
            if found[3]:
                start, end = _minute(words, found[3]), _minute(words, found[4])
                spans.extend(span for day in waiting for span in _by_day(day, start, end))
                waiting = []
        if waiting or not spans:  # none, where all begin at the end of a day and end at its beginning
            raise _unreadable(words)
        return cls(tuple(sorted(set(spans))))

    def cover(self, moment: datetime) -> bool:
        """Tell whether a moment of the provider's own clock lies inside the hours."""
        minute = moment.hour * 60 + moment.minute
        return any(day == moment.weekday() and start <= minute < end for day, start, end in self.spans)

    def next_opening(self, moment: datetime) -> datetime:
        """Give the first moment at or after ``moment`` (the provider's own clock) at which work begins."""
        now = _minute_of_week(moment.weekday(), moment.hour * 60 + moment.minute)
        if moment.second or moment.microsecond:
            now += 1
        wait, start = min(((_minute_of_week(day, start) - now) % _WEEK, start) for day, start, _ in self.spans)
        # Built from the calendar day and the wall clock, so that a change to summer time does not move the hour.
        day = moment.date() + timedelta(days=(now + wait) // _MIDNIGHT - moment.weekday())
        return datetime.combine(day, time(start // 60, start % 60), moment.tzinfo)


def _unreadable(words: str) -> InputError:
    return InputError(f"working hours {words[:60]!r} cannot be read: write them as in 'Mon-Fri 09:00-18:00'")


def _days(words: str, first: str, last: str) -> list[int]:
    names = [name[:3].lower() for name in (first, last)]
    if not set(names) <= set(_DAYS):
        raise _unreadable(words)
    start, end = (_DAYS.index(name) for name in names)
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _minute(words: str, clock: str) -> int:
    hours, minutes = (int(number) for number in clock.split(":"))
    if minutes > 59 or hours * 60 + minutes > _MIDNIGHT:
        raise _unreadable(words)
    return hours * 60 + minutes


def _by_day(day: int, start: int, end: int) -> list[tuple[int, int, int]]:
    if start < end:
        return [(day, start, end)]
    over_midnight = [(day, start, _MIDNIGHT), ((day + 1) % 7, 0, end)]
    return [span for span in over_midnight if span[1] < span[2]]


def _minute_of_week(day: int, minute: int) -> int:
    return day * _MIDNIGHT + minute
