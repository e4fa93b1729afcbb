"""Fits the first layer: support vector heads on sentences and on messages, with out-of-fold scores beside them."""

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.svm import LinearSVC

from model.layers import SILENT
from model.lexicon import Floats
from model.space import Design, Heads
from model.text import Ints
from training.targets import Targets

SENTENCE_STRENGTH, MESSAGE_STRENGTH = 0.1, 0.5  # C of the support vector machines; chosen in docs/experiments.md
_TOLERANCE = 0.1  # finer ones change no decision and take five times as long
_FEWEST = 5  # positives below which a head stays silent


@dataclass(frozen=True, slots=True)
class FirstLayer:
    """Heads fitted on everything, and ``held_out`` scores (rows, heads) from heads that had not seen the row's fold."""

    heads: Heads
    held_out: Floats


def fit_first_layer(
    design: Design, targets: Targets, weights: Floats, folds: Ints, *, strength: float, seed: int, jobs: int
) -> FirstLayer:
    """Fit every head on all rows and once without each fold; folds and heads run in parallel processes.

    ``weights`` (rows, heads) say how much each row counts; one of weight 0 is not learnt from.
    """
    matrix = design.matrix
    matrix.eliminate_zeros()
    heads = range(targets.shape[1])
    halves = [list(heads[::2]), list(heads[1::2])]
    tasks = [(fold, half) for fold in (None, *np.unique(folds).tolist()) for half in halves]
    run = Parallel(n_jobs=jobs, max_nbytes=None)
    fitted = run(
        delayed(fit_heads)(matrix, targets[:, half], weights[:, half], folds, fold, strength, seed)
        for fold, half in tasks
    )
    held_out = np.zeros(targets.shape, dtype=np.float32)
    learnt = np.zeros((matrix.shape[1], len(heads)), dtype=np.float32)
    biases = np.zeros(len(heads), dtype=np.float32)
    for (fold, half), own in zip(tasks, fitted, strict=True):
        if fold is None:
            learnt[:, half], biases[half] = own.weights, own.biases
        else:
            rows = np.flatnonzero(folds == fold)
            held_out[rows[:, None], half] = matrix[rows] @ own.weights + own.biases
    return FirstLayer(Heads(learnt, biases), held_out)


def fit_heads(
    matrix: sparse.csr_matrix,
    targets: Targets,
    weights: Floats,
    folds: Ints,
    held: int | None,
    strength: float,
    seed: int,
) -> Heads:
    """Heads fitted on all rows but those of the held fold."""
    learn = np.flatnonzero(folds != (-1 if held is None else held))
    rows = matrix[learn].astype(np.float64)  # what liblinear works in: converted once, not once a head
    learnt = np.zeros((matrix.shape[1], targets.shape[1]), dtype=np.float32)
    biases = np.full(targets.shape[1], SILENT, dtype=np.float32)
    for head, (target, weight) in enumerate(zip(targets[learn].T, weights[learn].T, strict=True)):
        known = weight > 0
        target = target[known]
        if target.sum() >= _FEWEST and not target.all():
            machine = LinearSVC(C=strength, class_weight="balanced", tol=_TOLERANCE, max_iter=300, random_state=seed)
            machine.fit(rows if known.all() else rows[known], target, sample_weight=weight[known])
            learnt[:, head], biases[head] = machine.coef_[0], machine.intercept_[0]
    return Heads(learnt, biases)
