"""The second layer learns what it is meant to: networks find what no straight line finds."""

import numpy as np
import pytest

from data.taxonomy import LABELS
from model.layers import MESSAGE_HEADS, reached
from training.second_layer import best_threshold, best_thresholds, best_urgency_thresholds, fit_second_layer

CHANCE = 0


@pytest.fixture
def either_or() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets where each head is set if exactly one of its two inputs is high."""
    inputs = np.random.default_rng(CHANCE).normal(size=(1200, 2)).astype(np.float32)
    odd = (inputs[:, 0] > 0) ^ (inputs[:, 1] > 0)
    return inputs, np.repeat(odd[:, None], len(MESSAGE_HEADS), axis=1)


def test_the_second_layer_sees_what_two_inputs_say_together(either_or: tuple[np.ndarray, np.ndarray]) -> None:
    """Logistic heads alone give every message one half here."""
    inputs, targets = either_or
    folds = np.arange(len(inputs)) % 4
    layer = fit_second_layer(inputs, targets, np.ones(targets.shape, dtype=np.float32), folds, jobs=1)
    held_out = layer.held_out[:, 0]
    assert held_out[targets[:, 0]].mean() - held_out[~targets[:, 0]].mean() > 0.15


def test_messages_of_weight_zero_teach_nothing(either_or: tuple[np.ndarray, np.ndarray]) -> None:
    """The same model comes out whatever stands in rows that nobody settled."""
    inputs, targets = either_or
    weights, folds = np.ones(targets.shape, dtype=np.float32), np.arange(len(inputs)) % 4
    weights[::2] = 0
    garbled = targets.copy()
    garbled[::2] = ~garbled[::2]
    one, other = (fit_second_layer(inputs, each, weights, folds, jobs=1).stack for each in (targets, garbled))
    assert np.array_equal(one.probabilities(inputs), other.probabilities(inputs))


def test_the_same_data_give_the_same_probabilities(either_or: tuple[np.ndarray, np.ndarray]) -> None:
    """Seeds are fixed."""
    inputs, targets = either_or
    weights, folds = np.ones(targets.shape, dtype=np.float32), np.arange(len(inputs)) % 4
    one, other = (fit_second_layer(inputs, targets, weights, folds, jobs=1).held_out for _ in range(2))
    assert np.array_equal(one, other)


def test_a_label_keeps_within_the_false_alarms_that_it_is_allowed() -> None:
    """The threshold of best F1 would alarm on both quiet messages; a label that may not goes above them."""
    said = np.array([0.9, 0.8, 0.6, 0.5, 0.5, 0.5, 0.3, 0.1])
    true = np.array([1, 1, 0, 1, 1, 1, 0, 0], dtype=bool)
    quiet = np.array([0, 0, 1, 0, 0, 0, 1, 1], dtype=bool)
    probabilities, targets = np.tile(said[:, None], len(LABELS)), np.tile(true[:, None], len(LABELS))
    allowed = [0.0] + [0.5] * (len(LABELS) - 1)
    strict, *lenient = best_thresholds(probabilities, targets, quiet, allowed)
    assert strict == pytest.approx(0.8)
    assert lenient == pytest.approx([0.5] * (len(LABELS) - 1))


def test_a_label_that_no_threshold_keeps_quiet_gets_the_strictest() -> None:
    """The likeliest message is a quiet one: whatever is taken alarms falsely, and so as little as can be is taken."""
    said = np.array([0.9, 0.8, 0.6, 0.5])
    true, quiet = np.array([False, True, True, False]), np.array([True, False, False, True])
    probabilities, targets = np.tile(said[:, None], len(LABELS)), np.tile(true[:, None], len(LABELS))
    assert best_thresholds(probabilities, targets, quiet, [0.0] * len(LABELS)) == pytest.approx([0.9] * len(LABELS))


def test_of_thresholds_that_do_as_well_the_lowest_is_taken() -> None:
    """Two false ones among a thousand change nothing, and what lies below them is found; a hundred are too many."""
    said = np.repeat([0.8, 0.5, 0.4, 0.3], [1000, 2, 1, 100])
    true = np.repeat([True, False, True, False], [1000, 2, 1, 100])
    assert best_threshold(said, true) == pytest.approx(0.4)


def test_levels_are_decided_where_kappa_and_the_highest_level_are_told_best() -> None:
    """Thresholds part what can be parted; where the kappa would wait, the F1 of level 3 decides."""
    levels = np.repeat([0, 1, 2, 3], 30)
    sure = np.array([[0.1, 0.05, 0.0], [0.7, 0.2, 0.05], [0.9, 0.7, 0.3], [0.95, 0.9, 0.45]], dtype=np.float32)
    one, two, three = best_urgency_thresholds(sure[levels], levels)
    assert 0.15 < one <= 0.95  # expected levels are 0.15, 0.95, 1.9 and 2.3
    assert 0.95 < two <= 1.9
    assert 1.9 < three <= 2.3
    assert reached(sure, (one, two, three)).tolist() == [0, 1, 2, 3]


def test_no_level_is_told_that_the_probabilities_rule_out() -> None:
    """Between "nothing" and "now" the expected level is "soon", which is not so: it is the likelier of the two."""
    exceeds = np.array([[0.8, 0.8, 0.79], [0.4, 0.4, 0.39], [0.8, 0.75, 0.6], [0.98, 0.01, 0.0]], dtype=np.float32)
    assert reached(exceeds, (0.5, 1.1, 2.6)).tolist() == [3, 0, 2, 1]
