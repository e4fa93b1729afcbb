"""The messages to answer first: the most pressing of the last weeks, found in one pass over an inbox in any order."""

import heapq
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from data.records import Assessment
from data.taxonomy import Label

PRESSING = timedelta(days=30)  # before the newest message; what is older was answered, or is past answering
_A_DAY = 40  # kept of each day: enough for ten when most were answered
_QUOTE = 220
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pressing:
    """One message that waits for an answer, with what presses."""

    weight: float
    sent_at: datetime | None
    id: str
    client: str | None
    subject: str
    quotes: tuple[str, ...]
    level: int
    claimed: bool
    deadline: date | None
    labels: tuple[Label, ...]
    strategy: str | None
    source: str


class Urgent:
    """Keeps, for each of the last days, the messages that press most; ``now`` bounds what a clock ahead may date.

    Messages without a date are kept as if of one day: whether they are old cannot be told.
    """

    def __init__(self, now: datetime) -> None:
        self._latest = now + timedelta(days=1)
        self._days: dict[date | None, list[tuple[float, int, Pressing]]] = {}
        self._seen = 0

    def consider(self, row: Assessment) -> None:
        """Keep a message where it may be among the first."""
        sent = _in_utc(row.sent_at)
        if row.urgency.level == 0 or (sent is not None and sent > self._latest):
            return
        weight = _weight(row, sent)
        of_day = self._days.setdefault(sent and sent.date(), [])
        if len(of_day) >= _A_DAY and weight <= of_day[0][0]:
            return
        self._seen += 1
        entry = (weight, -self._seen, _pressing(row, sent, weight))
        if len(of_day) < _A_DAY:
            heapq.heappush(of_day, entry)
        else:
            heapq.heappushpop(of_day, entry)
        if len(self._days) > 4 * PRESSING.days:
            self._days = dict(self._recent())

    def waiting(self) -> tuple[Pressing, ...]:
        """What may wait for an answer, the most pressing first."""
        kept = [one for _, of_day in self._recent() for _, _, one in of_day]
        return tuple(sorted(kept, key=lambda one: (-one.weight, _age(one), one.id)))

    def _recent(self) -> list[tuple[date | None, list[tuple[float, int, Pressing]]]]:
        since = max((day for day in self._days if day), default=date.max) - PRESSING
        return [(day, kept) for day, kept in self._days.items() if day is None or day >= since]


def _age(one: Pressing) -> float:
    return -one.sent_at.timestamp() if one.sent_at else 0.0


def _weight(row: Assessment, sent: datetime | None) -> float:
    """Level first; then a mistake that is reported, a deadline close by, and how sure the level is."""
    due = row.urgency.deadline
    close = due is not None and sent is not None and timedelta() <= due - sent.date() <= _SOON
    sure = row.urgency.probabilities[2] + 2 * row.urgency.probabilities[3]
    return 10.0 * row.urgency.level + 3.0 * ("reported_mistake" in row.labels) + 2.0 * close + sure


def _pressing(row: Assessment, sent: datetime | None, weight: float) -> Pressing:
    passages = row.urgency.evidence or next((signal.evidence for signal in row.signals if signal.evidence), ())
    quotes = tuple(passage.text[:_QUOTE] for passage in passages if passage.part == "text")[:2]
    return Pressing(
        weight=weight,
        sent_at=sent,
        id=row.id,
        client=row.client,
        subject=row.subject[:_QUOTE],
        quotes=quotes or (row.text[:_QUOTE],),
        level=row.urgency.level,
        claimed=row.urgency.claimed,
        deadline=row.urgency.deadline,
        labels=row.labels,
        strategy=row.strategies[0].id if row.strategies else None,
        source=row.source,
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or not 1970 <= moment.year < 2200:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
