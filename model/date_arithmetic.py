"""Counting with days, weeks and months."""

from calendar import monthrange
from datetime import date, timedelta
from typing import TypeVar

Day = TypeVar("Day", bound=date)

_FRIDAY = 4
_LONGEST_LOOK_BACK = 100  # days: "3 March" in a mail of June is this year's, in a mail of August next year's
_LOOK_BACK_OF_COMING = 31  # "by 3 March" is next year's by April; some weeks late it is a slip, or told of the past


def in_month(day: int, weekday: int, sent: date, coming: bool = False) -> date | None:
    """The day of the month that falls on a weekday ("Friday the 9th"): the nearest, up to two months on or one back.

    ``coming`` leaves out days before that of sending.
    """
    months = (shift_month(sent.replace(day=1), step) for step in (0, 1, 2, -1))
    days = (real_day(first.year, first.month, day) for first in months)
    fitting = (found for found in days if found and found.weekday() == weekday and not (coming and found < sent))
    return min(fitting, key=lambda found: abs(found - sent), default=None)


def real_day(year: int, month: int, day: int) -> date | None:
    """The date, or None where the month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_and_month(first: int, second: int, month_first: bool) -> tuple[int, int]:
    """Day and month of 3/4 by the habit of the place, or the other way round where only that is a date."""
    swap = (month_first and first <= 12) or second > 12
    return (second, first) if swap else (first, second)


def nearest(month: int, day: int, sent: date | None, coming: bool = False) -> date | None:
    """The date without a year: the first that is not long before the day of sending.

    ``coming`` is what is still to come, as its preposition says.
    """
    if sent is None:
        return None
    earliest = sent - timedelta(days=_LOOK_BACK_OF_COMING if coming else _LONGEST_LOOK_BACK)
    found = (real_day(sent.year + step, month, day) for step in (-1, 0, 1, 2, 3, 4))
    return next((one for one in found if one and one >= earliest), None)


def shift_month(day: date, months: int) -> date:
    """The same day some months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_of_month(day: date, working: bool = False) -> date:
    """The last day of the month, or its last working day (Monday to Friday)."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return last - timedelta(days=max(0, last.weekday() - 4)) if working else last


def working_days_on(day: Day, count: int) -> Day:
    """Some working days (Monday to Friday) later, or earlier where ``count`` is below 0; sixty at most."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(min(abs(count), 60)):
        day += step
        while day.weekday() > _FRIDAY:
            day += step
    return day
