"""What the model page tells: the model in use and how good it is, which were in use before, and what else there is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.errors import ArtifactError
from data.taxonomy import LABELS, Label
from model.registry import Registry, Reign

FIGURES = ("archetypes", "situations", "urgency_kappa")
CARD, SIDE, MARGIN = "card.html", 220, 30  # of the calibration plot: pixels a side, and left free for its scales


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages that were given about the same probability: their mean, the share that bore the label, how many."""

    said: float
    true: float
    messages: int

    @property
    def x(self) -> float:
        """Where it stands in the plot."""
        return round(MARGIN + self.said * SIDE, 1)

    @property
    def y(self) -> float:
        """Its height in the plot, from above."""
        return round((1 - self.true) * SIDE + 6, 1)

    @property
    def size(self) -> float:
        """The radius of its dot: the area grows with the messages, within reason."""
        return round(min(7.0, 2.5 + math.sqrt(self.messages) / 16), 1)


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one label is found, by cross-validation; None where an older kyp did not measure it."""

    label: Label
    f1: float
    average_precision: float | None
    calibration_error: float | None
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model: what it learnt from and how good it is; ``card`` tells whether it has a model card."""

    version: str
    messages: int
    fingerprint: str
    figures: Mapping[str, float]
    labels: tuple[LabelScore, ...]
    card: bool

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The reliability of all labels together."""
        return _pooled([one for score in self.labels for one in score.bins])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was never in use, and why not, where that was written down."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelReport:
    """The model in use (None before the first), the history of champions, newest first, and candidates."""

    used: ModelView | None
    reign: Reign | None
    history: tuple[Reign, ...]
    candidates: tuple[Candidate, ...]
    running: str | None
    broken: str = ""

    @property
    def since(self) -> datetime | None:
        """Since when the model is in use."""
        return datetime.fromisoformat(self.reign.since) if self.reign else None


def model_report(registry: Registry, running: str | None) -> ModelReport:
    """Read the registry; ``running`` is the version that this process judges with."""
    history = registry.history()
    reign = history[-1] if history else None
    used, broken = None, ""
    if reign is not None:
        try:
            used = model_view(registry, reign.version)
        except ArtifactError as error:
            broken = str(error)
    champions = {one.version for one in history}
    others = [version for version in registry.versions() if version not in champions]
    candidates = tuple(Candidate(version, _why_not(registry, version)) for version in others)
    return ModelReport(used, reign, tuple(reversed(history)), candidates, running, broken)


def model_view(registry: Registry, version: str) -> ModelView:
    """One model's manifest as the page shows it (ArtifactError where it cannot be trusted)."""
    manifest = registry.manifest(version)
    told = manifest.metrics
    figures: dict[str, float] = {name: told[name] for name in FIGURES if name in told}
    scores = tuple(_score(label, told["labels"][label]) for label in LABELS if label in told.get("labels", {}))
    return ModelView(
        version, manifest.messages, manifest.data_fingerprint, figures, scores, card=CARD in manifest.files
    )


def _why_not(registry: Registry, version: str) -> str:
    decision = registry.decision(version)
    return str(decision.get("reason", "")) if decision else ""


def _score(label: Label, told: Mapping[str, Any]) -> LabelScore:
    bins = tuple(Bin(*row) for row in told.get("reliability", ()))
    return LabelScore(label, told["f1"], told.get("average_precision"), told.get("calibration_error"), bins)


def _pooled(bins: list[Bin]) -> tuple[Bin, ...]:
    """Bins of several labels as one diagram: those of the same tenth together, weighted by their messages."""
    tenths: dict[int, list[Bin]] = {}
    for one in bins:
        tenths.setdefault(min(9, int(one.said * 10)), []).append(one)
    return tuple(_sum(tenths[tenth]) for tenth in sorted(tenths))


def _sum(bins: list[Bin]) -> Bin:
    messages = sum(one.messages for one in bins)
    said = sum(one.said * one.messages for one in bins) / messages
    return Bin(said, sum(one.true * one.messages for one in bins) / messages, messages)
