"""The figures that decide over models, held against cases worked out by hand."""

from datetime import date

import numpy as np
import pytest

from training.metrics import (
    calibration_error,
    deadline_f1,
    label_figures,
    precision_recall_f1,
    quadratic_kappa,
    reliability,
)


def test_precision_recall_and_f1_by_hand() -> None:
    """Three hits among four said and six true."""
    assert precision_recall_f1(3, 4, 6) == (0.75, 0.5, 0.6)


def test_nothing_to_find_and_nothing_said_is_perfect() -> None:
    """A label that no message bears does not pull the mean down."""
    assert precision_recall_f1(0, 0, 0) == (1.0, 1.0, 1.0)


def test_calibration_error_of_honest_probabilities_is_zero() -> None:
    """Of ten messages given 0.7, seven bear the label."""
    assert calibration_error(np.array([True] * 7 + [False] * 3), np.full(10, 0.7)) == pytest.approx(0, abs=1e-6)


def test_calibration_error_counts_the_gap() -> None:
    """All given 0.9 and none true: the error is 0.9."""
    assert calibration_error(np.zeros(10, dtype=bool), np.full(10, 0.9)) == pytest.approx(0.9)


def test_reliability_tells_what_was_said_and_what_was_so() -> None:
    """Two bins that hold something, each with its mean, share and size; empty ones are left out."""
    true = np.array([True, False, False, True, True])
    assert reliability(true, np.array([0.12, 0.16, 0.14, 0.98, 1.0])) == [(0.14, 0.3333, 3), (0.99, 1.0, 2)]


def test_a_wrong_date_is_a_miss_and_a_false_alarm() -> None:
    """One right, one wrong, one missed, one invented: F1 is 2 / (3 + 3)."""
    one, two = date(2026, 3, 1), date(2026, 3, 2)
    assert deadline_f1([one, one, one, None], [one, two, None, two]) == pytest.approx(2 / 6)


def test_kappa_weighs_far_errors_more() -> None:
    """Missing by three levels costs more than missing by one."""
    true = np.array([0, 0, 1, 2, 3, 3])
    near, far = np.array([1, 0, 1, 2, 3, 3]), np.array([3, 0, 1, 2, 3, 3])
    assert quadratic_kappa(true, true) == 1.0
    assert quadratic_kappa(true, near) > quadratic_kappa(true, far)


def test_average_precision_is_undefined_without_a_positive() -> None:
    """No message bears the label: not a number, rather than a made-up one."""
    figures = label_figures(np.zeros(3, dtype=bool), np.zeros(3, dtype=bool), np.array([0.1, 0.2, 0.3]))
    assert np.isnan(figures.average_precision)
