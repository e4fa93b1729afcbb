"""Days of the calendar: numbers, months, years, feasts, as :mod:`model.date_grammar` finds them."""

from collections.abc import Callable
from datetime import date, timedelta

from model.date_arithmetic import day_and_month, last_of_month, nearest, real_day, shift_month
from model.date_grammar import Phrase
from model.date_kinds import Moment, Resolved, absolute
from model.date_relative import clock
from model.date_words import COMING


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
    return None if (first, second) == (24, 7) else absolute(_nearest(month, day, phrase, moment))


def _dotted(phrase: Phrase, moment: Moment) -> Resolved | None:
    """14.4. and 14.04 on the continent, 11.11 in Asia's shops; 14.30 and 9.05 are hours."""
    (day, month), words = (int(number) for number in phrase.numbers("d")), phrase.words
    zero = words[2].startswith("0") and len(words[0]) == 2
    if month <= 12 and (len(words[2]) == 1 or zero or day == month or (day > 12 and phrase.codes[-1] == ".")):
        return absolute(_nearest(month, day, phrase, moment))
    return clock(phrase, moment.sent_at) if moment.sent_at else None


def _month_and_day(phrase: Phrase, moment: Moment) -> Resolved | None:
    if phrase.has("U") and phrase.unit() != "day":  # the second week of March
        return None
    months = phrase.numbers("M") or [5.0]
    year = phrase.numbers("Y")
    day = int(sum(phrase.numbers("s")) or phrase.numbers("dfk")[0])
    found = real_day(int(year[0]), int(months[0]), day) if year else _nearest(int(months[0]), day, phrase, moment)
    return absolute(found)


def _nth_weekday(phrase: Phrase, moment: Moment) -> Resolved | None:
    """The first, second, ... or last Monday of a month, of this one or of the next."""
    if moment.day is None:
        return None
    if phrase.has("U"):
        month = shift_month(moment.day.replace(day=1), int(phrase.has("x"))) if phrase.unit() == "month" else None
    else:
        month = _nearest(int(phrase.number("M", 5)), 1, phrase, moment)
    if month is None:
        return None
    weekday = int(phrase.number("W", 0))
    if phrase.has("l"):
        last = last_of_month(month)
        return absolute(last - timedelta(days=(last.weekday() - weekday) % 7))
    ahead = (weekday - month.weekday()) % 7
    return absolute(month + timedelta(days=ahead + 7 * (int(phrase.number("f", 1)) - 1)))


def _before_month(phrase: Phrase, moment: Moment) -> Resolved | None:
    """Before August: the last day of July."""
    first = _nearest(int(phrase.number("M", 1)), 1, phrase, moment)
    return absolute(first - timedelta(days=1)) if first and phrase.lead == "before" else None


def _month_end(phrase: Phrase, moment: Moment) -> Resolved | None:
    month = int(phrase.numbers("M")[0]) if phrase.has("M") else 5
    year = phrase.numbers("Y")
    found = real_day(int(year[0]), month, 1) if year else _nearest(month, 28, phrase, moment)
    return absolute(last_of_month(found, phrase.has("v"))) if found else None


def _feast(phrase: Phrase, moment: Moment) -> Resolved | None:
    if phrase.has("U") and phrase.unit() != "year":
        return None
    month, day = divmod(int(phrase.number("H", 101)), 100)
    found = nearest(month, day, moment.day)  # "before Christmas" is as often said of the last one
    return absolute(found - timedelta(days=phrase.codes.count("y")) if found else None)


def _nearest(month: int, day: int, phrase: Phrase, moment: Moment) -> date | None:
    return nearest(month, day, moment.day, phrase.lead in COMING)


FULL_DATES: dict[str, Callable[[Phrase, Moment], Resolved | None]] = {
    "ymd": _ymd,
    "dmy": _dmy,
    "slashed": _slashed,
    "dotted": _dotted,
    "day_month": _month_and_day,
    "month_day": _month_and_day,
    "nth_weekday": _nth_weekday,
    "before_month": _before_month,
    "month_end": _month_end,
    "feast": _feast,
}
