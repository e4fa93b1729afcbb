"""Answers that are to be sent: written in the transaction that keeps the message, so that each is sent, and once.

A crash between the mail server's word and ours may send one twice: it then bears the same Message-ID.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, Engine, func, select, update

from service.aliases import owner_of
from service.answers.thread import Thread
from service.database import writing
from service.tables import AnswerRow, MessageRow
from service.upserts import insert_into

Outcome = Literal["sent", "refused", "given_up"]
MOST_ATTEMPTS = 14  # with the pauses below, two days
_LONGEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Due:
    """An answer whose time has come, taken by this process alone."""

    id: str
    message_id: str
    thread: Thread
    attempts: int


class Outbox:
    """The answers in the store; several processes may send from it."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], per_hour: int) -> None:
        self._engine = engine
        self._clock = clock
        self._per_hour = per_hour

    def note(self, connection: Connection, message_id: str, thread: Thread) -> None:
        """Note an answer beside a message: one for each recipient, none to a client by any of its addresses."""
        if self._is_client(connection, message_id, thread.recipient) or self._had_many(connection, thread.recipient):
            return
        now = self._clock()
        row = {
            "id": sha256(f"{message_id} {thread.recipient}".encode()).hexdigest()[:24],
            "message_id": message_id,
            "recipient": thread.recipient,
            "thread": asdict(thread),
            "created_at": now,
            "due_at": now,
            "attempts": 0,
        }
        connection.execute(insert_into(connection.dialect.name, AnswerRow, row).on_conflict_do_nothing())

    def take(self) -> Due | None:
        """The answer that is due first, if any; it comes due again later, unless its end is told."""
        now = self._clock()
        waiting = select(AnswerRow).where(AnswerRow.due_at <= now).order_by(AnswerRow.due_at).limit(1)
        with writing(self._engine) as connection:
            row = connection.execute(waiting).first()
            if row is None:
                return None
            attempts = row.attempts + 1
            pause = min(_LONGEST, timedelta(minutes=2.0**attempts))
            taken = update(AnswerRow).where(AnswerRow.id == row.id, AnswerRow.due_at == row.due_at)
            if not connection.execute(taken.values(due_at=now + pause, attempts=attempts)).rowcount:
                return None  # another process was quicker
        told = row.thread | {"references": tuple(row.thread["references"])}
        return Due(row.id, row.message_id, Thread(**told), attempts)

    def end(self, answer_id: str, outcome: Outcome) -> None:
        """Note what became of an answer; what it referred to is forgotten."""
        with writing(self._engine) as connection:
            ended = update(AnswerRow).where(AnswerRow.id == answer_id)
            connection.execute(ended.values(due_at=None, outcome=outcome, thread={}))

    @staticmethod
    def _is_client(connection: Connection, message_id: str, recipient: str) -> bool:
        owner = connection.scalar(select(MessageRow.owner).where(MessageRow.id == message_id))
        return owner is not None and owner_of(connection, recipient) == owner

    def _had_many(self, connection: Connection, recipient: str) -> bool:
        since = self._clock() - timedelta(hours=1)
        lately = select(func.count()).where(AnswerRow.recipient == recipient, AnswerRow.created_at > since)
        return (connection.scalar(lately) or 0) >= self._per_hour
