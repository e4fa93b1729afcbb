"""The clients in the store: who they are, what is known of them, what they wrote when; and how one is forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, Engine, case, delete, func, select

from data.context import ClientContext, Context
from data.taxonomy import Label
from model.facts import SeenMessage
from model.parting import InboxCount
from service import aliases
from service.client_facts import forget_facts, known_client, note_name, note_told, patch_facts
from service.client_lines import Line, Lines, line_of, lines_of
from service.cursor import Cursor
from service.database import scrub, writing
from service.known import Known
from service.past import REMEMBERED
from service.tables import (
    AgreedDateRow,
    AliasRow,
    AnswerRow,
    ClientRow,
    CorrectionRow,
    FactRow,
    MessageRow,
    SignalRow,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One message on a client's time line."""

    seen: SeenMessage
    urgency: int
    hollow: bool
    subject: str
    lang: str


@dataclass(frozen=True, slots=True)
class Late:
    """A late message of any client, with what the week's list looks at."""

    id: str
    client: str
    at: datetime
    text: str
    deadline: date | None


class Clientele:
    """Clients, read and written in transactions; ``today`` gives the provider's calendar day of a moment."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], today: Callable[[datetime], date], recent_days: int
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._today = today
        self._recent_days = recent_days

    def owner_of(self, name: str) -> str:
        """The client whom an address or name stands for; itself where nobody said otherwise."""
        with self._engine.connect() as connection:
            return aliases.owner_of(connection, aliases.tidy(name))

    def known(self, name: str) -> Known:
        """What is known of a client, by any of its names."""
        with self._engine.connect() as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            return known_client(connection, client, self._clock(), self._recent_days)

    def exists(self, name: str) -> bool:
        """Whether anything at all is kept of a client."""
        with self._engine.connect() as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            kept = [
                select(MessageRow.id).where(MessageRow.owner == client),
                select(FactRow.name).where(FactRow.client == client),
                select(AgreedDateRow.day).where(AgreedDateRow.client == client),
                select(AliasRow.alias).where(AliasRow.client == client),
            ]
            return any(connection.execute(each.limit(1)).first() is not None for each in kept)

    def note(self, name: str, context: Context, mail_name: str | None, sent_at: datetime | None) -> None:
        """Keep what came with a message; where later messages are there already, it only fills what is unknown."""
        now = self._clock()
        with writing(self._engine) as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            at = sent_at if sent_at is not None and _wrote_after(connection, client, sent_at) else now
            note_told(connection, client, context, at, self._today(sent_at or now))
            if mail_name:
                note_name(connection, client, mail_name[:200], at)

    def patch(self, name: str, patch: ClientContext) -> Known:
        """Lay a merge patch over what is known of a client, who may be new."""
        now = self._clock()
        with writing(self._engine) as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            patch_facts(connection, client, patch, now, self._today(now))
            return known_client(connection, client, now, self._recent_days)

    def merge(self, name: str, alias: str) -> Known:
        """Take another address, name or ``@domain`` for this client (InputError where it cannot be)."""
        with writing(self._engine) as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            aliases.merge(connection, client, aliases.tidy(alias))
            return known_client(connection, client, self._clock(), self._recent_days)

    def part(self, name: str, alias: str) -> bool:
        """Let an alias stand for itself again; facts stay with the client."""
        with writing(self._engine) as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            return aliases.part(connection, client, aliases.tidy(alias))

    def forget(self, name: str) -> bool:
        """Drop everything of a client: messages, corrections, facts, dates, aliases; False where there was nothing."""
        with writing(self._engine) as connection:
            client = aliases.owner_of(connection, aliases.tidy(name))
            theirs = select(MessageRow.id).where(MessageRow.owner == client)
            connection.execute(delete(CorrectionRow).where(CorrectionRow.message_id.in_(theirs)))
            connection.execute(delete(SignalRow).where(SignalRow.message_id.in_(theirs)))
            connection.execute(delete(AnswerRow).where(AnswerRow.message_id.in_(theirs)))
            gone = connection.execute(delete(MessageRow).where(MessageRow.owner == client)).rowcount
            connection.execute(delete(ClientRow).where(ClientRow.client == client))
            gone += forget_facts(connection, client)
            gone += connection.execute(delete(AliasRow).where(AliasRow.client == client)).rowcount
        if gone:
            scrub(self._engine)
        return gone > 0

    def page(self, limit: int, after: Cursor | None = None) -> Lines:
        """The clients with stored messages, those who wrote last first."""
        with self._engine.connect() as connection:
            return lines_of(connection, limit, after)

    def line(self, client: str) -> Line | None:
        """The same of one client."""
        with self._engine.connect() as connection:
            return line_of(connection, client)

    def timeline(self, client: str) -> tuple[Moment, ...]:
        """A client's latest messages (no newsletters, no automatic replies), oldest first."""
        chosen = (
            select(MessageRow.id, MessageRow.dated_at, MessageRow.urgency, MessageRow.claimed, MessageRow.subject)
            .add_columns(MessageRow.lang)
            .where(MessageRow.owner == client, MessageRow.kind == "message")
            .order_by(MessageRow.dated_at.desc(), MessageRow.id.desc())
            .limit(REMEMBERED)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(chosen).all()
            labels = _labels_of(connection, [row.id for row in rows])
        return tuple(
            Moment(
                SeenMessage(row.id, row.dated_at, labels.get(row.id, ())),
                row.urgency,
                hollow=row.claimed and row.urgency <= 1,
                subject=row.subject,
                lang=row.lang,
            )
            for row in reversed(rows)
        )

    def inbox(self, client: str, start: datetime, end: datetime) -> InboxCount:
        """All clients' messages between two moments, and this client's among them."""
        own = func.count(case((MessageRow.owner == client, 1)))
        counted = select(func.count(), func.count(MessageRow.owner.distinct()), own).where(
            MessageRow.owner.is_not(None), MessageRow.kind == "message", MessageRow.dated_at.between(start, end)
        )
        with self._engine.connect() as connection:
            return InboxCount(*connection.execute(counted).one())

    def last_heard(self, client: str) -> datetime | None:
        """The moment of a client's newest message."""
        newest = select(ClientRow.last_at).where(ClientRow.client == client)
        with self._engine.connect() as connection:
            return connection.scalar(newest)

    def late(self, since: datetime, most: int) -> tuple[Late, ...]:
        """The dated messages since a moment, the newest first."""
        chosen = (
            select(MessageRow.id, MessageRow.owner, MessageRow.dated_at, MessageRow.text, MessageRow.deadline)
            .where(MessageRow.kind == "message", MessageRow.dated_at >= since)
            .where(MessageRow.owner.is_not(None), MessageRow.sent_at.is_not(None))
            .order_by(MessageRow.dated_at.desc())
            .limit(most)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(chosen)
            return tuple(Late(r.id, str(r.owner), r.dated_at, r.text, r.deadline) for r in rows)

    def told_of(self) -> tuple[str, ...]:
        """Every client of whom facts or agreed dates are kept."""
        names = select(FactRow.client).union(select(AgreedDateRow.client)).order_by("client")
        with self._engine.connect() as connection:
            return tuple(connection.scalars(names))


def _wrote_after(connection: Connection, client: str, moment: datetime) -> bool:
    later = select(MessageRow.id).where(MessageRow.owner == client, MessageRow.dated_at > moment).limit(1)
    return connection.execute(later).first() is not None


def _labels_of(connection: Connection, messages: list[str]) -> dict[str, tuple[Label, ...]]:
    chosen = (
        select(SignalRow.message_id, SignalRow.label)
        .where(SignalRow.message_id.in_(messages), SignalRow.present)
        .order_by(SignalRow.message_id, SignalRow.label)
    )
    by_message = groupby(connection.execute(chosen), key=lambda row: row.message_id)
    return {message_id: tuple(row.label for row in rows) for message_id, rows in by_message}
