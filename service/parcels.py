"""Chunks and outcomes as bytes between processes: plain tuples, as records pickle ten times slower."""

import pickle
from collections.abc import Iterable, Sequence
from typing import Any

from data.mail.unread import Item
from data.records import Assessment, Passage, Problem, Signal, Urgency
from service.judgement import Order, Outcome, SentMail


def carry_out(order: Order, chunk: bytes) -> bytes:
    """Have an order carried out on a packed chunk; gives packed outcomes."""
    items: Sequence[Item] = pickle.loads(chunk)  # noqa: S301 (from the process that gave the order)
    return packed_outcomes(order.carry_out(items))


def packed_chunk(chunk: Sequence[Item]) -> bytes:
    """A chunk as bytes."""
    return pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL)


def packed_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as bytes."""
    return pickle.dumps([_flat(outcome) for outcome in outcomes], pickle.HIGHEST_PROTOCOL)


def unpacked_outcomes(packed: bytes) -> list[Outcome]:
    """The outcomes that a worker sent."""
    return [_outcome(*flat) for flat in pickle.loads(packed)]  # noqa: S301 (from a worker of our own)


def _flat(outcome: Outcome) -> tuple[Any, ...]:
    one, sent = outcome.assessment, outcome.sent
    if one is None:
        return outcome.client_name, sent and (sent.at, sent.to), None, (), None, None
    fields = (
        one.id, one.source, one.message_id, one.client, one.sent_at,
        one.lang, one.subject, one.text, one.model, one.kind,
    )  # fmt: skip
    signals = [(s.label, s.probability, s.present, _flat_passages(s.evidence)) for s in one.signals]
    own = one.urgency
    urgency = (
        own.level, own.probabilities, own.claimed, own.claimed_probability, own.deadline, _flat_passages(own.evidence),
    )  # fmt: skip
    error = one.error and (one.error.code, one.error.message)
    return outcome.client_name, sent and (sent.at, sent.to), fields, signals, urgency, error


def _flat_passages(passages: Sequence[Passage]) -> list[tuple[Any, ...]]:
    return [(passage.start, passage.end, passage.text, passage.part) for passage in passages]


def _outcome(name: str | None, sent: Any, fields: Any, signals: Any, urgency: Any, error: Any) -> Outcome:  # noqa: ANN401
    mail = SentMail(*sent) if sent else None
    if fields is None:
        return Outcome(None, name, mail)
    identity, source, message_id, client, sent_at, lang, subject, text, model, kind = fields
    level, probabilities, claimed, chance, deadline, evidence = urgency
    assessment = Assessment(
        id=identity,
        source=source,
        message_id=message_id,
        client=client,
        sent_at=sent_at,
        lang=lang,
        subject=subject,
        text=text,
        signals=tuple([Signal(label, p, present, _passages(shown)) for label, p, present, shown in signals]),
        urgency=Urgency(level, probabilities, claimed, chance, deadline, _passages(evidence)),
        model=model,
        kind=kind,
        error=Problem(*error) if error else None,
    )
    return Outcome(assessment, name, mail)


def _passages(flat: Sequence[tuple[Any, ...]]) -> tuple[Passage, ...]:
    return tuple([Passage(*one) for one in flat]) if flat else ()
