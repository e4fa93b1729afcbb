"""The story of a training run: weigh, fit, measure, write down, compare with the champion, put in use or not."""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import ArtifactError
from data.records import LabelledMessage
from data.taxonomy import ARCHETYPES, LABELS, SITUATIONS
from model.artifact import Manifest, Provenance, version_of
from model.encoder import Encoder, Mark
from model.layers import ordered, reached
from model.lexicon import Lexicon, load_lexicon
from model.registry import Registry
from training import held_out, promote
from training.card import Findings, card
from training.fit import Fitted, fit
from training.held_out import HeldOut
from training.metrics import label_figures, quadratic_kappa, reliability
from training.own_weight import Tried, choose_weight
from training.profile import profile
from training.promote import Decision, Margins
from training.reading import learnt
from training.recipe import Recipe
from training.remembered import Remembered
from training.suspects import Suspect, suspects
from training.weights import message_weights

SUSPECTS_FILE = "suspects.json"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What a training run left: the version, whether it is in use now and why, figures by cross-validation."""

    version: str
    promoted: bool
    messages: int
    metrics: dict[str, Any]
    seconds: float
    decision: Decision
    scarce: tuple[str, ...]
    suspects: tuple[Suspect, ...]

    def summary(self) -> str:
        """A few lines for a terminal."""
        figures = self.metrics
        place = "in use" if self.promoted else "kept as a candidate"
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
    progress: Progress,
    encoder: Path | None = None,
) -> TrainingOutcome:
    """Learn from labelled files alone (the shipped ones where none are given); ``encoder`` as in :func:`learn`.

    Raises:
        InputError: the data cannot be read or are too few.
    """
    recipe = Recipe.of(paths, with_shipped=False) if paths else Recipe.of()
    return learn(recipe, registry, seed=seed, jobs=jobs, progress=progress, encoder=encoder)


def learn(
    recipe: Recipe,
    registry: Registry,
    *,
    seed: int,
    jobs: int,
    progress: Progress,
    margins: Margins | None = None,
    clock: Callable[[], float] = time.monotonic,
    encoder: Path | None = None,
) -> TrainingOutcome:
    """Train on what was gathered, register the model, and put it in use where it is as good as the one in use.

    ``encoder`` is the folder of a sentence encoder that the model shall use; see model.encoder.

    Raises:
        InputError: the data are too few, or the encoder cannot be used.
        MissingExtra: an encoder needs ``kyp[encoder]``.
    """
    began = clock()
    mark, encodes = _encoder(encoder, jobs)
    progress(f"read {len(recipe.messages)} labelled messages")
    run = _Run(recipe, registry, load_lexicon(), seed, jobs, progress, mark, encodes)
    own = run.fitted()
    manifest = run.registered(own)
    progress("comparing with the model in use")
    decision = run.decided(own.held, manifest.version, margins or Margins(), clock)
    return TrainingOutcome(
        version=manifest.version,
        promoted=registry.champion_version() == manifest.version,
        messages=len(recipe.messages),
        metrics=own.metrics,
        seconds=clock() - began,
        decision=decision,
        scarce=tuple(recipe.scarce()),
        suspects=tuple(one for one in own.doubtful if one.own),
    )


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A fitted model, how much users' labels counted in it, and what it says of its own messages."""

    fitted: Fitted
    weight: float
    held: HeldOut
    doubtful: Sequence[Suspect]
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Run:
    """One training run: what it learns from and where its model goes."""

    recipe: Recipe
    registry: Registry
    lexicon: Lexicon
    seed: int
    jobs: int
    progress: Progress
    mark: Mark | None
    encoder: Remembered | None

    def fitted(self) -> _Learnt:
        """Weigh, fit, and measure."""
        recipe, lexicon = self.recipe, self.lexicon
        if any(one.annotators for one in recipe.messages):
            self.progress("choosing how much your labels count")
        weight, tried = choose_weight(recipe.messages, lexicon, seed=self.seed, jobs=self.jobs)
        fitted = fit(
            recipe.messages,
            lexicon,
            seed=self.seed,
            jobs=self.jobs,
            progress=self.progress,
            own_weight=weight,
            encoder=self.encoder,
        )
        held = HeldOut.of(recipe.messages, fitted.held_out, fitted.parameters.operating)
        weights = {"own_weight": weight, "weights_tried": [_plain(one) for one in tried]}
        return _Learnt(fitted, weight, held, suspects(held), cross_validated(recipe.messages, fitted) | weights)

    def registered(self, own: _Learnt) -> Manifest:
        """Write the model down with its card and what it says of its own messages."""
        self.progress("writing the model card")
        recipe, parameters = self.recipe, own.fitted.parameters
        curve, features = learnt(recipe.messages, own.fitted, seed=self.seed, jobs=self.jobs)
        findings = Findings(
            version_of(parameters),
            recipe,
            self.seed,
            own.weight,
            own.held,
            curve,
            features,
            len(own.doubtful),
            self.mark,
        )
        beside = card(findings) | {
            held_out.FILE: own.held.packed(),
            SUSPECTS_FILE: json.dumps([one.to_json() for one in own.doubtful]).encode(),
        }
        provenance = Provenance(
            recipe.fingerprint,
            len(recipe.messages),
            self.seed,
            own.metrics,
            profile(own.held),
            beside,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self.mark,
        )
        return self.registry.add(parameters, provenance)

    def decided(self, held: HeldOut, version: str, margins: Margins, clock: Callable[[], float]) -> Decision:
        """Put the model in use where it is as good as the one in use."""
        decision = _decide(self.recipe, held, self.registry, version, margins, clock)
        self.registry.decide(version, decision.to_json())
        if decision.promoted and self.registry.champion_version() != version:
            self.registry.promote(version, decision.reason)
        return decision


def cross_validated(messages: Sequence[LabelledMessage], fitted: Fitted) -> dict[str, Any]:
    """Figures from predictions for messages whose authors the heads had not seen."""
    operating = fitted.parameters.operating
    known = message_weights(messages, 1.0) > 0
    labels = {}
    for head, (label, threshold) in enumerate(zip(LABELS, operating.labels, strict=True)):
        rows = known[:, head]
        true = np.array([label in one.labels for one in messages])[rows]
        own = fitted.held_out[rows, head]
        figures = label_figures(true, own >= threshold, own)
        labels[label] = {
            "f1": round(figures.f1, 4),
            "average_precision": round(figures.average_precision, 4),
            "calibration_error": round(figures.calibration_error, 4),
            "reliability": reliability(true, own),
        }
    exceeds = ordered(fitted.held_out[:, len(LABELS) : len(LABELS) + 3])
    level = reached(exceeds, operating.urgency)
    rows = known[:, len(LABELS)]
    return {
        "archetypes": round(float(np.mean([labels[label]["f1"] for label in ARCHETYPES])), 4),
        "situations": round(float(np.mean([labels[label]["f1"] for label in SITUATIONS])), 4),
        "urgency_kappa": round(quadratic_kappa(np.array([one.urgency for one in messages])[rows], level[rows]), 4),
        "labels": labels,
    }


def _encoder(folder: Path | None, threads: int) -> tuple[Mark | None, Remembered | None]:
    if folder is None:
        return None, None
    encoder = Encoder(folder, threads)
    return encoder.mark, Remembered(encoder)


def _decide(
    recipe: Recipe, held: HeldOut, registry: Registry, version: str, margins: Margins, clock: Callable[[], float]
) -> Decision:
    """Compare with the champion; one that cannot be used any more gives way, one that keeps no record stays.

    Neither judges by a prior: the candidate's record, and what people say of the messages, know none.
    """
    registry = registry.without_prior()
    used = registry.champion_version()
    if used is None or used == version:
        return promote.first() if used is None else Decision(True, "it is the model in use")
    try:
        champion = registry.load(used)
    except ArtifactError as error:
        return Decision(True, f"the model in use can be used no more ({error})", used)
    try:
        theirs = HeldOut.unpacked(registry.beside(used, held_out.FILE))
    except ArtifactError as error:
        return Decision(False, f"the two cannot be compared fairly: {error}", used)
    unseen = [one for one, known in zip(recipe.messages, np.isin(held.ids, theirs.ids), strict=True) if not known]
    told = promote.judged_by(champion, unseen, theirs.thresholds)
    ratio = promote.time_ratio(registry.load(version), champion, recipe.messages, clock)
    if (encoder := registry.manifest(version).encoder) is not None and encoder != registry.manifest(used).encoder:
        margins = replace(margins, time=math.inf)  # whoever asks for an encoder knows that it takes its time
    return promote.decide(held, theirs, told, ratio, version=used, margins=margins)


def _plain(one: Tried) -> dict[str, float]:
    return {"weight": one.weight, "own": round(one.own, 4), "shipped": round(one.shipped, 4)}
