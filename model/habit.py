"""The habit of looking ahead of an agreed date: whether a client has it, and the quiet day to be done by."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_high

from data.records import Reason
from model.conditions import Case
from model.wording import write_date


@dataclass(frozen=True, slots=True)
class Habit:
    """How many days ahead of an agreed date the client usually asks, and how that is known."""

    lead: int
    because: Reason

    def quiet_day(self, agreed: date, margin: int) -> date:
        """The day to be done by: ``margin`` days before the day on which they usually ask."""
        return agreed - timedelta(days=self.lead + margin)


def known_habit(case: Case) -> Habit | None:
    """Tell the habit from the caller's word, else from how often the client asked ahead of agreed dates."""
    told = case.facts.usual_check_days_before
    if told is not None:
        return Habit(told, case.fact("habit_told", days=told))
    asks = _asks(case)
    if len({moment.date() for moment, _ in asks}) < case.thresholds.habit_messages:
        return None
    lead = _usual_lead(asks, case.agreed_date())
    return Habit(lead, case.fact("habit_seen", count=len(asks), days=lead))


def quiet_day_reason(case: Case, day: date) -> Reason:
    """Name the quiet day, and say so where it has passed already."""
    passed = case.sent is not None and day < case.sent.date()
    return case.fact("quiet_day_passed" if passed else "quiet_day", date=write_date(day, case.wording))


def _asks(case: Case) -> list[tuple[datetime, date]]:
    moments = [seen.sent_at for seen in case.supervising()]
    if "micro_managing" in case.signals:
        moments.append(case.sent)  # the message at hand is an ask like the ones before
    local = [case.facts.local(moment) for moment in moments if moment is not None]
    days, farthest = sorted(case.agreed_days()), timedelta(days=case.thresholds.habit_lead_days)
    return [(moment, agreed) for moment in local if (agreed := _next_after(moment.date(), days, farthest))]


def _next_after(day: date, agreed: list[date], farthest: timedelta) -> date | None:
    place = bisect_right(agreed, day)
    return agreed[place] if place < len(agreed) and agreed[place] - day <= farthest else None


def _usual_lead(asks: list[tuple[datetime, date]], current: date | None) -> int:
    # Of several asks ahead of one date the first counts. The date at hand is left out where others are known: its first
    # ask has just come, and would pull the quiet day into the past.
    leads: dict[date, int] = {}
    for moment, agreed in asks:
        leads[agreed] = max(leads.get(agreed, 0), (agreed - moment.date()).days)
    others = [lead for agreed, lead in leads.items() if agreed != current]
    return median_high(others or leads.values())
