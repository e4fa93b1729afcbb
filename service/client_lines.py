"""The list of clients: one line each, counted as messages come, so that a page of it costs the same at any size."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, case, delete, func, insert, select, tuple_

from data.taxonomy import Label
from service.cursor import Cursor
from service.tables import ClientRow, MessageRow, SignalRow
from service.upserts import insert_into


@dataclass(frozen=True, slots=True)
class Line:
    """One client of the listing: how many messages, the first and the last of them, and each label's count."""

    client: str
    messages: int
    first_at: datetime
    last_at: datetime
    labels: tuple[tuple[Label, int], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Clients, those who wrote last first, and where the next page starts."""

    clients: tuple[Line, ...]
    next: Cursor | None


def lines_of(connection: Connection, limit: int, after: Cursor | None) -> Lines:
    """The clients with stored messages, those who wrote last first."""
    statement = select(ClientRow).order_by(ClientRow.last_at.desc(), ClientRow.client.desc())
    if after is not None:
        statement = statement.where(tuple_(ClientRow.last_at, ClientRow.client) < tuple_(after.at, after.id))
    rows = connection.execute(statement.limit(limit + 1)).all()
    shown = rows[:limit]
    counts = _label_counts(connection, [row.client for row in shown])
    lines = tuple(Line(r.client, r.messages, r.first_at, r.last_at, counts.get(r.client, ())) for r in shown)
    return Lines(lines, Cursor(lines[-1].last_at, lines[-1].client) if len(rows) > limit else None)


def line_of(connection: Connection, client: str) -> Line | None:
    """One client's line; None where no message of theirs is stored."""
    row = connection.execute(select(ClientRow).where(ClientRow.client == client)).first()
    if row is None:
        return None
    counts = _label_counts(connection, [client])
    return Line(row.client, row.messages, row.first_at, row.last_at, counts.get(client, ()))


def count_in(connection: Connection, client: str, dated_at: datetime) -> None:
    """Count a message that was just stored."""
    row = {"client": client, "messages": 1, "first_at": dated_at, "last_at": dated_at}
    statement = insert_into(connection.dialect.name, ClientRow, row)
    first, last = statement.excluded.first_at, statement.excluded.last_at
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["client"],
            set_={
                "messages": ClientRow.messages + 1,
                "first_at": case((first < ClientRow.first_at, first), else_=ClientRow.first_at),
                "last_at": case((last > ClientRow.last_at, last), else_=ClientRow.last_at),
            },
        )
    )


def count_anew(connection: Connection, clients: Collection[str]) -> None:
    """Count the messages of clients whose messages moved to or from others."""
    connection.execute(delete(ClientRow).where(ClientRow.client.in_(clients)))
    first, last = func.min(MessageRow.dated_at), func.max(MessageRow.dated_at)
    counted = select(MessageRow.owner, func.count(), first, last).where(MessageRow.owner.in_(clients))
    columns = ["client", "messages", "first_at", "last_at"]
    connection.execute(insert(ClientRow).from_select(columns, counted.group_by(MessageRow.owner)))


def _label_counts(connection: Connection, clients: list[str]) -> dict[str, tuple[tuple[Label, int], ...]]:
    count = func.count().label("messages")
    chosen = (
        select(SignalRow.owner, SignalRow.label, count)
        .where(SignalRow.owner.in_(clients), SignalRow.present)
        .group_by(SignalRow.owner, SignalRow.label)
        .order_by(SignalRow.owner, count.desc(), SignalRow.label)
    )
    by_client = groupby(connection.execute(chosen), key=lambda row: row.owner)
    return {client: tuple((row.label, row.messages) for row in rows) for client, rows in by_client}
