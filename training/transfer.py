"""Measures a model on messages of another kind: average precision, false alarms, urgency; labels may be unsure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from data.errors import InputError
from data.records import Assessment, Email
from data.taxonomy import ARCHETYPES, LABELS, SITUATIONS, Label
from model.triage import Triage
from training.metrics import deadline_f1, precision_recall_f1, quadratic_kappa

RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with what people set (``labels``), what only one of them set (``unsure``), and what the model says.

    ``urgency`` and ``claimed`` are None where people differ.
    """

    labels: frozenset[str]
    unsure: frozenset[str]
    urgency: int | None
    claimed: bool | None
    deadline: date | None
    assessment: Assessment


def judge_file(path: Path, triage: Triage) -> list[Judged]:
    """Judge the records of a JSON Lines file; they need no evidence, and may have ``unsure`` labels and null urgency.

    Raises:
        InputError: a line is not such a record.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            records = [json.loads(line) for line in stream if line.strip()]
        emails = [_email(record) for record in records]
        assessments = triage.judge(emails)
        return [_judged(*pair) for pair in zip(records, assessments, strict=True)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} does not hold labelled messages: {error!r}") from error


def figures(messages: Sequence[Judged]) -> dict[str, float]:
    """Figures by name; false alarms as a share of all messages."""
    every = {
        "archetypes mean AP": _mean_ap(messages, ARCHETYPES),
        "situations mean AP": _mean_ap(messages, SITUATIONS),
        "urgency kappa": _kappa(messages),
        "claimed F1": _claimed_f1(messages),
        "goodwill F1": _label_f1(messages, "goodwill"),
        "deadline F1": _deadline_f1(messages),
    }
    return every | {f"false alarms {label}": _false_alarms(messages, label) for label in LABELS}


def intervals(messages: Sequence[Judged], seed: int = 0) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each figure by bootstrap over messages (each has a client of its own)."""
    chance = np.random.default_rng(seed)
    draws = [chance.integers(len(messages), size=len(messages)).tolist() for _ in range(RESAMPLES)]
    drawn = [figures([messages[n] for n in draw]) for draw in draws]
    quantiles = {name: np.nanquantile([one[name] for one in drawn], [0.025, 0.975]) for name in drawn[0]}
    return {name: (float(low), float(high)) for name, (low, high) in quantiles.items()}


def report(path: Path, triage: Triage) -> str:
    """The figures of one file as a Markdown table, with intervals."""
    messages = judge_file(path, triage)
    lines = [f"| {path.name} ({len(messages)} messages) | value | 95 % |", "|---|---|---|"]
    bounds = intervals(messages)
    for name, value in figures(messages).items():
        low, high = bounds[name]
        lines.append(f"| {name} | {value:.3f} | {low:.3f} to {high:.3f} |")
    return "\n".join(lines)


def _mean_ap(messages: Sequence[Judged], labels: Sequence[Label]) -> float:
    values = []
    for label in labels:
        sure = [one for one in messages if label not in one.unsure]
        true = np.array([label in one.labels for one in sure])
        if true.any():
            said = [one.assessment.signal(label).probability for one in sure]
            values.append(float(average_precision_score(true, said)))
    return float(np.mean(values)) if values else float("nan")


def _kappa(messages: Sequence[Judged]) -> float:
    pairs = [(one.urgency, one.assessment.urgency.level) for one in messages if one.urgency is not None]
    true, said = (np.array(column) for column in zip(*pairs, strict=True)) if pairs else (_NONE, _NONE)
    return quadratic_kappa(true, said)


def _claimed_f1(messages: Sequence[Judged]) -> float:
    sure = [one for one in messages if one.claimed is not None]
    hits = sum(bool(one.claimed) and one.assessment.urgency.claimed for one in sure)
    said = sum(one.assessment.urgency.claimed for one in sure)
    return precision_recall_f1(hits, said, sum(bool(one.claimed) for one in sure))[2]


def _label_f1(messages: Sequence[Judged], label: Label) -> float:
    sure = [one for one in messages if label not in one.unsure]
    hits = sum(label in one.labels and one.assessment.signal(label).present for one in sure)
    said = sum(one.assessment.signal(label).present for one in sure)
    return precision_recall_f1(hits, said, sum(label in one.labels for one in sure))[2]


def _deadline_f1(messages: Sequence[Judged]) -> float:
    """Not a number where nobody told deadlines."""
    if not any(one.deadline for one in messages):
        return float("nan")
    return deadline_f1([one.deadline for one in messages], [one.assessment.urgency.deadline for one in messages])


def _false_alarms(messages: Sequence[Judged], label: Label) -> float:
    wrong = [label not in one.labels | one.unsure and one.assessment.signal(label).present for one in messages]
    return float(np.mean(wrong))


def _email(record: dict[str, Any]) -> Email:
    sent_at = datetime.fromisoformat(record["sent_at"]) if record.get("sent_at") else None
    return Email(record["id"], record["subject"], record["body"], client=record["id"], sent_at=sent_at)


def _judged(record: dict[str, Any], assessment: Assessment) -> Judged:
    deadline = record.get("deadline")
    return Judged(
        frozenset(record["labels"]),
        frozenset(record.get("unsure", ())),
        record["urgency"],
        record["urgency_claimed"],
        date.fromisoformat(deadline) if deadline else None,
        assessment,
    )


_NONE = np.zeros(0, dtype=np.int64)
