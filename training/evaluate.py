"""Measures a model on labelled messages: per label, per language, urgency, deadlines and evidence."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data.records import Assessment, Email, LabelledMessage
from data.taxonomy import ARCHETYPES, LABELS, LANGUAGES, SITUATIONS, Label
from model.triage import Triage
from training.evidence import token_f1
from training.metrics import (
    LabelFigures,
    deadline_f1,
    label_figures,
    precision_recall_f1,
    quadratic_kappa,
)


@dataclass(frozen=True, slots=True)
class UrgencyFigures:
    """How well urgency was told: accuracy, quadratic kappa, F1 of level 3, F1 of claimed, F1 of deadlines."""

    accuracy: float
    kappa: float
    now_f1: float
    claimed_f1: float
    deadline_f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures on one set of messages; macro-F1 counts labels that the set has."""

    messages: int
    labels: dict[Label, LabelFigures]
    urgency: UrgencyFigures
    evidence_f1: float

    @property
    def archetype_f1(self) -> float:
        """Macro-F1 over the archetypes."""
        return self._macro(ARCHETYPES)

    @property
    def situation_f1(self) -> float:
        """Macro-F1 over the situations."""
        return self._macro(SITUATIONS)

    @property
    def calibration_error(self) -> float:
        """Mean over the labels."""
        return float(np.mean([one.calibration_error for one in self.labels.values()]))

    def _macro(self, labels: Sequence[Label]) -> float:
        present = [self.labels[label].f1 for label in labels if self.labels[label].support]
        return float(np.mean(present)) if present else float("nan")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on all messages and on those of each language."""

    model: str
    overall: Figures
    languages: dict[str, Figures]

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON; undefined figures are null."""
        sets = {"all": self.overall, **self.languages}
        return {"model": self.model, **{name: _plain(figures) for name, figures in sets.items()}}

    def table(self) -> str:
        """The figures as text for a terminal."""
        lines = [f"model {self.model}, {self.overall.messages} messages", ""]
        lines += [f"{'label':26}{'n':>6}{'prec':>8}{'recall':>8}{'F1':>8}{'AP':>8}{'ECE':>8}"]
        lines[-1] += "".join(f"{'F1 ' + lang:>9}" for lang in self.languages)
        for label, own in self.overall.labels.items():
            row = (own.precision, own.recall, own.f1, own.average_precision, own.calibration_error)
            by_language = (figures.labels[label].f1 for figures in self.languages.values())
            lines += [f"{label:26}{own.support:6}" + "".join(f"{x:8.3f}" for x in row)]
            lines[-1] += "".join(f"{x:9.3f}" for x in by_language)
        lines += ["", f"{'':26}{'all':>9}" + "".join(f"{lang:>9}" for lang in self.languages)]
        sets = [self.overall, *self.languages.values()]
        for name, values in _summary(sets).items():
            lines += [f"{name:26}" + "".join(f"{value:9.3f}" for value in values)]
        return "\n".join(lines)


def evaluate(triage: Triage, messages: Sequence[LabelledMessage]) -> Evaluation:
    """Judge labelled messages and compare."""
    assessments = triage.judge([as_email(one) for one in messages])
    overall = compare(messages, assessments)
    languages = {}
    for lang in LANGUAGES:
        own = [n for n, one in enumerate(messages) if one.lang == lang]
        if own:
            languages[str(lang)] = compare([messages[n] for n in own], [assessments[n] for n in own])
    return Evaluation(triage.version, overall, languages)


def as_email(message: LabelledMessage) -> Email:
    """A labelled message as the reader of mail would give it."""
    return Email(
        source=message.id,
        subject=message.subject,
        text=message.body,
        client=message.client,
        sent_at=message.sent_at,
    )


def compare(messages: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> Figures:
    """Figures of assessments against what people said of the same messages."""
    labels = {}
    for number, label in enumerate(LABELS):
        true = np.array([label in one.labels for one in messages])
        signals = [one.signals[number] for one in assessments]
        said = np.array([signal.present for signal in signals])
        labels[label] = label_figures(true, said, np.array([signal.probability for signal in signals]))
    return Figures(len(messages), labels, _urgency(messages, assessments), _evidence_f1(messages, assessments))


def _urgency(messages: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> UrgencyFigures:
    true = np.array([one.urgency for one in messages])
    said = np.array([one.urgency.level for one in assessments])
    claim = np.array([one.urgency_claimed for one in messages])
    claimed = np.array([one.urgency.claimed for one in assessments])
    return UrgencyFigures(
        float((true == said).mean()),
        quadratic_kappa(true, said),
        precision_recall_f1(int(((true == 3) & (said == 3)).sum()), int((said == 3).sum()), int((true == 3).sum()))[2],
        precision_recall_f1(int((claim & claimed).sum()), int(claimed.sum()), int(claim.sum()))[2],
        deadline_f1([one.deadline for one in messages], [one.urgency.deadline for one in assessments]),
    )


def _evidence_f1(messages: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> float:
    """Mean token F1 of shown against marked passages, over the labels that are both true and found."""
    values = []
    for message, assessment in zip(messages, assessments, strict=True):
        for signal in assessment.signals:
            if signal.present and message.evidence.get(signal.label):
                marked = _tokens(message, message.evidence[signal.label])
                shown = _tokens(message, [passage.text for passage in signal.evidence])
                values.append(token_f1(shown, marked))
    return float(np.mean(values)) if values else float("nan")


def _tokens(message: LabelledMessage, passages: Sequence[str]) -> set[int]:
    """Places of the words of subject and body that stand in the passages."""
    text = f"{message.subject}\n{message.body}"
    found: set[int] = set()
    for passage in passages:
        begin = text.find(passage)
        places = range(begin, begin + len(passage))
        found |= {n for n in places if text[n : n + 1].strip() and not text[n - 1 : n].strip()}
    return found


def _summary(sets: Sequence[Figures]) -> dict[str, list[float]]:
    return {
        "archetypes macro-F1": [one.archetype_f1 for one in sets],
        "situations macro-F1": [one.situation_f1 for one in sets],
        "calibration error (mean)": [one.calibration_error for one in sets],
        "evidence token F1": [one.evidence_f1 for one in sets],
        "urgency accuracy": [one.urgency.accuracy for one in sets],
        "urgency quadratic kappa": [one.urgency.kappa for one in sets],
        "urgency level 3 F1": [one.urgency.now_f1 for one in sets],
        "claimed urgency F1": [one.urgency.claimed_f1 for one in sets],
        "deadline F1": [one.urgency.deadline_f1 for one in sets],
    }


def _plain(figures: Figures) -> dict[str, Any]:
    summary = {name: _number(values[0]) for name, values in _summary([figures]).items()}
    labels = {
        label: {name: _number(value) for name, value in asdict(own).items()} for label, own in figures.labels.items()
    }
    return {"messages": figures.messages, "summary": summary, "labels": labels}


def _number(value: float) -> float | None:
    return None if value != value else round(value, 4)
