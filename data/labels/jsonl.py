"""Opinions as the labelling guide's JSON Lines: one record a message, what people agree on, ready to learn from."""

import json
from collections.abc import Iterable, Iterator
from typing import IO

from data.datasets import DEADLINE_DAYS, from_record, to_record
from data.errors import InputError
from data.labels.opinion import CLAIMED, DEADLINE, URGENCY, Correction, OpinedMessage, Opinion
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES

INDUSTRY = "own"


def labelled(message: OpinedMessage) -> LabelledMessage | None:
    """The message as training takes it; None where its language is none of those that kyp learns.

    A deadline years away from the message is a slip of the pen: it is left unsure.
    """
    if message.lang not in LANGUAGES or message.sent_at is None or not message.text.split():
        return None
    told = message.consensus
    due = told.deadline
    odd = due is not None and (due - message.sent_at.date()).days not in DEADLINE_DAYS
    return LabelledMessage(
        id=message.id,
        lang=message.lang,
        industry=INDUSTRY,
        client=message.client or message.id,
        sent_at=message.sent_at,
        subject=message.subject,
        body=message.text,
        labels=told.set_labels,
        evidence=told.evidence,
        urgency=told.urgency,
        urgency_claimed=told.urgency_claimed,
        urgency_evidence=(),
        deadline=None if odd else due,
        annotators=told.annotators,
        unsure=told.unsure | {DEADLINE} if odd else told.unsure,
    )


def writing(stream: IO[str], messages: Iterable[OpinedMessage]) -> Iterator[bool]:
    """Write one record a message; tells of each whether it could be written, which is where it can be learnt from."""
    for message in messages:
        record = labelled(message)
        if record is not None:
            stream.write(json.dumps(to_record(record), ensure_ascii=False) + "\n")
        yield record is not None


def read(stream: IO[str], annotator: str | None) -> Iterator[tuple[str, OpinedMessage | InputError]]:
    """Each line's place and message, or what is wrong with it; ``annotator`` is whose opinions they are."""
    for number, text in enumerate(stream, 1):
        if text.strip():
            try:
                yield f"line {number}", _opined(from_record(json.loads(text)), annotator)
            except (ValueError, TypeError, InputError) as error:
                yield f"line {number}", InputError(str(error))


def _opined(record: LabelledMessage, annotator: str | None) -> OpinedMessage:
    opinion = Opinion(
        annotator=annotator or " + ".join(record.annotators) or "imported",
        labels={label: label in record.labels for label in LABELS if label not in record.unsure},
        evidence={label: quotes for label, quotes in record.evidence.items() if quotes and label not in record.unsure},
        urgency=None if URGENCY in record.unsure else record.urgency,
        urgency_claimed=None if CLAIMED in record.unsure else record.urgency_claimed,
        deadline=None if DEADLINE in record.unsure else record.deadline,
        deadline_told=DEADLINE not in record.unsure,
    )
    return OpinedMessage(
        record.id, record.client, record.sent_at, record.lang, record.subject, record.body, (Correction(opinion),)
    )
