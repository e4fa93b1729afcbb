"""Chunks and outcomes as bytes between processes: ranges of files where a worker can read them, else the mails.

Outcomes are plain tuples, as records pickle ten times slower.
"""

import pickle
from collections.abc import Iterable, Sequence
from typing import Any

from data.mail.unread import Item
from data.records import Assessment, Passage, Problem, Signal, Urgency
from service.judgement import Order, Outcome, SentMail
from service.ranges import OutOfReach, Range, by_range, read_ranges


def carry_out(order: Order, chunk: bytes) -> bytes:
    """Have an order carried out on a packed chunk; gives packed outcomes, or why its files are out of reach."""
    parts: Sequence[Item | Range] = pickle.loads(chunk)  # noqa: S301 (from the process that gave the order)
    try:
        items = list(read_ranges(parts))
    except OutOfReach as error:  # told, not raised: Dask logs what a call that fails was given
        return pickle.dumps(str(error))
    return packed_outcomes(order.carry_out(items))


def packed_chunk(chunk: Sequence[Item], *, ranges: bool) -> bytes:
    """A chunk as bytes; with ``ranges``, mails in files that the workers may reach are named by their places."""
    parts = by_range(chunk) if ranges else chunk
    return pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)


def packed_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as bytes."""
    return pickle.dumps([_flat(outcome) for outcome in outcomes], pickle.HIGHEST_PROTOCOL)


def unpacked_outcomes(packed: bytes) -> list[Outcome]:
    """The outcomes that a worker sent (OutOfReach where it could not read the mails)."""
    told: list[tuple[Any, ...]] | str = pickle.loads(packed)  # noqa: S301 (from a worker of our own)
    if isinstance(told, str):
        raise OutOfReach(told)
    return [_outcome(*flat) for flat in told]


def _flat(outcome: Outcome) -> tuple[Any, ...]:
    one, sent = outcome.assessment, outcome.sent
    if one is None:
        return outcome.client_name, sent and (sent.at, sent.to, sent.by), None, (), None, None
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
    return outcome.client_name, sent and (sent.at, sent.to, sent.by), fields, signals, urgency, error


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
