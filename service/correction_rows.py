"""Opinions and what a model had said, to and from the plain objects that the store and HTTP carry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from data.labels.opinion import Correction, Opinion, Said
from data.records import Assessment
from data.taxonomy import LABELS


def opinion_json(opinion: Opinion) -> dict[str, Any]:
    """An opinion without its annotator; what is not spoken of is left out."""
    told: dict[str, Any] = {"labels": {label: opinion.labels[label] for label in LABELS if label in opinion.labels}}
    if opinion.evidence:
        told["evidence"] = {label: list(quotes) for label, quotes in opinion.evidence.items()}
    if opinion.urgency is not None:
        told["urgency"] = opinion.urgency
    if opinion.urgency_claimed is not None:
        told["urgency_claimed"] = opinion.urgency_claimed
    if opinion.deadline_told:
        told["deadline"] = opinion.deadline.isoformat() if opinion.deadline else None
    return told


def read_opinion(annotator: str, told: Mapping[str, Any]) -> Opinion:
    """Read back what :func:`opinion_json` gave."""
    deadline = told.get("deadline")
    return Opinion(
        annotator=annotator,
        labels=dict(told["labels"]),
        evidence={label: tuple(quotes) for label, quotes in told.get("evidence", {}).items()},
        urgency=told.get("urgency"),
        urgency_claimed=told.get("urgency_claimed"),
        deadline=date.fromisoformat(deadline) if deadline else None,
        deadline_told="deadline" in told,
    )


def said_of(assessment: Assessment) -> Said:
    """What the model concluded, in short."""
    urgency = assessment.urgency
    return Said(assessment.model, assessment.labels, urgency.level, urgency.claimed, urgency.deadline)


def said_json(said: Said) -> dict[str, Any]:
    """What the model had said."""
    return {
        "model": said.model,
        "labels": list(said.labels),
        "urgency": said.urgency,
        "urgency_claimed": said.urgency_claimed,
        "deadline": said.deadline.isoformat() if said.deadline else None,
    }


def read_said(row: Mapping[str, Any]) -> Said:
    """Read back what :func:`said_json` gave."""
    deadline = date.fromisoformat(row["deadline"]) if row["deadline"] else None
    return Said(row["model"], tuple(row["labels"]), row["urgency"], row["urgency_claimed"], deadline)


def correction_json(correction: Correction) -> dict[str, Any]:
    """A correction in full, for HTTP."""
    return {
        "annotator": correction.opinion.annotator,
        "given_at": correction.given_at.isoformat() if correction.given_at else None,
        **opinion_json(correction.opinion),
        "said": said_json(correction.said) if correction.said else None,
    }
