"""How the heads on whole messages get better with more messages: a cheap stand-in for the whole model's curve."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.metrics import average_precision_score

from model.lexicon import Floats
from model.text import Ints
from training.first_layer import MESSAGE_STRENGTH, fit_heads
from training.targets import Targets

SHARES = (0.125, 0.25, 0.5, 1.0)
_HELD = 0


@dataclass(frozen=True, slots=True)
class Point:
    """Mean average precision over the labels on a fold of authors not seen, learnt from so many messages."""

    messages: int
    precision: float


def learning_curve(
    matrix: sparse.csr_matrix, targets: Targets, weights: Floats, folds: Ints, *, seed: int, jobs: int
) -> list[Point]:
    """Fit on growing random parts of all folds but the first, measure on the first; ``targets`` are the labels'."""
    everything = {"all": np.ones_like(targets)}
    return learning_curves(matrix, targets, weights, folds, everything, seed=seed, jobs=jobs)["all"]


def learning_curves(
    matrix: sparse.csr_matrix,
    targets: Targets,
    weights: Floats,
    folds: Ints,
    parts: Mapping[str, Targets],
    *,
    seed: int,
    jobs: int,
) -> dict[str, list[Point]]:
    """The same for parts of what is measured: by name, which (messages, labels) belong to each."""
    chance = np.random.default_rng(seed).random(len(folds))
    learnt = [np.where(chance < share, folds, _HELD) for share in SHARES]
    run = Parallel(n_jobs=jobs, max_nbytes=None)
    fitted = run(delayed(fit_heads)(matrix, targets, weights, one, _HELD, MESSAGE_STRENGTH, seed) for one in learnt)
    held = np.flatnonzero(folds == _HELD)
    curves: dict[str, list[Point]] = {name: [] for name in parts}
    for one, heads in zip(learnt, fitted, strict=True):
        scores = matrix[held] @ heads.weights + heads.biases
        for name, part in parts.items():
            precision = _mean_precision(scores, targets[held], part[held])
            curves[name].append(Point(int((one != _HELD).sum()), precision))
    return curves


def _mean_precision(scores: Floats, targets: Targets, part: Targets) -> float:
    values = [
        average_precision_score(targets[own, head], scores[own, head])
        for head, own in enumerate(part.T)
        if targets[own, head].any()
    ]
    return float(np.mean(values)) if values else 0.0
