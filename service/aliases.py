"""Who is who: one client under several addresses, or a whole domain as one client."""

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, select, update

from data.errors import Conflict, InputError
from service.client_lines import count_anew
from service.tables import AgreedDateRow, AliasRow, FactRow, MessageRow, SignalRow

_FOR_EVERYBODY = frozenset(
    "gmail.com googlemail.com yahoo.com yahoo.com.ph yahoo.com.my ymail.com rocketmail.com outlook.com hotmail.com "
    "live.com msn.com icloud.com me.com aol.com proton.me protonmail.com gmx.com gmx.de gmx.net web.de mail.com "
    "zoho.com yandex.com fastmail.com".split()
)


def tidy(name: str) -> str:
    """A client's name as it is kept: addresses and domains in lower case, names as they were given."""
    return name.strip().lower() if "@" in name else name.strip()


def owner_of(connection: Connection, name: str) -> str:
    """The client that an address or name belongs to: its own alias goes before its domain's; else itself."""
    wanted = [name, *(["@" + name.rpartition("@")[2]] if "@" in name else [])]
    rows = connection.execute(select(AliasRow.alias, AliasRow.client).where(AliasRow.alias.in_(wanted)))
    found = {row.alias: row.client for row in rows}
    return next((str(found[alias]) for alias in wanted if alias in found), name)


def aliases_of(connection: Connection, client: str) -> tuple[str, ...]:
    """The other addresses and names of a client, in order."""
    chosen = select(AliasRow.alias).where(AliasRow.client == client).order_by(AliasRow.alias)
    return tuple(connection.scalars(chosen))


def merge(connection: Connection, client: str, alias: str) -> None:
    """Take ``alias`` for ``client``: its messages, facts and aliases move over; what the client has already stays.

    Raises:
        Conflict: the alias is the client itself, or belongs to another one.
        InputError: it is a provider of mail for everybody.
    """
    holder = owner_of(connection, alias)
    if alias == client:
        raise Conflict(f"{alias!r} is the client's own name: give another address, or a domain as in @company.example")
    if holder not in (alias, client) and _is_alias(connection, alias):
        raise Conflict(f"{alias!r} belongs to {holder!r} already: take it away there first, or merge that client")
    if alias.startswith("@") and alias[1:] in _FOR_EVERYBODY:
        raise InputError(f"{alias!r} is a mail provider with many strangers on it: merge single addresses in its place")
    names = _names_behind(connection, alias)
    for name in names:
        _hand_over(connection, MessageRow.owner == name, client)
        connection.execute(update(AliasRow).where(AliasRow.client == name).values(client=client))
        _move_facts(connection, name, client)
    count_anew(connection, {client, *names})
    if not _is_alias(connection, alias):
        connection.execute(insert(AliasRow).values(alias=alias, client=client))


def part(connection: Connection, client: str, alias: str) -> bool:
    """Let an alias stand for itself again, its messages too; False where the client has no such alias."""
    gone = connection.execute(delete(AliasRow).where(AliasRow.alias == alias, AliasRow.client == client))
    if not gone.rowcount:
        return False
    apart = {client}
    theirs = select(MessageRow.client).where(MessageRow.owner == client, _written_by(alias)).distinct()
    for name in list(connection.scalars(theirs)):
        if name is not None and name != client:
            now = owner_of(connection, name)
            apart.add(now)
            _hand_over(connection, and_(MessageRow.owner == client, MessageRow.client == name), now)
    count_anew(connection, apart)
    return True


def _hand_over(connection: Connection, which: ColumnElement[bool], owner: str) -> None:
    """Give messages, and what is counted of their signals, to another client."""
    theirs = select(MessageRow.id).where(which)
    connection.execute(update(SignalRow).where(SignalRow.message_id.in_(theirs)).values(owner=owner))
    connection.execute(update(MessageRow).where(which).values(owner=owner))


def _is_alias(connection: Connection, name: str) -> bool:
    return bool(connection.scalar(select(exists().where(AliasRow.alias == name))))


def _names_behind(connection: Connection, alias: str) -> list[str]:
    """The alias itself, and of a domain every address that stood for itself so far."""
    if not alias.startswith("@"):
        return [alias]
    names = {alias}
    for table in (FactRow, AgreedDateRow):
        names |= set(connection.scalars(select(table.client).where(table.client.endswith(alias, autoescape=True))))
    written = select(MessageRow.client).where(MessageRow.owner == MessageRow.client, _written_by(alias)).distinct()
    names |= {name for name in connection.scalars(written) if name is not None}
    return sorted(name for name in names if name == alias or not _is_alias(connection, name))


def _written_by(alias: str) -> ColumnElement[bool]:
    if alias.startswith("@"):
        return MessageRow.client.endswith(alias, autoescape=True)
    return MessageRow.client == alias


def _move_facts(connection: Connection, old: str, new: str) -> None:
    if old == new:
        return
    kept = set(connection.scalars(select(FactRow.name).where(FactRow.client == new)))
    connection.execute(delete(FactRow).where(FactRow.client == old, FactRow.name.in_(kept)))
    connection.execute(update(FactRow).where(FactRow.client == old).values(client=new))
    dates = connection.execute(select(AgreedDateRow.noted_at, AgreedDateRow.day).where(AgreedDateRow.client == new))
    known = {(noted_at, day) for noted_at, day in dates}
    for noted_at, day in connection.execute(
        select(AgreedDateRow.noted_at, AgreedDateRow.day).where(AgreedDateRow.client == old)
    ).all():
        this = (AgreedDateRow.client == old, AgreedDateRow.noted_at == noted_at, AgreedDateRow.day == day)
        if (noted_at, day) in known:
            connection.execute(delete(AgreedDateRow).where(*this))
        else:
            connection.execute(update(AgreedDateRow).where(*this).values(client=new))
