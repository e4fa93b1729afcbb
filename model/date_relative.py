"""Days counted from the day of sending: weekdays, "tomorrow", hours, spans and ends of time."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from model.date_arithmetic import in_month, last_of_month, real_day, shift_month, working_days_on
from model.date_grammar import Phrase
from model.date_kinds import DateKind, Resolved, day_part
from model.date_words import COMING, LEAD_OF

_FRIDAY, _SUNDAY = 4, 6


def ordinal(phrase: Phrase, sent_at: datetime, before: Resolved | None = None) -> Resolved | None:
    """A bare day of the month: nearest to a coming date told before it; else the next, unless it was only just."""
    if phrase.has("U") and phrase.codes[0] == "d" and phrase.words[1:] != ("hari", "bulan"):
        return None
    day = int(sum(phrase.numbers("s")) or sum(phrase.numbers("dkef")))
    sent = sent_at.date()
    months = [shift_month(sent.replace(day=1), step) for step in (0, 1, 2, 3)]
    days = [found for month in months if (found := real_day(month.year, month.month, day))]
    if before and before.kind == "absolute" and before.date >= sent:
        found = min((one for one in days if one >= sent), key=lambda one: _apart(one, before.date), default=None)
    else:
        just = 0 if phrase.lead in COMING else _ORDINAL_LOOK_BACK
        found = next((one for one in days if (sent - one).days <= just), None)
    return Resolved(found, "ordinal") if found else None


def _apart(day: date, told: date) -> float:
    """How far a bare day may be from a date told before it: what is before it counts as nearer than what is after."""
    days = (day - told).days
    return 1.5 * days if days > 0 else -days


def _month_ordinal(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """A day of this month or the next, where it says so; of "the month" the one to come."""
    if phrase.unit() != "month":
        return None
    if not phrase.has("cx"):
        return ordinal(phrase, sent_at)
    month = shift_month(sent_at.date().replace(day=1), int(phrase.has("x")))
    found = real_day(month.year, month.month, int(phrase.number("df", 0)))
    return Resolved(found, "ordinal") if found else None


def eve(phrase: Phrase, told: Sequence[Resolved]) -> Resolved | None:
    """The day before, two days earlier, the Friday prior: counted from the day told before it, past hours."""
    before = next((one for one in reversed(told) if one.kind not in ("hour", "now")), None)
    if before is None or before.kind == "past" or not (phrase.has("w") or LEAD_OF.get(phrase.words[-1]) == "before"):
        return None
    if phrase.has("W"):
        back: float = (before.date.weekday() - int(phrase.number("W", 0))) % 7 or 7
    else:
        back = next(iter(phrase.numbers("dnqes")), 1.0) * _DAYS_OF.get(phrase.unit() or "day", 0.0)
    if phrase.has("v"):
        return Resolved(working_days_on(before.date, -int(back)), "relative") if back >= 1 else None
    return Resolved(before.date - timedelta(days=back), "relative", day_part(phrase)) if back >= 1 else None


_ORDINAL_LOOK_BACK = 12


def weekday(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """The coming one; with "next" the one of next week (Monday to Sunday).

    On a Monday "Monday" is the next one, as who means the day itself says "today"; "this Monday" is the day itself.
    """
    sent = sent_at.date()
    ahead = (int(phrase.numbers("W")[-1]) - sent.weekday()) % 7
    if phrase.has("l") and not _goes_on(phrase):
        return Resolved(sent - timedelta(days=7 - ahead), "past")
    if phrase.words[-1] in _WEEKS_ON and not phrase.has("xc"):  # Friday week
        return Resolved(sent + timedelta(days=ahead + _DAYS_OF[phrase.words[-1]]), "weekday")
    if phrase.has("x"):
        monday = sent + timedelta(days=7 - sent.weekday())
        return Resolved(monday + timedelta(days=int(phrase.numbers("W")[-1])), "weekday")
    same = phrase.has("c") and _TO_COME.isdisjoint(phrase.words)
    return Resolved(sent + timedelta(days=ahead if same else ahead or 7), "weekday")


def _goes_on(phrase: Phrase) -> bool:
    """Past Friday, *lepas Jumaat*: after it."""
    return phrase.words[0] in ("past", "lepas", "lps")


_WEEKS_ON = ("week", "fortnight")
_TO_COME = frozenset(("coming", "darating"))


def _weekday_day(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """A weekday and a day of the month ("Friday 27"), or an hour where the two do not fit."""
    sent, pair = sent_at.date(), (int(phrase.number("d", 0)), int(phrase.number("W", 0)))
    coming = in_month(*pair, sent, coming=True)
    if coming and coming - sent <= _NEXT_MONTH:
        return Resolved(coming, "absolute")
    if not phrase.has("O"):
        return weekday(phrase, sent_at)
    found = in_month(*pair, sent)
    return Resolved(found, "absolute") if found else ordinal(phrase, sent_at)


_NEXT_MONTH = timedelta(days=31)


def _morning(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """In the morning: tomorrow's, but for who writes in the small hours; in the evening: today's."""
    hour = day_part(phrase) or 0.0
    tomorrow = hour < _NOON and sent_at.hour >= _SMALL_HOURS
    return Resolved(sent_at.date() + timedelta(days=int(tomorrow)), "hour", hour)


_NOON, _SMALL_HOURS = 12, 5


def _relative(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    offset = int(phrase.numbers("T")[0])
    kind: DateKind = "past" if offset < 0 else "today" if offset == 0 else "relative"
    if phrase.words in _NOW:
        kind = "now"
    return Resolved(sent_at.date() + timedelta(days=offset), kind, day_part(phrase))


_NOW = (("ngayon",), ("ngaun",), ("ngyon",))  # "now" as often as "today"


def _day_name(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """Words for a day without a day's name: the day after tomorrow, this afternoon, last night, *hari ini*."""
    if phrase.has("F"):
        return Resolved(sent_at.date() + timedelta(days=2), "relative")
    if phrase.has("l") and phrase.words[0] not in ("lepas", "lps"):  # before a part of the day: "after"
        return Resolved(sent_at.date() - timedelta(days=1), "past")
    if phrase.has("Pp") or phrase.unit() == "day":
        return Resolved(sent_at.date(), "today", day_part(phrase))
    return None


def _earlier(_phrase: Phrase, sent_at: datetime) -> Resolved | None:
    return Resolved(sent_at.date(), "past")


def _duration(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    numbers = phrase.numbers("dnqes")
    count = numbers[-1] if numbers else 1.0
    unit = phrase.units()[0 if phrase.has("ro") else -1]
    if phrase.has("W"):
        ahead = (int(phrase.numbers("W")[0]) - sent_at.weekday()) % 7
        return Resolved(sent_at.date() + timedelta(days=ahead + count * _DAYS_OF.get(unit, 0.0)), "weekday")
    if phrase.codes[0] == "U" and phrase.words[0] not in _ONE_OF:
        return None
    if phrase.codes in ("TU", "cUU") and unit not in _WEEKS_ON:
        return _relative(phrase, sent_at) if phrase.codes == "TU" else None
    if phrase.has("T") and not phrase.has("r"):
        count += phrase.numbers("T")[0] / _DAYS_OF.get(unit, 1.0)
    if unit in _DAYS_OF:
        working = unit == "day" and phrase.has("v")
        end = working_days_on(sent_at, int(count)) if working else sent_at + timedelta(days=count * _DAYS_OF[unit])
        return Resolved(end.date(), "duration", end.hour + end.minute / 60 if unit in ("hour", "minute") else None)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    shifted = shift_month(sent_at.date(), int(count) * months) if count * months < 120 else None
    return Resolved(shifted, "duration") if shifted else None


_DAYS_OF = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0}
_ONE_OF = ("sehari", "seminggu", "sebulan", "fortnight")  # units that are counted, "one" being said in them


def _within(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """Within the hour or the day: today; within the week, the month, ...: its end."""
    plural = any(word.endswith("s") and word != "oras" for word in phrase.words[1:])  # "in the coming weeks"
    if phrase.words[-1] in _ONE_OF:
        return _duration(phrase, sent_at)
    return None if plural else _end_of(phrase.unit(), sent_at.date(), 0)


def _period_end(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    sent = sent_at.date()
    if phrase.has("QREV"):
        unit = {"Q": "month", "R": "week", "E": "day", "V": "weekend"}[next(c for c in phrase.codes if c in "QREV")]
    else:
        unit = phrase.unit() or "day"
    if phrase.has("l"):
        told = phrase.codes[0] == "l" and unit in ("month", "quarter", "year")
        return _end_of(unit, sent, 0, phrase.has("v")) if told else None
    if unit == "week" and phrase.words[0] in _MALAY_ENDS:
        unit = "weekend"
    if phrase.has("T"):
        return Resolved(sent + timedelta(days=int(phrase.numbers("T")[0])), "today", 17.0)
    return _end_of(unit, sent, 1 if phrase.has("x") else 0)


_MALAY_ENDS = ("hujung", "hujong", "ujung")


def _end_of(unit: str, sent: date, later: int, working: bool = False) -> Resolved | None:
    monday = sent - timedelta(days=sent.weekday() - 7 * later)
    if unit in ("hour", "minute", "day"):
        return Resolved(sent, "hour", 17.0)
    if unit == "week":
        return Resolved(
            monday + timedelta(days=_FRIDAY if sent.weekday() <= _FRIDAY or later else _SUNDAY), "period_end"
        )
    if unit == "weekend":
        return Resolved(monday + timedelta(days=_SUNDAY), "period_end")
    months = {"month": later, "quarter": 2 - (sent.month - 1) % 3 + 3 * later, "year": 12 - sent.month + 12 * later}
    if unit not in months:  # nobody says when a fortnight ends
        return None
    return Resolved(last_of_month(shift_month(sent.replace(day=1), months[unit]), working), "period_end")


def _bare_end(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """*Katapusan* alone is the end of the month; "end" alone is nothing."""
    return _end_of("month", sent_at.date(), 0) if phrase.words[0] == "katapusan" else None


def clock(phrase: Phrase, sent_at: datetime) -> Resolved | None:
    """An hour without a day: today's, or tomorrow's where the hour is over and it says "by" or "before"."""
    if phrase.number("d", 0) > 12 and (phrase.has("I") or (phrase.codes == "d" and phrase.lead in COMING)):
        return ordinal(phrase, sent_at)  # "ika-29 ng gabi", "bago mag-15"
    if phrase.codes == "d.d" and len(phrase.words[-1]) < 2:
        return None
    hour = clock_hour(phrase)
    if hour is None or hour > 24:
        return None
    if (
        phrase.lead in COMING and not phrase.has("APpX:.") and hour <= sent_at.hour < hour + 12 <= 24
    ):  # "by 9" in the evening: at 21
        hour += 12
    tomorrow = phrase.lead in COMING and hour <= _NOON <= sent_at.hour
    tomorrow |= phrase.has("i") and hour < _NOON and hour <= sent_at.hour  # "at 7 in the morning"
    return Resolved(sent_at.date() + timedelta(days=int(tomorrow)), "hour", hour)


def clock_hour(phrase: Phrase) -> float | None:
    """The hour of the day in a phrase; without am, pm or a part of the day, 1 to 6 are taken for the afternoon."""
    if phrase.has("X"):
        return phrase.number("X", 0)
    numbers = phrase.numbers("desn")
    part = day_part(phrase)
    if not numbers:
        return part
    hour = numbers[0] + (numbers[1] / 60 if len(numbers) > 1 else 0.0)
    if phrase.has("u"):  # half past
        hour += 0.5
    elif phrase.unit() == "quarter":
        hour += 0.25 if phrase.has("l") else -0.25
    marks = [word for word, code in zip(phrase.words, phrase.codes, strict=True) if code == "A"]
    afternoon = (part is not None and part >= 12) or any(word[0] == "p" for word in marks)
    if hour == 12 and ((part is not None and part >= 18) or any(word[0] == "a" for word in marks)):  # midnight
        return 24.0
    if phrase.has("A") or part is not None:
        return hour + 12 if afternoon and hour < 12 else hour
    return hour + 12 if hour < 7 else hour


FROM_SENDING: dict[str, Callable[[Phrase, datetime], Resolved | None]] = {
    "clock": clock,
    "duration": _duration,
    "within": _within,
    "day_name": _day_name,
    "earlier": _earlier,
    "weekday": weekday,
    "weekday_day": _weekday_day,
    "morning": _morning,
    "month_ordinal": _month_ordinal,
    "relative": _relative,
    "period_end": _period_end,
    "bare_end": _bare_end,
}
