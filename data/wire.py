"""The contract's JSON object of an Assessment, to and from: one for HTTP, batch rows, store and e-mail replies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import pydantic_core

from data.records import Assessment, Passage, Problem, Reason, Signal, Suggestion, Urgency
from data.taxonomy import LABELS, URGENCY_NAMES, Label, group_of

PLACES = 4  # decimals of a probability; more would pretend to a precision that calibration does not have


def to_json(assessment: Assessment) -> dict[str, Any]:
    """Give the contract's object, keys in the contract's order, plus ``kind`` at the end.

    A message that could not be read keeps its row: nine absent signals, urgency 0, no strategies, and ``error``.
    """
    unread = assessment.error is not None
    return {
        "id": assessment.id,
        "source": assessment.source,
        "message_id": assessment.message_id,
        "client": assessment.client,
        "sent_at": assessment.sent_at.isoformat() if assessment.sent_at else None,
        "lang": assessment.lang,
        "subject": assessment.subject,
        "text": assessment.text,
        "signals": [_absent(label) for label in LABELS] if unread else [_signal(s) for s in assessment.signals],
        "urgency": _urgency(_NO_URGENCY if unread else assessment.urgency),
        "strategies": [] if unread else [_suggestion(strategy) for strategy in assessment.strategies],
        "more": [] if unread else list(assessment.more),
        "model": assessment.model,
        "error": {"code": assessment.error.code, "message": assessment.error.message} if assessment.error else None,
        "kind": assessment.kind,
    }


def to_line(assessment: Assessment) -> bytes:
    """Give the same as a line of JSON Lines, four times as fast as the standard library's encoder would."""
    return pydantic_core.to_json(to_json(assessment)) + b"\n"


def from_json(row: Mapping[str, Any]) -> Assessment:
    """Read back what :func:`to_json` gave; ``row`` is trusted to be of that shape (KeyError where it is not)."""
    return Assessment(
        id=row["id"],
        source=row["source"],
        message_id=row["message_id"],
        client=row["client"],
        sent_at=datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
        lang=row["lang"],
        subject=row["subject"],
        text=row["text"],
        signals=tuple(_read_signal(signal) for signal in row["signals"]),
        urgency=_read_urgency(row["urgency"]),
        strategies=tuple(_read_suggestion(strategy) for strategy in row["strategies"]),
        more=tuple(row["more"]),
        model=row["model"],
        error=Problem(row["error"]["code"], row["error"]["message"]) if row["error"] else None,
        kind=row["kind"],
    )


_NO_URGENCY = Urgency(level=0, probabilities=(1.0, 0.0, 0.0, 0.0))


def _absent(label: Label) -> dict[str, Any]:
    return _signal(Signal(label, probability=0.0, present=False))


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "label": signal.label,
        "group": group_of(signal.label),
        "probability": _rounded(signal.probability),
        "present": signal.present,
        "evidence": _passages(signal.evidence),
    }


def _urgency(urgency: Urgency) -> dict[str, Any]:
    return {
        "level": urgency.level,
        "name": URGENCY_NAMES[urgency.level],
        "probabilities": [_rounded(probability) for probability in urgency.probabilities],
        "claimed": urgency.claimed,
        "claimed_probability": _rounded(urgency.claimed_probability),
        "hollow": urgency.hollow,
        "deadline": urgency.deadline.isoformat() if urgency.deadline else None,
        "evidence": _passages(urgency.evidence),
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "id": suggestion.id,
        "title": suggestion.title,
        "advice": suggestion.advice,
        "steps": list(suggestion.steps),
        "reply": suggestion.reply,
        "avoid": suggestion.avoid,
        "because": [_reason(reason) for reason in suggestion.because],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "label": reason.label,
        "probability": None if reason.probability is None else _rounded(reason.probability),
        "evidence": list(reason.evidence),
        "fact": reason.fact,
    }


def _passages(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    return [
        {"start": p.start, "end": p.end, "text": p.text} | ({"in": "subject"} if p.part == "subject" else {})
        for p in passages
    ]


def _rounded(probability: float) -> float:
    return round(float(probability), PLACES)


def _read_signal(row: Mapping[str, Any]) -> Signal:
    return Signal(row["label"], row["probability"], row["present"], _read_passages(row["evidence"]))


def _read_urgency(row: Mapping[str, Any]) -> Urgency:
    return Urgency(
        level=row["level"],
        probabilities=cast("tuple[float, float, float, float]", tuple(row["probabilities"])),
        claimed=row["claimed"],
        claimed_probability=row["claimed_probability"],
        deadline=date.fromisoformat(row["deadline"]) if row["deadline"] else None,
        evidence=_read_passages(row["evidence"]),
    )


def _read_suggestion(row: Mapping[str, Any]) -> Suggestion:
    texts = {name: row[name] for name in ("id", "title", "advice", "reply", "avoid")}
    because = tuple(Reason(**reason | {"evidence": tuple(reason["evidence"])}) for reason in row["because"])
    return Suggestion(**texts, steps=tuple(row["steps"]), because=because)


def _read_passages(rows: Sequence[Mapping[str, Any]]) -> tuple[Passage, ...]:
    return tuple(Passage(p["start"], p["end"], p["text"], p.get("in", "text")) for p in rows)
