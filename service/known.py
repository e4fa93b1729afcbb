"""What is known of a client beside the mails: facts that were told, agreed dates, other addresses."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from data.context import ClientContext
from model.facts import AgreedDate, ClientFacts


@dataclass(frozen=True, slots=True)
class Known:
    """One client; ``told`` holds the lasting facts, ``dates`` every agreed date in the order in which it was noted."""

    client: str
    told: ClientContext = field(default_factory=ClientContext)
    dates: tuple[AgreedDate, ...] = ()
    aliases: tuple[str, ...] = ()
    seen_name: str | None = None

    @property
    def name(self) -> str | None:
        """What to call the client: as a person told, else as the mails sign."""
        return self.told.display_name or self.seen_name

    @property
    def valid_dates(self) -> tuple[date, ...]:
        """The agreed dates noted last, which took the place of those before."""
        newest = self.dates[-1].noted_at if self.dates else None
        return tuple(sorted(agreed.day for agreed in self.dates if agreed.noted_at == newest))

    def due(self, day: date | None) -> date | None:
        """The agreed date that is next on a day (the last one where all have passed)."""
        ahead = [agreed for agreed in self.valid_dates if day is None or agreed >= day]
        return min(ahead) if ahead else max(self.valid_dates, default=None)

    def laid_over(self, facts: ClientFacts, mail_name: str | None, sent_at: datetime | None) -> ClientFacts:
        """The provider's facts with this client's over them; ``mail_name`` is what the mail at hand is signed with."""
        facts = facts.told(self.told)
        sent = facts.local_or_none(sent_at)
        return replace(
            facts,
            client_name=self.told.display_name or mail_name or self.seen_name,
            agreed_date=self._ahead(sent.date() if sent else None),
            agreed_dates=self.dates,
        )

    def _ahead(self, day: date | None) -> date | None:
        due = self.due(day)
        return due if due is not None and (day is None or due >= day) else None

    @property
    def summary(self) -> ClientContext:
        """Everything told, as one object."""
        noted = tuple({"date": agreed.day, "noted_at": agreed.noted_at} for agreed in self.dates)
        given = self.told.model_dump(exclude_none=True) | {"agreed_dates": noted or None, "agreed_date": self.due(None)}
        return ClientContext.model_validate(given)


def recent(noted_at: datetime, now: datetime, days: int) -> bool:
    """Whether something that was told is still recent."""
    return now - noted_at <= timedelta(days=days)
