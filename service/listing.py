"""Which stored messages to list, newest first, so that one index gives them in order, however many there are."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, tuple_, union_all

from data.records import Assessment
from data.taxonomy import Label
from data.wire import from_json
from service.aliases import owner_of, tidy
from service.cursor import Cursor
from service.tables import MessageRow, SignalRow

MOST_URGENT = 3
SEARCHED = 20_000  # messages that one page of a search looks through; the next page goes on from there
AT_FIRST = 1_000  # of them, for words that are common
Listed = Select[tuple[str, datetime, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Query:
    """Which stored messages to list; None asks for nothing in particular. ``after`` is where the last page ended.

    ``words`` must all stand in subject, text or client's address.
    """

    client: str | None = None
    label: Label | None = None
    urgency_min: int = 0
    since: datetime | None = None
    after: Cursor | None = None
    limit: int = 50
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Stored messages, newest first, and where the next page starts (None on the last one).

    A page of a search may be short, or empty, and still have a next one: it looked through ``SEARCHED`` messages.
    """

    messages: tuple[Assessment, ...]
    next: Cursor | None


def page_of(connection: Connection, query: Query) -> Page:
    """The messages that a query asks for."""
    if query.words:
        return _searched(connection, query)
    return _page(connection, _chosen(connection, query), query.limit)


def _searched(connection: Connection, query: Query) -> Page:
    """Look through so many messages, newest first, for the words: a page costs the same however many there are.

    Words that are common are found among the first few already.
    """
    page = _found_in(connection, query, min(AT_FIRST, SEARCHED))
    return page if page.next is None or page.messages[query.limit - 1 :] else _found_in(connection, query, SEARCHED)


def _found_in(connection: Connection, query: Query, newest: int) -> Page:
    """What bears the words among the newest messages of a query, and where to look on."""
    looked = _chosen(connection, replace(query, limit=newest - 1)).subquery()
    found = _listed().join(looked, looked.c.id == MessageRow.id).where(*_bearing(query.words))
    page = _page(connection, _newest_first(found, query), query.limit)
    if page.next is not None:
        return page
    last = select(looked.c.dated_at, looked.c.id).order_by(looked.c.dated_at.desc(), looked.c.id.desc())
    row = connection.execute(last.offset(newest - 1).limit(1)).first()
    return Page(page.messages, Cursor(row.dated_at, row.id) if row else None)


def _bearing(words: tuple[str, ...]) -> list[ColumnElement[bool]]:
    places = (MessageRow.subject, MessageRow.text, func.coalesce(MessageRow.client, ""))
    return [or_(*(place.icontains(word, autoescape=True) for place in places)) for word in words]


def _page(connection: Connection, statement: Select[Any], limit: int) -> Page:
    rows = connection.execute(statement).all()
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Page(
        messages=tuple(from_json(row.assessment) for row in shown),
        next=Cursor(last.dated_at, last.id) if last else None,
    )


def _chosen(connection: Connection, query: Query) -> Select[Any]:
    if query.client is not None:
        return _of_client(connection, query, query.client)
    if query.label is not None:
        return _with_label(query, query.label)
    if query.urgency_min > 0:
        return _urgent(query)
    return _newest_first(_listed().where(*_within(query)), query)


def _of_client(connection: Connection, query: Query, client: str) -> Listed:
    """A client's own name gives the messages of all its addresses, an address that is an alias its own ones."""
    name = tidy(client)
    theirs = MessageRow.owner == name if owner_of(connection, name) == name else MessageRow.client == name
    chosen = _listed().where(theirs, *_within(query), *_urgent_enough(query))
    if query.label is not None:
        bears = (SignalRow.message_id == MessageRow.id) & (SignalRow.label == query.label) & SignalRow.present
        chosen = chosen.where(exists().where(bears))
    return _newest_first(chosen, query)


def _with_label(query: Query, label: Label) -> Listed:
    """A label's messages stand in the order of their dates in an index of the signals."""
    chosen = select(MessageRow.id, SignalRow.dated_at, MessageRow.assessment)
    chosen = chosen.join(SignalRow, SignalRow.message_id == MessageRow.id)
    chosen = chosen.where(SignalRow.label == label, SignalRow.present, *_urgent_enough(query))
    if query.since is not None:
        chosen = chosen.where(SignalRow.dated_at >= query.since)
    if query.after is not None:
        last = tuple_(query.after.at, query.after.id)
        chosen = chosen.where(tuple_(SignalRow.dated_at, SignalRow.message_id) < last)
    return chosen.order_by(SignalRow.dated_at.desc(), SignalRow.message_id.desc()).limit(query.limit + 1)


def _urgent(query: Query) -> Select[Any]:
    """Each level has its own stretch of the index: as many of each as may be wanted, then the newest of all."""
    keys = select(MessageRow.id).add_columns(MessageRow.dated_at)
    levels = [
        _newest_first(keys.where(MessageRow.urgency == level, *_within(query)), query).subquery().select()
        for level in range(query.urgency_min, MOST_URGENT + 1)
    ]
    newest = union_all(*levels).subquery()
    chosen = _listed().join(newest, newest.c.id == MessageRow.id)
    return chosen.order_by(newest.c.dated_at.desc(), newest.c.id.desc()).limit(query.limit + 1)


def _listed() -> Listed:
    return select(MessageRow.id, MessageRow.dated_at, MessageRow.assessment)


def _within(query: Query) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if query.since is not None:
        limits.append(MessageRow.dated_at >= query.since)
    if query.after is not None:
        limits.append(tuple_(MessageRow.dated_at, MessageRow.id) < tuple_(query.after.at, query.after.id))
    return limits


def _urgent_enough(query: Query) -> list[ColumnElement[bool]]:
    return [MessageRow.urgency >= query.urgency_min] if query.urgency_min > 0 else []


def _newest_first(statement: Select[Any], query: Query) -> Select[Any]:
    return statement.order_by(MessageRow.dated_at.desc(), MessageRow.id.desc()).limit(query.limit + 1)
