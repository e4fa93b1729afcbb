"""Days of the calendar: numbers, months, years, feasts, as :mod:`model.date_grammar` finds them."""

from collections.abc import Callable
from datetime import timedelta

from model.date_arithmetic import day_and_month, last_of_month, nearest, real_day
from model.date_grammar import Phrase
from model.date_kinds import Moment, Resolved, absolute


def _ymd(phrase: Phrase, _moment: Moment) -> Resolved | None:
    year, month, day = phrase.numbers("Yd")
    return absolute(real_day(int(year), int(month), int(day)))


def _dmy(phrase: Phrase, moment: Moment) -> Resolved | None:
    first, second, year = (int(number) for number in phrase.numbers("dnqY"))
    day, month = day_and_month(first, second, moment.month_first and "/" in phrase.codes)
    if len(phrase.words[-1]) < 2:  # 19.3.4 is a clause of a contract
        return None
    return absolute(real_day(year if year > 99 else 2000 + year, month, day))


def _slashed(phrase: Phrase, moment: Moment) -> Resolved | None:
    first, second = (int(number) for number in phrase.numbers("d"))
    day, month = day_and_month(first, second, moment.month_first)
    return None if (first, second) == (24, 7) else absolute(nearest(month, day, moment.day))


def _month_and_day(phrase: Phrase, moment: Moment) -> Resolved | None:
    months = phrase.numbers("M") or [5.0]
    year = phrase.numbers("Y")
    day = int(sum(phrase.numbers("s")) or phrase.numbers("dfk")[0])
    found = real_day(int(year[0]), int(months[0]), day) if year else nearest(int(months[0]), day, moment.day)
    return absolute(found)


def _nth_weekday(phrase: Phrase, moment: Moment) -> Resolved | None:
    """The first, second, ... Monday of a month."""
    first = nearest(int(phrase.number("M", 5)), 1, moment.day)
    if first is None:
        return None
    ahead = (int(phrase.number("W", 0)) - first.weekday()) % 7
    return absolute(first + timedelta(days=ahead + 7 * (int(phrase.number("f", 1)) - 1)))


def _before_month(phrase: Phrase, moment: Moment) -> Resolved | None:
    """Before August: the last day of July."""
    first = nearest(int(phrase.number("M", 1)), 1, moment.day)
    return absolute(first - timedelta(days=1)) if first and phrase.lead == "before" else None


def _month_end(phrase: Phrase, moment: Moment) -> Resolved | None:
    month = int(phrase.numbers("M")[0]) if phrase.has("M") else 5
    year = phrase.numbers("Y")
    found = real_day(int(year[0]), month, 1) if year else nearest(month, 28, moment.day)
    return absolute(last_of_month(found, phrase.has("v"))) if found else None


def _feast(phrase: Phrase, moment: Moment) -> Resolved | None:
    month, day = divmod(int(phrase.number("H", 101)), 100)
    return absolute(nearest(month, day, moment.day))


FULL_DATES: dict[str, Callable[[Phrase, Moment], Resolved | None]] = {
    "ymd": _ymd,
    "dmy": _dmy,
    "slashed": _slashed,
    "day_month": _month_and_day,
    "month_day": _month_and_day,
    "nth_weekday": _nth_weekday,
    "before_month": _before_month,
    "month_end": _month_end,
    "feast": _feast,
}
