"""Facts of a client in the store: read as one object, laid over one another as they are told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from data.context import ClientContext, Context
from model.facts import AgreedDate
from service.aliases import aliases_of
from service.known import Known, recent
from service.tables import AgreedDateRow, FactRow
from service.upserts import insert_into

SEEN_NAME = "seen_name"
_OF_THE_MOMENT = "asked_for_input_recently"
_LASTING = (
    "relationship_start", "usual_check_days_before", "project_finished", "working_hours", "timezone", "holidays",
)  # fmt: skip


def known_client(connection: Connection, client: str, now: datetime, recent_days: int) -> Known:
    """Everything that is known of a client; asking for input that lies back longer than ``recent_days`` is not."""
    rows = connection.execute(select(FactRow.name, FactRow.value, FactRow.noted_at).where(FactRow.client == client))
    facts: dict[str, Any] = {
        name: value for name, value, noted_at in rows if name != _OF_THE_MOMENT or recent(noted_at, now, recent_days)
    }
    seen_name = facts.pop(SEEN_NAME, None)
    return Known(
        client=client,
        told=ClientContext.model_validate(facts),
        dates=_agreed_dates(connection, client),
        aliases=aliases_of(connection, client),
        seen_name=seen_name,
    )


def note_told(connection: Connection, client: str, context: Context, at: datetime, today: date) -> None:
    """Keep what a message's context tells for good; facts told later than ``at`` stay."""
    told = context.model_dump(mode="json", exclude_none=True)
    for name in _LASTING:
        if name in told:
            _keep(connection, client, name, told[name], at, only_newer=True)
    if context.project_finished is not None:
        _date_the_end(connection, client, context.project_finished, at, today)
    if context.agreed_date is not None and context.agreed_date not in _days_valid(connection, client, at):
        _note_date(connection, client, context.agreed_date, at)


def note_name(connection: Connection, client: str, name: str, at: datetime) -> None:
    """Keep the name that a client's mail is signed with."""
    _keep(connection, client, SEEN_NAME, name, at, only_newer=True)


def patch_facts(connection: Connection, client: str, patch: ClientContext, now: datetime, today: date) -> None:
    """Lay a merge patch over what is known (RFC 7396): a key that is null is forgotten, one left out stays."""
    values: Mapping[str, Any] = patch.model_dump(mode="json")
    for name in sorted(patch.model_fields_set - {"agreed_date", "agreed_dates"}):
        if values[name] is None:
            connection.execute(delete(FactRow).where(FactRow.client == client, FactRow.name == name))
        else:
            _keep(connection, client, name, values[name], now, only_newer=False)
    _patch_end(connection, client, patch, now, today)
    _patch_dates(connection, client, patch, now)


def forget_facts(connection: Connection, client: str) -> int:
    """Drop all facts and dates of a client; how many there were."""
    gone = [connection.execute(delete(table).where(table.client == client)) for table in (FactRow, AgreedDateRow)]
    return sum(result.rowcount for result in gone)


def _patch_end(connection: Connection, client: str, patch: ClientContext, now: datetime, today: date) -> None:
    told = patch.model_fields_set
    if "finished_on" in told and patch.finished_on is not None and "project_finished" not in told:
        _keep(connection, client, "project_finished", True, now, only_newer=False)
    elif "project_finished" in told and patch.finished_on is None:
        _date_the_end(connection, client, bool(patch.project_finished), now, today)


def _date_the_end(connection: Connection, client: str, finished: bool, at: datetime, today: date) -> None:
    """A project that is told to be finished ended on that day, unless its end is known; one that runs has no end."""
    this = (FactRow.client == client, FactRow.name == "finished_on")
    if not finished:
        connection.execute(delete(FactRow).where(*this, FactRow.noted_at <= at))
    elif connection.scalar(select(FactRow.name).where(*this)) is None:
        _keep(connection, client, "finished_on", today.isoformat(), at, only_newer=True)


def _patch_dates(connection: Connection, client: str, patch: ClientContext, now: datetime) -> None:
    told = patch.model_fields_set
    if "agreed_dates" in told or ("agreed_date" in told and patch.agreed_date is None):
        connection.execute(delete(AgreedDateRow).where(AgreedDateRow.client == client))
        for noted in patch.agreed_dates or ():
            _note_date(connection, client, noted.date, noted.noted_at or now)
    if patch.agreed_date is not None and patch.agreed_date not in _days_valid(connection, client, now):
        _note_date(connection, client, patch.agreed_date, now)


def _agreed_dates(connection: Connection, client: str) -> tuple[AgreedDate, ...]:
    chosen = select(AgreedDateRow.day, AgreedDateRow.noted_at).where(AgreedDateRow.client == client)
    rows = connection.execute(chosen.order_by(AgreedDateRow.noted_at, AgreedDateRow.day))
    return tuple(AgreedDate(day, noted_at) for day, noted_at in rows)


def _days_valid(connection: Connection, client: str, at: datetime) -> tuple[date, ...]:
    dates = tuple(agreed for agreed in _agreed_dates(connection, client) if agreed.noted_at and agreed.noted_at <= at)
    return Known(client, dates=dates).valid_dates


def _note_date(connection: Connection, client: str, day: date, at: datetime) -> None:
    row = {"client": client, "noted_at": at, "day": day}
    connection.execute(insert_into(connection.dialect.name, AgreedDateRow, row).on_conflict_do_nothing())


def _keep(connection: Connection, client: str, name: str, value: object, at: datetime, *, only_newer: bool) -> None:
    row = {"client": client, "name": name, "value": value, "noted_at": at}
    statement = insert_into(connection.dialect.name, FactRow, row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["client", "name"],
            set_={"value": statement.excluded.value, "noted_at": statement.excluded.noted_at},
            where=FactRow.noted_at <= at if only_newer else None,
        )
    )
