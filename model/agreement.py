"""How far people agree beyond chance: Krippendorff's alpha, nominal for labels, ordinal for urgency.

Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), by coincidence matrices.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.labels.opinion import Opinion
from data.taxonomy import LABELS

Matrix = npt.NDArray[np.float64]
Values = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha over the messages that at least two people spoke of; NaN where nothing varies or nobody overlaps."""

    aspect: str
    messages: int
    alpha: float


def agreements(opinions: Iterable[Sequence[Opinion]]) -> list[Agreement]:
    """Agreement on each label, claimed urgency and urgency, from the opinions on each message."""
    shared = [own for own in opinions if len(own) > 1]
    told = {
        label: [[int(one.labels[label]) for one in own if label in one.labels] for own in shared] for label in LABELS
    }
    found = [_agreement(label, values) for label, values in told.items()]
    claimed = [[int(one.urgency_claimed) for one in own if one.urgency_claimed is not None] for own in shared]
    levels = [[one.urgency for one in own if one.urgency is not None] for own in shared]
    return [*found, _agreement("urgency_claimed", claimed), _agreement("urgency", levels, ordinal_distances)]


def alpha(units: Values, distances: Callable[[Matrix], Matrix]) -> float:
    """Krippendorff's alpha of units, each a sequence of the values (small whole numbers) that it was given.

    ``distances`` gives the squared distances between values from how often each was given.
    """
    paired = [unit for unit in units if len(unit) > 1]
    size = 1 + max((value for unit in paired for value in unit), default=0)
    coincidences = np.zeros((size, size))
    for unit in paired:
        counts = np.bincount(unit, minlength=size)
        coincidences += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    totals = coincidences.sum(axis=1)
    expected = np.outer(totals, totals) - np.diag(totals)
    squared = distances(totals)
    by_chance = (expected * squared).sum()
    if not by_chance:
        return float("nan")
    return float(1 - (totals.sum() - 1) * (coincidences * squared).sum() / by_chance)


def nominal_distances(totals: Matrix) -> Matrix:
    """Any two different values are equally far apart."""
    return 1.0 - np.eye(len(totals))


def ordinal_distances(totals: Matrix) -> Matrix:
    """Values are as far apart as the number of ratings from the one to the other, their own counted half."""
    middles = np.cumsum(totals) - totals / 2
    squared: Matrix = np.square(middles[:, None] - middles[None, :])
    return squared


def _agreement(aspect: str, values: Values, distances: Callable[[Matrix], Matrix] = nominal_distances) -> Agreement:
    return Agreement(aspect, sum(len(own) > 1 for own in values), alpha(values, distances))
