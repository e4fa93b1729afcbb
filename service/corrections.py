"""What people say of stored messages: kept with who, when and what the model had said; the history stays."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, Subquery, func, insert, select

from data.errors import InputError
from data.labels.opinion import Consensus, Correction, OpinedMessage, Opinion, agree
from data.records import Assessment
from service.correction_rows import opinion_json, read_opinion, read_said, said_json, said_of
from service.database import writing
from service.tables import CorrectionRow, MessageRow

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Opined:
    """All corrections of one message, oldest first; ``current`` is the latest of each person, which counts."""

    history: tuple[Correction, ...]

    @property
    def current(self) -> tuple[Correction, ...]:
        """The latest correction of each person."""
        return tuple({one.opinion.annotator: one for one in self.history}.values())

    @property
    def consensus(self) -> Consensus:
        """What they come to."""
        return agree([one.opinion for one in self.current])


class Corrections:
    """The corrections in the store, read and written in transactions."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def put(self, message: Assessment, opinion: Opinion) -> bool:
        """Keep an opinion on a stored message; False where that person's latest one says the same.

        Raises:
            InputError: the opinion says nothing, or quotes what does not stand in the message.
        """
        if faults := "; ".join(opinion.faults(f"{message.subject}\n{message.text}")):
            raise InputError(faults)
        with writing(self._engine) as connection:
            connection.execute(select(MessageRow.id).where(MessageRow.id == message.id).with_for_update())  # one by one
            latest = _latest(connection, message.id, opinion.annotator)
            told = opinion_json(opinion)
            if latest == told:
                return False
            row = {"message_id": message.id, "annotator": opinion.annotator, "given_at": self._clock()}
            connection.execute(insert(CorrectionRow), {**row, "opinion": told, "said": said_json(said_of(message))})
        return True

    def of(self, message_id: str) -> Opined:
        """Every correction of one message."""
        chosen = select(CorrectionRow.__table__).where(CorrectionRow.message_id == message_id)
        with self._engine.connect() as connection:
            rows = connection.execute(chosen.order_by(CorrectionRow.number)).all()
        return Opined(tuple(_correction(row) for row in rows))

    def of_each(self, message_ids: Collection[str]) -> Mapping[str, Opined]:
        """Every correction of each of these messages that has one."""
        chosen = select(CorrectionRow.__table__).where(CorrectionRow.message_id.in_(message_ids))
        with self._engine.connect() as connection:
            rows = connection.execute(chosen.order_by(CorrectionRow.message_id, CorrectionRow.number)).all()
        by_message = groupby(rows, key=lambda row: row.message_id)
        return {name: Opined(tuple(_correction(row) for row in group)) for name, group in by_message}

    def messages(self) -> Iterator[OpinedMessage]:
        """Every message with an opinion and a text, by id, each with the latest opinion of each person."""
        with self._engine.connect() as connection:
            rows = connection.execute(_with_messages(_latest_numbers())).yield_per(_AT_ONCE)
            for _, group in groupby(rows, key=lambda row: row.message_id):
                yield _opined([*group])

    def count(self) -> int:
        """How many messages have an opinion."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count(CorrectionRow.message_id.distinct()))) or 0


def _latest(connection: Connection, message_id: str, annotator: str) -> dict[str, Any] | None:
    theirs = select(CorrectionRow.opinion).where(CorrectionRow.message_id == message_id)
    newest = theirs.where(CorrectionRow.annotator == annotator).order_by(CorrectionRow.number.desc()).limit(1)
    return connection.scalar(newest)


def _latest_numbers() -> Subquery:
    newest = select(func.max(CorrectionRow.number).label("number"))
    return newest.group_by(CorrectionRow.message_id, CorrectionRow.annotator).subquery()


def _with_messages(numbers: Subquery) -> Select[Any]:
    message = (MessageRow.owner, MessageRow.dated_at, MessageRow.lang, MessageRow.subject, MessageRow.text)
    return (
        select(CorrectionRow.__table__, *message)
        .join(numbers, numbers.c.number == CorrectionRow.number)
        .join(MessageRow, (MessageRow.id == CorrectionRow.message_id) & MessageRow.has_text)
        .order_by(CorrectionRow.message_id, CorrectionRow.number)
    )


def _correction(row: Any) -> Correction:  # noqa: ANN401 (a row of the table)
    return Correction(read_opinion(row.annotator, row.opinion), row.given_at, read_said(row.said))


def _opined(rows: list[Any]) -> OpinedMessage:
    first = rows[0]
    corrections = tuple(_correction(row) for row in rows)
    return OpinedMessage(
        first.message_id, first.owner, first.dated_at, first.lang, first.subject, first.text, corrections
    )
