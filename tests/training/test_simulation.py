"""Reading off how many labels an order of labelling saves."""

import pytest

from training.simulate import labels_needed

SIZES = (200, 400, 800)


def test_a_goal_is_read_off_between_the_points() -> None:
    """Half of the way between two values is half of the way between their labels."""
    assert labels_needed(SIZES, (0.2, 0.4, 0.6), 0.5) == pytest.approx(600)
    assert labels_needed(SIZES, (0.2, 0.4, 0.6), 0.6) == pytest.approx(800)


def test_a_goal_reached_at_once_or_never() -> None:
    """The first size, or infinitely many."""
    assert labels_needed(SIZES, (0.2, 0.4, 0.6), 0.1) == 200
    assert labels_needed(SIZES, (0.2, 0.4, 0.6), 0.9) == float("inf")
