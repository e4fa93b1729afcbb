"""What is not kept for ever: texts of messages after so many days, where the operator says so; spent tokens always."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from data.records import Assessment
from data.wire import from_json, to_json
from service.database import scrub, writing
from service.tables import AnswerRow, CorrectionRow, MessageRow, WebhookTokenRow

AT_ONCE = 200  # messages in one transaction: others get their turn in between
_TOKENS = timedelta(days=8)  # longer than a signature may be good for


@dataclass(frozen=True, slots=True)
class Retention:
    """Drops what has had its time; ``days`` None keeps texts for ever."""

    engine: Engine
    days: int | None
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Drop it; how many messages lost their text. Stopped at any point, the next run goes on from there."""
        with writing(self.engine) as connection:
            connection.execute(delete(WebhookTokenRow).where(WebhookTokenRow.seen_at < self.clock() - _TOKENS))
        if self.days is None:
            return 0
        before, dropped = self.clock() - timedelta(days=self.days), 0
        while some := self._drop_some(before):
            dropped += some
        if dropped:
            scrub(self.engine)
        return dropped

    def _drop_some(self, before: datetime) -> int:
        old = select(MessageRow.id, MessageRow.assessment).where(MessageRow.received_at < before, MessageRow.has_text)
        with writing(self.engine) as connection:
            rows = connection.execute(old.order_by(MessageRow.received_at).limit(AT_ONCE)).all()
            for row in rows:
                _drop_text(connection, row.id, from_json(row.assessment))
        return len(rows)


def figures_of(message: Assessment) -> Assessment:
    """What is left of a message without its words: labels, probabilities, urgency, deadline, names of strategies."""
    return replace(
        message,
        subject="",
        text="",
        signals=tuple(replace(signal, evidence=()) for signal in message.signals),
        urgency=replace(message.urgency, evidence=()),
        strategies=tuple(
            replace(strategy, reply="", because=tuple(replace(reason, evidence=()) for reason in strategy.because))
            for strategy in message.strategies
        ),
    )


def _drop_text(connection: Connection, message_id: str, message: Assessment) -> None:
    figures: dict[str, Any] = {"subject": "", "text": "", "has_text": False, "assessment": to_json(figures_of(message))}
    connection.execute(update(MessageRow).where(MessageRow.id == message_id).values(**figures))
    unsent = update(AnswerRow).where(AnswerRow.message_id == message_id)
    connection.execute(unsent.values(due_at=None, thread={}))
    theirs = select(CorrectionRow.number, CorrectionRow.opinion).where(CorrectionRow.message_id == message_id)
    for row in connection.execute(theirs).all():
        kept = {name: value for name, value in row.opinion.items() if name != "evidence"}
        connection.execute(update(CorrectionRow).where(CorrectionRow.number == row.number).values(opinion=kept))
