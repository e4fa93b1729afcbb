"""How much more a user's own label counts than a shipped one: chosen by cross-validation on the user's messages.

Heads on whole messages stand for the whole model here: they are a tenth of the work and follow the same data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.metrics import average_precision_score

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.lexicon import Floats, Lexicon
from model.space import MESSAGE_BLOCKS, Design, Level
from model.text import Ints
from training.first_layer import MESSAGE_STRENGTH, fit_heads
from training.fit import reader_of
from training.folds import folds
from training.targets import Targets, message_targets
from training.weights import message_weights

GRID = (1.0, 2.0, 4.0, 8.0)
FEWEST_OWN = 20  # own messages below which nothing can be chosen
MOST_HARM = 0.005  # mean average precision on shipped messages that a weight may cost
_WORTH_IT = 0.002  # of mean average precision on own messages that a larger weight must bring
_FEWEST_POSITIVES = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One weight: mean average precision over the labels, out of fold, on own and on shipped messages."""

    weight: float
    own: float
    shipped: float


def choose_weight(
    messages: Sequence[LabelledMessage], lexicon: Lexicon, *, seed: int, jobs: int
) -> tuple[float, list[Tried]]:
    """The weight, and what was tried; 1 without trying where there are few own messages, or no others."""
    own = np.array([bool(one.annotators) for one in messages])
    if own.sum() < FEWEST_OWN or own.all():
        return 1.0, []
    matrix = message_matrix(messages, lexicon)
    targets, fold = message_targets(messages)[:, : len(LABELS)], folds(messages)
    tasks = [(weight, held) for weight in GRID for held in np.unique(fold[own]).tolist()]
    run = Parallel(n_jobs=jobs, max_nbytes=None)
    scored = run(
        delayed(_scores)(matrix, targets, message_weights(messages, weight)[:, : len(LABELS)], fold, held, seed)
        for weight, held in tasks
    )
    tried = []
    for weight in GRID:
        scores = np.zeros(targets.shape, dtype=np.float32)
        for (one, held), told in zip(tasks, scored, strict=True):
            if one == weight:
                scores[fold == held] = told
        seen = np.isin(fold, np.unique(fold[own]))
        known = message_weights(messages, 1.0)[:, : len(LABELS)] > 0
        precision = [_mean_precision(scores, targets, known & (rows & seen)[:, None]) for rows in (own, ~own)]
        tried.append(Tried(weight, *precision))
    return best(tried), tried


def best(tried: Sequence[Tried]) -> float:
    """The smallest weight that is nearly best for own messages, among those that do shipped ones no harm."""
    harmless = [one for one in tried if one.shipped >= tried[0].shipped - MOST_HARM]
    top = max(one.own for one in harmless)
    return next(one.weight for one in harmless if one.own >= top - _WORTH_IT)


def message_matrix(messages: Sequence[LabelledMessage], lexicon: Lexicon) -> sparse.csr_matrix:
    """Whole messages as rows of features, with a vocabulary of their own."""
    reader, _ = reader_of(messages, lexicon)
    counts = reader.read([one.subject for one in messages], [one.body for one in messages]).messages
    return Design.of(counts, Level.learn(counts, MESSAGE_BLOCKS)).matrix


def _scores(matrix: sparse.csr_matrix, targets: Targets, weights: Floats, fold: Ints, held: int, seed: int) -> Floats:
    heads = fit_heads(matrix, targets, weights, fold, held, MESSAGE_STRENGTH, seed)
    return np.asarray(matrix[fold == held] @ heads.weights + heads.biases, dtype=np.float32)


def _mean_precision(scores: Floats, targets: Targets, chosen: Targets) -> float:
    values = []
    for head in range(targets.shape[1]):
        rows = chosen[:, head]
        if targets[rows, head].sum() >= _FEWEST_POSITIVES:
            values.append(float(average_precision_score(targets[rows, head], scores[rows, head])))
    return float(np.mean(values)) if values else 0.0
