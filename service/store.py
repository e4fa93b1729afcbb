"""Where assessed messages are kept: SQLite by default, PostgreSQL by its URL; each message once."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, Subquery, insert, select, update
from sqlalchemy.orm import Session

from data.records import Assessment, Email
from data.taxonomy import Label
from data.wire import from_json, to_json
from model.facts import SeenMessage
from service.aliases import owner_of, tidy
from service.client_lines import count_in
from service.database import open_database, writing
from service.listing import Page, Query, page_of
from service.past import REMEMBERED, Past
from service.sound import in_utc
from service.tables import MessageRow, SignalRow
from service.twins import twin_of, wait_for_twins
from service.upserts import insert_into

Beside = Callable[[Connection, str], None]


def nothing(_connection: Connection, _message_id: str) -> None:
    """Write nothing beside a message."""


class Store:
    """The messages, read and written in transactions; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The database behind it."""
        return self._engine

    def add(self, assessment: Assessment, received_at: datetime, beside: Beside = nothing) -> bool:
        """Keep a message, its signals, and what ``beside`` writes: all or nothing; on disk once this returns.

        False where the message is already there, by its id or as a twin; ``beside`` is told the id that is kept.
        """
        with writing(self._engine) as connection:
            wait_for_twins(connection, assessment)
            twin = twin_of(connection, assessment)
            added = twin is None and self._insert(connection, assessment, received_at)
            beside(connection, twin or assessment.id)
        return added

    def note(self, message_id: str, beside: Beside) -> None:
        """Write beside a message that is there already."""
        with writing(self._engine) as connection:
            beside(connection, message_id)

    def _insert(self, connection: Connection, assessment: Assessment, received_at: datetime) -> bool:
        owner = None if assessment.client is None else owner_of(connection, tidy(assessment.client))
        row = _message_row(assessment, received_at) | {"owner": owner}
        once = insert_into(connection.dialect.name, MessageRow, row).on_conflict_do_nothing()
        if connection.execute(once.returning(MessageRow.id)).first() is None:
            return False
        if assessment.signals:
            connection.execute(insert(SignalRow), _signal_rows(assessment, owner, row["dated_at"]))
        if owner is not None:
            count_in(connection, owner, row["dated_at"])
        return True

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

    def twin(self, mail: Email | Assessment) -> Assessment | None:
        """The stored message that is the same one as this, though it came another way and looks a little different."""
        with self._engine.connect() as connection:
            twin = twin_of(connection, mail)
        return self.get(twin) if twin is not None else None

    def page(self, query: Query) -> Page:
        """The messages that a query asks for, newest first."""
        with self._engine.connect() as connection:
            return page_of(connection, query)

    def past(self, client: str, *, before: datetime | None, but: str | None = None) -> Past:
        """What came from a client before a moment (all there is, where that is None), by all its addresses.

        Newsletters, automatic replies and the message ``but`` are left out; no more than ``REMEMBERED`` are counted.
        """
        with self._engine.connect() as connection:
            owner = owner_of(connection, tidy(client))
        theirs = [MessageRow.owner == owner, MessageRow.error.is_(None), MessageRow.kind == "message"]
        moment = in_utc(before)
        if but is not None:
            theirs.append(MessageRow.id != but)
        if moment is not None:
            theirs.append(MessageRow.dated_at < moment)
        with Session(self._engine) as session:
            first = session.scalar(select(MessageRow.dated_at).where(*theirs).order_by(MessageRow.dated_at).limit(1))
            newest_first = select(MessageRow.id, MessageRow.dated_at).where(*theirs)
            latest = newest_first.order_by(MessageRow.dated_at.desc()).limit(REMEMBERED).subquery()
            remembered = _remembered(session.execute(_with_labels(latest)))
        return Past(len(remembered), first, remembered)

    def check(self) -> None:
        """Look into the messages, to see that the database answers (SQLAlchemyError where it does not)."""
        with self._engine.connect() as connection:
            connection.execute(select(MessageRow.id).limit(1))

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


def _message_row(assessment: Assessment, received_at: datetime) -> dict[str, Any]:
    sent_at = in_utc(assessment.sent_at)
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


def _signal_rows(assessment: Assessment, owner: str | None, dated_at: datetime) -> list[dict[str, Any]]:
    shared = {"message_id": assessment.id, "owner": owner, "dated_at": dated_at}
    return [shared | {"label": s.label, "probability": s.probability, "present": s.present} for s in assessment.signals]
