"""How the heads on whole messages get better with more messages: a cheap stand-in for the whole model's curve."""

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
    chance = np.random.default_rng(seed).random(len(folds))
    parts = [np.where(chance < share, folds, _HELD) for share in SHARES]
    run = Parallel(n_jobs=jobs, max_nbytes=None)
    fitted = run(delayed(fit_heads)(matrix, targets, weights, part, _HELD, MESSAGE_STRENGTH, seed) for part in parts)
    held = np.flatnonzero(folds == _HELD)
    points = []
    for part, heads in zip(parts, fitted, strict=True):
        scores = matrix[held] @ heads.weights + heads.biases
        values = [
            average_precision_score(targets[held, head], scores[:, head])
            for head in range(targets.shape[1])
            if targets[held, head].any()
        ]
        points.append(Point(int((part != _HELD).sum()), float(np.mean(values)) if values else 0.0))
    return points
