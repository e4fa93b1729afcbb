"""What a report on an inbox is made of: counts by client, day and hour, gathered in one pass; of texts, quotes."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data.records import Assessment
from data.taxonomy import LABELS, Label
from model.facts import ClientFacts, SeenMessage
from service.judgement import SentMail
from service.urgent import Urgent

QUOTE = 220  # characters of a passage that are kept
_SIGNS: frozenset[Label] = frozenset({"micro_managing", "take_over", "unpaid_rework", "scope_growth"})
_KEPT = 60  # of one client within the window of the signs, those that carry one before the others
_ROOM = 40  # messages beyond, until it is tidied
_EXAMPLES = 12  # of unreadable rows that are named


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message within the window of the signs of parting, with a passage for each label that may carry one."""

    seen: SeenMessage
    quotes: tuple[tuple[Label, str], ...]


@dataclass(slots=True)
class ClientTally:
    """One client's counts: by label, by urgency level, by day; ``late`` are messages outside the provider's hours.

    ``days`` holds the day (proleptic ordinal) of each dated message, ``asked`` and ``answered`` the seconds since 1970
    of the client's messages and of one's own to them.
    """

    messages: int = 0
    labels: list[int] = field(default_factory=lambda: [0] * len(LABELS))
    levels: list[int] = field(default_factory=lambda: [0] * 4)
    claims: int = 0
    hollow: int = 0
    late: int = 0
    days: "array[int]" = field(default_factory=lambda: array("i"))
    asked: "array[int]" = field(default_factory=lambda: array("I"))
    answered: "array[int]" = field(default_factory=lambda: array("I"))
    latest: list[Quoted] = field(default_factory=list)
    room: int = _ROOM

    def keep(self, row: Assessment, window: timedelta) -> None:
        """Note a message for the signs of parting; those before the window of the newest are forgotten."""
        carrying = [signal for signal in row.signals if signal.present and signal.label in _SIGNS and signal.evidence]
        quotes = tuple((signal.label, signal.evidence[0].text[:QUOTE]) for signal in carrying)
        self.latest.append(Quoted(SeenMessage(row.id, row.sent_at, row.labels), quotes))
        if len(self.latest) > self.room:
            *before, newest = sorted(self.latest, key=_moment)
            within = [one for one in before if _moment(one) >= _moment(newest) - window]
            bearing = [one for one in within if one.quotes][-_KEPT:]
            others = [one for one in within if not one.quotes][-max(_KEPT - len(bearing), 1) :]
            self.latest = [*sorted(bearing + others, key=_moment), newest]
            self.room = len(self.latest) + _ROOM


def _moment(one: Quoted) -> datetime:
    return one.seen.sent_at or _FIRST


_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_END = 2106  # the year in which seconds outgrow four bytes


class InboxTallies:
    """Takes the rows of a run in any order; memory grows with the clients and the days, by 8 bytes with a message."""

    def __init__(self, provider: ClientFacts, window: timedelta, now: datetime) -> None:
        self.provider = provider
        self.window = window
        self.latest = now + timedelta(days=1)  # what is dated beyond comes from a clock that is ahead
        self.rows = 0
        self.own = 0
        self.without_client = 0
        self.kinds: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.clients: dict[str, ClientTally] = {}
        self.days: dict[int, list[int]] = {}
        self.hours: list[list[int]] = [[0] * 24 for _ in range(7)]
        self.claims = [[0] * 4, [0] * 4]  # by whether the words claim urgency, and by level
        self.urgent = Urgent(now)
        self.unreadable: Counter[str] = Counter()
        self.examples: list[tuple[str, str]] = []
        self.model = ""

    def add(self, row: Assessment) -> None:
        """Count a row."""
        self.rows += 1
        self.model = row.model
        if row.error is not None:
            self._note_unreadable(row)
            return
        self.kinds[row.kind] += 1
        if row.kind != "message":
            return
        self.languages[row.lang] += 1
        self.claims[row.urgency.claimed][row.urgency.level] += 1
        late = self._note_time(row)
        if row.client is None:
            self.without_client += 1
        else:
            self._note_client(self.clients.setdefault(row.client, ClientTally()), row, late=late)
        self.urgent.consider(row)

    def add_sent(self, mail: SentMail) -> None:
        """Count a mail of one's own: whom it answers is found out at the end."""
        self.own += 1
        if mail.at is None or not _counts(mail.at):
            return
        for client in mail.to:
            self.clients.setdefault(client, ClientTally()).answered.append(_seconds(mail.at))

    def _note_unreadable(self, row: Assessment) -> None:
        code = row.error.code if row.error else ""
        self.unreadable[code] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append((row.source, row.error.message if row.error else ""))

    def _note_time(self, row: Assessment) -> bool:
        """Count by day and hour of the provider's clock; whether the message came outside the working hours."""
        local = self.provider.local_or_none(row.sent_at)
        if local is None:
            return False
        day = self.days.setdefault(local.date().toordinal(), [0] * 4)
        day[row.urgency.level] += 1
        self.hours[local.weekday()][local.hour] += 1
        hours = self.provider.working_hours
        return hours is not None and (not hours.cover(local) or local.date() in self.provider.holidays)

    def _note_client(self, tally: ClientTally, row: Assessment, *, late: bool) -> None:
        tally.messages += 1
        for place, signal in enumerate(row.signals):
            tally.labels[place] += signal.present
        tally.levels[row.urgency.level] += 1
        tally.claims += row.urgency.claimed
        tally.hollow += row.urgency.hollow
        local = self.provider.local_or_none(row.sent_at)
        if local is not None and row.sent_at is not None and _counts(row.sent_at):
            tally.late += late  # of the dated messages: of those that count in ``days``
            tally.days.append(local.date().toordinal())
            tally.asked.append(_seconds(row.sent_at))
            if _aware(row.sent_at) <= self.latest:
                tally.keep(row, self.window)


def _counts(moment: datetime) -> bool:
    return _FIRST.year <= moment.year < _END  # outside, a date is a broken header


def _seconds(moment: datetime) -> int:
    """Since 1970, which east of Greenwich begins before it did there: broken headers often say so."""
    return max(int(_aware(moment).timestamp()), 0)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
