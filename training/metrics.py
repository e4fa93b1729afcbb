"""The figures that say how good a classifier is; each a small function of what was true and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sklearn.metrics import average_precision_score, cohen_kappa_score

from model.lexicon import Floats
from model.text import Ints
from training.targets import Targets

_BINS = 10


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label was found: ``support`` messages bear it; ``average_precision`` is NaN where none does."""

    support: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    calibration_error: float


def label_figures(true: Targets, said: Targets, probabilities: Floats) -> LabelFigures:
    """Figures of one label from arrays of shape (messages,)."""
    precision, recall, f1 = precision_recall_f1(int((true & said).sum()), int(said.sum()), int(true.sum()))
    average = float(average_precision_score(true, probabilities)) if true.any() else float("nan")
    return LabelFigures(int(true.sum()), precision, recall, f1, average, calibration_error(true, probabilities))


def precision_recall_f1(hits: int, said: int, true: int) -> tuple[float, float, float]:
    """Precision, recall and F1 from counts; nothing to find and nothing said is perfect."""
    if not said and not true:
        return 1.0, 1.0, 1.0
    return hits / said if said else 0.0, hits / true if true else 0.0, 2 * hits / (said + true)


def calibration_error(true: Targets, probabilities: Floats) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, true - probabilities, _BINS)
    return float(np.abs(gaps).sum() / max(len(true), 1))


def reliability(true: Targets, probabilities: Floats) -> list[tuple[float, float, int]]:
    """The reliability diagram: of each of ten bins that is not empty its mean probability, true share and size."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    means, shares = (np.bincount(bins, values, _BINS) / np.maximum(counts, 1) for values in (probabilities, true))
    rows = zip(means.tolist(), shares.tolist(), counts.tolist(), strict=True)
    return [(round(mean, 4), round(share, 4), count) for mean, share, count in rows if count]


def quadratic_kappa(true: Ints, said: Ints) -> float:
    """Cohen's kappa with quadratic weights; 1 where all agree on a single level."""
    if len(set(true.tolist()) | set(said.tolist())) < 2:
        return 1.0
    return float(cohen_kappa_score(true, said, weights="quadratic"))


def deadline_f1(true: Sequence[date | None], said: Sequence[date | None]) -> float:
    """F1 of deadlines: a hit is the right date; a wrong date is both a false alarm and a miss."""
    hits = sum(one == other is not None for one, other in zip(true, said, strict=True))
    return precision_recall_f1(hits, sum(one is not None for one in said), sum(one is not None for one in true))[2]
