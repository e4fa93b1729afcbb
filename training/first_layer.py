"""Fits the linear heads of the first layer: support vector machines on whole messages, with out-of-fold scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.svm import LinearSVC

from model.coded import Coded
from model.lexicon import Floats
from model.space import Design, Heads
from model.text import Ints
from training.targets import Targets

MESSAGE_STRENGTH = 1.0  # C of the support vector machines; chosen in docs/experiments.md
_TOLERANCE = 0.3  # finer ones change no decision and take up to ten times as long
_FEWEST = 5  # positives below which a head stays silent
_SILENT = -1.5  # its score; fitted ones seldom fall below


@dataclass(frozen=True, slots=True)
class Exact:
    """Heads as they were fitted: ``weights`` (features, heads), n-grams first and vectors last; ``biases`` (heads,)."""

    weights: Floats
    biases: Floats


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
    fitting = _Fitting(design.matrix, folds, strength, seed, jobs)
    exact, ngrams = fitting.heads(targets, weights), design.ngrams.width
    heads = Heads(Coded.of(exact.weights[:ngrams]), exact.weights[ngrams:], exact.biases)
    return FirstLayer(heads, fitting.held_out(targets, weights))


@dataclass(frozen=True, slots=True)
class _Fitting:
    """One design's rows with their folds, ready to fit heads on."""

    matrix: sparse.csr_matrix
    folds: Ints
    strength: float
    seed: int
    jobs: int

    def heads(self, targets: Targets, weights: Floats) -> Exact:
        """Heads fitted on all rows."""
        learnt = np.zeros((self.matrix.shape[1], targets.shape[1]), dtype=np.float32)
        biases = np.zeros(targets.shape[1], dtype=np.float32)
        for _, half, own in self._fitted([None], targets, weights):
            learnt[:, half], biases[half] = own.weights, own.biases
        return Exact(learnt, biases)

    def held_out(self, targets: Targets, weights: Floats) -> Floats:
        """Scores of each row from heads that had not seen its fold."""
        scores = np.zeros(targets.shape, dtype=np.float32)
        for fold, half, own in self._fitted(np.unique(self.folds).tolist(), targets, weights):
            rows = np.flatnonzero(self.folds == fold)
            scores[rows[:, None], half] = self.matrix[rows] @ own.weights + own.biases
        return scores

    def _fitted(
        self, held: Sequence[int | None], targets: Targets, weights: Floats
    ) -> Iterator[tuple[int | None, list[int], Exact]]:
        heads = list(range(targets.shape[1]))
        spare = self.jobs > len(held)  # a process more for each fold: otherwise the matrix is sent once a fold
        parts = [part for part in (heads[::2], heads[1::2]) if part] if spare else [heads]
        tasks = [(fold, part) for fold in held for part in parts]
        run = Parallel(n_jobs=self.jobs, max_nbytes=None)
        fitted = run(
            delayed(fit_heads)(
                self.matrix, targets[:, part], weights[:, part], self.folds, fold, self.strength, self.seed
            )
            for fold, part in tasks
        )
        return ((fold, part, own) for (fold, part), own in zip(tasks, fitted, strict=True))


def fit_heads(
    matrix: sparse.csr_matrix,
    targets: Targets,
    weights: Floats,
    folds: Ints,
    held: int | None,
    strength: float,
    seed: int,
) -> Exact:
    """Heads fitted on all rows but those of the held fold."""
    learn = np.flatnonzero(folds != (-1 if held is None else held))
    rows = matrix[learn].astype(np.float64)  # what liblinear works in: converted once, not once a head
    learnt = np.zeros((matrix.shape[1], targets.shape[1]), dtype=np.float32)
    biases = np.full(targets.shape[1], _SILENT, dtype=np.float32)
    for head, (target, weight) in enumerate(zip(targets[learn].T, weights[learn].T, strict=True)):
        known = weight > 0
        target = target[known]
        if target.sum() >= _FEWEST and not target.all():
            machine = LinearSVC(C=strength, class_weight="balanced", tol=_TOLERANCE, max_iter=300, random_state=seed)
            machine.fit(rows if known.all() else rows[known], target, sample_weight=weight[known])
            learnt[:, head], biases[head] = machine.coef_[0], machine.intercept_[0]
    return Exact(learnt, biases)
