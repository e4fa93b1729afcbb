"""Where assessed messages are kept: SQLite by default, PostgreSQL by its URL; each message once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, Subquery, exists, func, insert, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from data.records import Assessment
from data.taxonomy import Label
from data.wire import from_json, to_json
from model.facts import SeenMessage
from service.aliases import owner_of, tidy
from service.cursor import Cursor
from service.database import open_database
from service.past import REMEMBERED, Past
from service.tables import MessageRow, SignalRow
from service.upserts import insert_into


@dataclass(frozen=True, slots=True)
class Query:
    """Which stored messages to list; None asks for nothing in particular. ``after`` is where the last page ended."""

    client: str | None = None
    label: Label | None = None
    urgency_min: int = 0
    since: datetime | None = None
    after: Cursor | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Stored messages, newest first, and where the next page starts (None on the last one)."""

    messages: tuple[Assessment, ...]
    next: Cursor | None


class Store:
    """The messages, read and written in transactions; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The database behind it."""
        return self._engine

    def add(self, assessment: Assessment, received_at: datetime) -> bool:
        """Keep a message and its signals, both or neither; False where its id is already there."""
        with self._engine.begin() as connection:
            owner = _owner(connection, assessment)
            row = _message_row(assessment, received_at) | {"owner": owner}
            once = insert_into(self._engine.dialect.name, MessageRow, row).on_conflict_do_nothing()
            added = connection.execute(once.returning(MessageRow.id)).first() is not None
            if added and assessment.signals:
                connection.execute(insert(SignalRow), _signal_rows(assessment))
        return added

    def advise(self, assessment: Assessment) -> None:
        """Put other strategies in place of those that a stored message has."""
        with self._engine.begin() as connection:
            changed = update(MessageRow).where(MessageRow.id == assessment.id).values(assessment=to_json(assessment))
            connection.execute(changed)

    def get(self, message_id: str) -> Assessment | None:
        """The stored assessment of one message."""
        with Session(self._engine) as session:
            row = session.scalar(select(MessageRow.assessment).where(MessageRow.id == message_id))
        return from_json(row) if row is not None else None

    def page(self, query: Query) -> Page:
        """The messages that a query asks for, newest first."""
        with Session(self._engine) as session:
            rows = session.execute(_listing(query).limit(query.limit + 1)).all()
        shown = rows[: query.limit]
        last = shown[-1] if len(rows) > query.limit else None
        return Page(
            messages=tuple(from_json(row.assessment) for row in shown),
            next=Cursor(last.dated_at, last.id) if last else None,
        )

    def past(self, client: str, *, before: datetime | None, but: str | None = None) -> Past:
        """What came from a client before a moment (all there is, where that is None), by all its addresses.

        Newsletters, automatic replies and the message ``but`` are left out.
        """
        with self._engine.connect() as connection:
            owner = owner_of(connection, tidy(client))
        theirs = [MessageRow.owner == owner, MessageRow.error.is_(None), MessageRow.kind == "message"]
        moment = _in_utc(before)
        if but is not None:
            theirs.append(MessageRow.id != but)
        if moment is not None:
            theirs.append(MessageRow.dated_at < moment)
        with Session(self._engine) as session:
            count, first = session.execute(select(func.count(), func.min(MessageRow.dated_at)).where(*theirs)).one()
            newest_first = select(MessageRow).where(*theirs).order_by(MessageRow.dated_at.desc()).limit(REMEMBERED)
            latest = newest_first.with_only_columns(MessageRow.id, MessageRow.dated_at).subquery()
            return Past(count, first, _remembered(session.execute(_with_labels(latest))))

    def check(self) -> None:
        """Ask the database for nothing, to see that it answers (SQLAlchemyError where it does not)."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def open_store(url: str) -> Store:
    """Open the store at an SQLAlchemy URL; its schema is brought up to date (InputError where it cannot be)."""
    return Store(open_database(url))


def _with_labels(messages: Subquery) -> Select[tuple[str, datetime, Label | None]]:
    signals = (SignalRow.message_id == messages.c.id) & SignalRow.present
    joined = messages.outerjoin(SignalRow, signals)
    statement = select(messages.c.id, messages.c.dated_at, SignalRow.label).select_from(joined)
    return statement.order_by(messages.c.dated_at, messages.c.id)


def _remembered(rows: Iterable[tuple[str, datetime, Label | None]]) -> tuple[SeenMessage, ...]:
    """One message of each run of rows with the same id; a message without labels has one row with None."""
    by_message = groupby(rows, key=lambda row: row[:2])
    return tuple(
        SeenMessage(message_id, at, tuple(label for *_, label in group if label is not None))
        for (message_id, at), group in by_message
    )


def _listing(query: Query) -> Select[tuple[str, datetime, dict[str, Any]]]:
    statement = select(MessageRow.id, MessageRow.dated_at, MessageRow.assessment)
    if query.client is not None:
        name = tidy(query.client)  # a client's own name gives all its addresses, an address its own messages
        statement = statement.where(or_(MessageRow.owner == name, MessageRow.client == name))
    if query.label is not None:
        bears = (SignalRow.message_id == MessageRow.id) & (SignalRow.label == query.label) & SignalRow.present
        statement = statement.where(exists().where(bears))
    if query.urgency_min > 0:
        statement = statement.where(MessageRow.urgency >= query.urgency_min)
    if query.since is not None:
        statement = statement.where(MessageRow.dated_at >= query.since)
    if query.after is not None:
        statement = statement.where(tuple_(MessageRow.dated_at, MessageRow.id) < tuple_(query.after.at, query.after.id))
    return statement.order_by(MessageRow.dated_at.desc(), MessageRow.id.desc())


def _owner(connection: Connection, assessment: Assessment) -> str | None:
    return None if assessment.client is None else owner_of(connection, tidy(assessment.client))


def _message_row(assessment: Assessment, received_at: datetime) -> dict[str, Any]:
    sent_at = _in_utc(assessment.sent_at)
    return {
        "id": assessment.id,
        "client": assessment.client,
        "sent_at": sent_at,
        "received_at": received_at,
        "dated_at": sent_at or received_at,
        "source": assessment.source,
        "message_id": assessment.message_id,
        "lang": assessment.lang,
        "subject": assessment.subject,
        "text": assessment.text,
        "urgency": assessment.urgency.level,
        "claimed": assessment.urgency.claimed,
        "deadline": assessment.urgency.deadline,
        "model": assessment.model,
        "kind": assessment.kind,
        "error": assessment.error.code if assessment.error else None,
        "assessment": to_json(assessment),
    }


def _in_utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:  # a mail may claim to be of the year 1 or 9999
        return None


def _signal_rows(assessment: Assessment) -> list[dict[str, Any]]:
    return [
        {"message_id": assessment.id, "label": s.label, "probability": s.probability, "present": s.present}
        for s in assessment.signals
    ]
