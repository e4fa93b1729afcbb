"""How far a watched folder was read, kept with each message: a crash neither skips a mail nor loses its place."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, or_, select

from service.database import writing
from service.store import Beside
from service.tables import MailboxRow
from service.upserts import insert_into


class Place:
    """The last UID that was read of one folder, under the UIDVALIDITY that it counts by (RFC 3501)."""

    def __init__(self, engine: Engine, name: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._name = name
        self._clock = clock

    def last(self, validity: int) -> int:
        """The last UID read; 0 where the folder is new, or was built anew and counts from the start again."""
        with self._engine.connect() as connection:
            row = connection.execute(select(MailboxRow).where(MailboxRow.name == self._name)).first()
        return int(row.uid) if row is not None and row.validity == validity else 0

    def reached(self, validity: int, uid: int) -> Beside:
        """Write beside a message that its UID was read; another process may be further already."""

        def write(connection: Connection, _message_id: str) -> None:
            row = {"name": self._name, "validity": validity, "uid": uid, "read_at": self._clock()}
            statement = insert_into(connection.dialect.name, MailboxRow, row)
            new = statement.excluded
            further = or_(MailboxRow.validity != new.validity, MailboxRow.uid < new.uid)
            values = {"validity": new.validity, "uid": new.uid, "read_at": new.read_at}
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values, where=further))

        return write

    def passed(self, validity: int, uid: int) -> None:
        """Note that a UID holds no mail any more."""
        with writing(self._engine) as connection:
            self.reached(validity, uid)(connection, "")
