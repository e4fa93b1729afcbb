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

STRENGTH = 0.2  # C of the support vector machine; chosen in docs/experiments.md
_TOLERANCE = 1e-2  # finer ones change no decision and take five times as long
_FEWEST = 5  # positives below which a head stays silent


@dataclass(frozen=True, slots=True)
class FirstLayer:
    """Heads fitted on everything, and ``held_out`` scores (rows, heads) from heads that had not seen the row's fold."""

    heads: Heads
    held_out: Floats


def fit_first_layer(design: Design, targets: Targets, folds: Ints, seed: int, jobs: int) -> FirstLayer:
    """Fit every head on all rows and once without each fold; folds and heads run in parallel."""
    matrix = design.matrix
    held = [*np.unique(folds).tolist(), None]
    run = Parallel(n_jobs=jobs, mmap_mode="r", max_nbytes="10M")
    fitted = run(
        delayed(_fit_head)(matrix, targets[:, head], folds, fold, seed)
        for head in range(targets.shape[1])
        for fold in held
    )
    held_out = np.zeros(targets.shape, dtype=np.float32)
    weights = np.zeros((matrix.shape[1], targets.shape[1]), dtype=np.float32)
    biases = np.zeros(targets.shape[1], dtype=np.float32)
    for number, (own, bias, scores) in enumerate(fitted):
        head, fold = divmod(number, len(held))
        if held[fold] is None:
            weights[:, head], biases[head] = own, bias
        else:
            held_out[folds == held[fold], head] = scores
    return FirstLayer(Heads(weights, biases), held_out)


def _fit_head(
    matrix: sparse.csr_matrix, target: Targets, folds: Ints, held: int | None, seed: int
) -> tuple[Floats | None, float, Floats | None]:
    """Weights and bias where all rows are fitted, else only the scores of the fold that was held out."""
    learn = np.ones(len(folds), dtype=bool) if held is None else folds != held
    size = matrix.shape[1]
    weights, bias = np.zeros(size, dtype=np.float32), SILENT
    if target[learn].sum() >= _FEWEST and not target[learn].all():
        machine = LinearSVC(C=STRENGTH, class_weight="balanced", tol=_TOLERANCE, max_iter=300, random_state=seed)
        machine.fit(matrix[learn], target[learn])
        weights, bias = machine.coef_[0].astype(np.float32), float(machine.intercept_[0])
    if held is None:
        return weights, bias, None
    return None, 0.0, np.asarray(matrix[folds == held] @ weights + bias, dtype=np.float32)
