"""What is known of a client beside the message itself: the caller's context, and what the store remembers."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from data.context import Context
from data.hours import WorkingHours
from data.taxonomy import Label
from data.years import believable


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One earlier message of the client, with the labels that were present."""

    id: str
    sent_at: datetime | None
    labels: tuple[Label, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sent_at", _in_utc(self.sent_at))


@dataclass(frozen=True, slots=True)
class AgreedDate:
    """A date on which the provider owes something, and since when it is known (None: unknown)."""

    day: date
    noted_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "noted_at", _in_utc(self.noted_at))


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What a rule may use beside the message; whatever is left out is unknown, and no rule guesses it.

    ``history`` holds the client's other messages, never the one judged. ``known_messages`` is how many came before it:
    0 makes it the first, None says that nobody counted. A time without an offset is read as UTC. The rules look back
    over weeks and a handful of agreed dates: a few hundred messages of history are plenty, and keep them fast.
    """

    relationship_start: date | None = None
    agreed_date: date | None = None
    usual_check_days_before: int | None = None
    asked_for_input_recently: bool = False
    project_finished: bool | None = None
    working_hours: WorkingHours | None = None
    timezone: ZoneInfo | None = None
    holidays: frozenset[date] = frozenset()
    known_messages: int | None = None
    first_message_at: datetime | None = None
    history: tuple[SeenMessage, ...] = ()
    agreed_dates: tuple[AgreedDate, ...] = ()
    client_name: str | None = None
    provider_name: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_message_at", _in_utc(self.first_message_at))

    def told(self, context: Context) -> "ClientFacts":
        """Lay a checked context over these facts; what the context leaves out stays."""
        lead = context.usual_check_days_before
        given = {
            "relationship_start": context.relationship_start,
            "agreed_date": context.agreed_date,
            "usual_check_days_before": None if lead is None else ceil(lead),
            "asked_for_input_recently": context.asked_for_input_recently,
            "project_finished": context.project_finished,
            "working_hours": context.hours,
            "timezone": context.zone,
            "holidays": None if context.holidays is None else self.holidays.union(context.holidays),
        }
        known = {key: value for key, value in given.items() if value is not None}
        return replace(self, **known) if known else self  # type: ignore[arg-type]

    def local(self, moment: datetime) -> datetime:
        """Give a moment on the provider's clock; without a known time zone, on the clock it was written with."""
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware if self.timezone is None else aware.astimezone(self.timezone)

    def local_or_none(self, moment: datetime | None) -> datetime | None:
        """Give a mail's date on the provider's clock; None for years at the calendar's ends, which mail does bear."""
        return None if moment is None or not believable(moment) else self.local(moment)

    def started(self) -> date | None:
        """Give the day on which the relationship began: as told, else that of the first message known."""
        if self.relationship_start is not None:
            return self.relationship_start
        seen = [message.sent_at for message in self.history if message.sent_at is not None]
        first = self.first_message_at or min(seen, default=None)
        return None if first is None else self.local(first).date()


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or not believable(moment):
        return None
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
