"""Learning curves show what more messages bring, for each part by itself."""

import numpy as np
from scipy import sparse

from training.learning_curve import SHARES, learning_curve, learning_curves

ROWS, FEATURES = 800, 60


def _task() -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Two labels: the first depends on many features, so that it takes messages to learn; nothing tells the second."""
    chance = np.random.default_rng(0)
    matrix = chance.normal(size=(ROWS, FEATURES)).astype(np.float32)
    targets = np.stack([matrix @ chance.normal(size=FEATURES) > 4, chance.random(ROWS) > 0.5], axis=1)
    return sparse.csr_matrix(matrix), targets, np.arange(ROWS) % 4


def test_more_messages_teach_more_and_each_part_has_its_own_curve() -> None:
    """The label that can be learnt rises; the one that cannot stays at chance, and does not hide it."""
    matrix, targets, folds = _task()
    parts = {"learnable": np.zeros_like(targets), "chance": np.zeros_like(targets)}
    parts["learnable"][:, 0], parts["chance"][:, 1] = True, True
    weights = np.ones(targets.shape, dtype=np.float32)
    curves = learning_curves(matrix, targets, weights, folds, parts, seed=0, jobs=1)
    first, *_, last = [point.precision for point in curves["learnable"]]
    assert last > first + 0.1
    assert max(point.precision for point in curves["chance"]) < 0.65
    assert [point.messages for point in curves["chance"]] == sorted(point.messages for point in curves["chance"])


def test_the_whole_curve_has_a_point_for_each_share() -> None:
    """And the last one has learnt from all messages that were not held out."""
    matrix, targets, folds = _task()
    points = learning_curve(matrix, targets, np.ones(targets.shape, dtype=np.float32), folds, seed=0, jobs=1)
    assert len(points) == len(SHARES)
    assert points[-1].messages == (folds != 0).sum()
