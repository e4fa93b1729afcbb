"""The learners behind the deadline chooser: logistic regressions over named features, and boosted trees as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from model.deadline_scores import Floats, Linear, Trees

# How strong a feature may get, by the group before its colon: wide bags are held down.
_SCALES = {"m": 0.3, "s": 0.7, "4": 0.7, "p": 0.4, "n": 0.4}
_SURE = 6.0  # the log-odds of what is always so
_LEAST_TREES, _DAYS_A_TREE, _MOST_TREES = 200, 90, 600  # few days bear few trees
_BINS = 255  # of a column, as many as the trees tell apart
_LEAST = 0.01  # weights below it change next to nothing: five in six of a hundred thousand (docs/experiments.md)

Places = Sequence[int] | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Bag:
    """Rows of named features as one sparse matrix, built once and cut for every fold; wide groups weigh less."""

    names: list[str]
    matrix: csr_matrix
    scales: Floats

    @classmethod
    def of(cls, rows: Iterable[Iterable[str]]) -> "Bag":
        """One row for each row of names, one column for each name."""
        columns: dict[str, int] = {}
        places: list[int] = []
        bounds = [0]
        for row in rows:
            # Names in order: sets of strings come in another order in every process, and a model must not.
            places += sorted({columns.setdefault(name, len(columns)) for name in sorted(row)})
            bounds.append(len(places))
        scales = np.array([_SCALES.get(name.split(":", 1)[0], 1.0) if ":" in name else 1.0 for name in columns])
        index = np.array(places, dtype=np.int32)
        shape = (len(bounds) - 1, len(columns))
        return cls(list(columns), csr_matrix((scales[index], index, np.array(bounds)), shape=shape), scales)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic regression over a bag's columns (0 for those too rare), and over the numbers beside them."""

    weights: Floats
    bias: float
    beside: Floats

    def logits(self, bag: Bag, rows: Places) -> Floats:
        """The scores of some of the bag's rows, without the numbers beside them."""
        return np.asarray(bag.matrix[rows] @ self.weights + self.bias, dtype=np.float64)

    def linear(self, bag: Bag) -> Linear:
        """The same by name."""
        weights = np.round(self.weights * bag.scales, 5).tolist()
        named = zip(bag.names, weights, strict=True)
        return Linear.of(((name, weight) for name, weight in named if weight), self.bias)


def fit_words(
    bag: Bag,
    rows: Places,
    labels: ArrayLike,
    strength: float,
    rarest: int,
    beside: Floats | None = None,
    weights: ArrayLike | None = None,
) -> Fitted:
    """A logistic regression over some of the bag's rows; a name counts from ``rarest`` rows on.

    Where all labels are the same, nothing is weighed and the bias says which it is.
    """
    if len(set(np.asarray(labels).tolist())) < 2:
        sure = _SURE if np.asarray(labels).any() else -_SURE
        return Fitted(np.zeros(len(bag.names)), sure, np.zeros(0 if beside is None else beside.shape[1]))
    own = bag.matrix[rows]
    kept = np.flatnonzero(own.getnnz(axis=0) >= rarest)
    design = own[:, kept] if beside is None else hstack([own[:, kept], csr_matrix(beside)]).tocsr()
    learner = LogisticRegression(C=strength, solver="liblinear", tol=0.1, max_iter=300, random_state=0)
    learner.fit(design, labels, sample_weight=weights)
    spread = np.zeros(len(bag.names))
    spread[kept] = learner.coef_[0, : len(kept)]
    spread[np.abs(spread * bag.scales) < _LEAST] = 0.0  # before the trees learn from what is left
    return Fitted(spread, float(learner.intercept_[0]), np.array(learner.coef_[0, len(kept) :], dtype=np.float64))


def fit_trees(rows: Floats, labels: Sequence[int], weights: Sequence[float], seed: int) -> Trees:
    """Gradient-boosted trees over dense rows; settings chosen in docs/experiments.md."""
    booster = HistGradientBoostingClassifier(
        max_iter=min(_LEAST_TREES + len(rows) // _DAYS_A_TREE, _MOST_TREES),
        learning_rate=0.05,
        max_leaf_nodes=31,
        max_depth=8,
        min_samples_leaf=20,
        l2_regularization=10.0,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    )
    exact = rows.astype(np.float32).astype(np.float64)  # as precise as they are when the trees judge
    counting = np.asarray(weights)
    cuts = [_cuts(column, counting) for column in exact.T]
    binned = _binned(exact, cuts)
    trees = _as_arrays(booster.fit(binned, labels, sample_weight=weights), cuts)
    return replace(trees, bias=float(booster.decision_function(binned[:1])[0] - trees.logits(exact[:1])[0]))


def _cuts(column: Floats, weights: Floats) -> Floats:
    """Where trees may cut a column: between any two of its values, or at weighted quantiles where these are too many.

    scikit-learn would do the same by itself, but sorts the column anew for each quantile where rows have weights.
    """
    values = np.unique(column)
    if len(values) <= _BINS:
        return np.asarray((values[1:] + values[:-1]) / 2)
    ranks = np.linspace(0, 1, _BINS + 1)[1:-1]
    return np.unique(np.quantile(column, ranks, weights=weights, method="inverted_cdf"))


def _binned(rows: Floats, cuts: Sequence[Floats]) -> Floats:
    """Each number as that of the first cut which is not below it."""
    return np.column_stack([np.searchsorted(own, column) for own, column in zip(cuts, rows.T, strict=True)])


def _as_arrays(booster: HistGradientBoostingClassifier, cuts: Sequence[Floats]) -> Trees:
    """The trees' nodes one after another, without the constant before the first tree."""
    # scikit-learn has no public way to the nodes of these trees; tests hold the arrays to its own predictions.
    parts = [stage[0].nodes for stage in booster._predictors]
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    nodes = np.concatenate(parts)
    leaf = nodes["is_leaf"].astype(bool)
    own, shift = np.arange(len(nodes)), np.repeat(starts, [len(part) for part in parts])
    places = zip(leaf, nodes["feature_idx"], nodes["num_threshold"], strict=True)
    return Trees.of(
        roots=starts.astype(np.int32),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32),
        threshold=np.array([0.0 if end else cuts[column][int(place)] for end, column, place in places]),
        left=np.where(leaf, own, nodes["left"] + shift).astype(np.int32),
        right=np.where(leaf, own, nodes["right"] + shift).astype(np.int32),
        value=np.where(leaf, nodes["value"], 0.0),
        bias=0.0,
        depth=int(nodes["depth"].max()),
    )
