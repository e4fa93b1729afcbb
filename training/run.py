"""The story of a training run: load, fit, measure, register, and put in use where nothing is in use yet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.datasets import fingerprint, load, shipped
from data.records import LabelledMessage
from data.taxonomy import ARCHETYPES, LABELS, SITUATIONS
from model.layers import ordered
from model.lexicon import load_lexicon
from model.registry import Registry
from training.fit import Fitted, fit
from training.metrics import label_figures, quadratic_kappa


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What a training run left: the version, whether it is in use now, and figures by cross-validation."""

    version: str
    promoted: bool
    messages: int
    metrics: dict[str, Any]
    seconds: float

    def summary(self) -> str:
        """A few lines for a terminal."""
        figures = self.metrics
        place = "in use" if self.promoted else "kept as a candidate: `kyp models promote` puts it in use"
        return (
            f"model {self.version} learnt from {self.messages} messages in {self.seconds:.0f} s, {place}\n"
            f"by cross-validation with whole author batches left out: macro-F1 {figures['archetypes']:.3f} archetypes, "
            f"{figures['situations']:.3f} situations; urgency kappa {figures['urgency_kappa']:.3f}"
        )


def train(
    paths: Sequence[Path] | None,
    registry: Registry,
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
) -> TrainingOutcome:
    """Train on labelled files (the shipped ones where none are given) and register the model.

    Raises:
        InputError: the data cannot be read or are too few.
    """
    began = time.monotonic()
    messages = load(paths or shipped())
    progress(f"read {len(messages)} labelled messages")
    fitted = fit(messages, load_lexicon(), seed=seed, jobs=jobs, progress=progress)
    metrics = cross_validated(messages, fitted)
    manifest = registry.add(
        fitted.parameters,
        data_fingerprint=fingerprint(messages),
        messages=len(messages),
        seed=seed,
        metrics=metrics,
    )
    first = registry.champion_version() is None
    if first:
        registry.promote(manifest.version, "first model")
    promoted = first or registry.champion_version() == manifest.version
    return TrainingOutcome(manifest.version, promoted, len(messages), metrics, time.monotonic() - began)


def cross_validated(messages: Sequence[LabelledMessage], fitted: Fitted) -> dict[str, Any]:
    """Figures from predictions for messages whose authors the heads had not seen."""
    operating = fitted.parameters.operating
    labels = {}
    for head, (label, threshold) in enumerate(zip(LABELS, operating.labels, strict=True)):
        true = np.array([label in one.labels for one in messages])
        own = fitted.held_out[:, head]
        figures = label_figures(true, own >= threshold, own)
        labels[label] = {"f1": round(figures.f1, 4), "average_precision": round(figures.average_precision, 4)}
    exceeds = ordered(fitted.held_out[:, len(LABELS) : len(LABELS) + 3])
    level = (exceeds >= np.array(operating.urgency)).cumprod(axis=1).sum(axis=1)
    return {
        "archetypes": round(float(np.mean([labels[label]["f1"] for label in ARCHETYPES])), 4),
        "situations": round(float(np.mean([labels[label]["f1"] for label in SITUATIONS])), 4),
        "urgency_kappa": round(quadratic_kappa(np.array([one.urgency for one in messages]), level), 4),
        "labels": labels,
    }
