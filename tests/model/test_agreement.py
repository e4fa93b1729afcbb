"""Krippendorff's alpha, held against his own examples and against cases worked out by hand."""

import math

import pytest

from data.labels.opinion import Opinion
from model.agreement import agreements, alpha, nominal_distances, ordinal_distances

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units.
EXAMPLE = [
    [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
    [1, 1, 2, 1], [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
]  # fmt: skip


def test_the_published_example_nominal() -> None:
    """0.743 in the paper."""
    assert alpha(EXAMPLE, nominal_distances) == pytest.approx(0.743, abs=5e-4)


def test_the_published_example_ordinal() -> None:
    """0.815 in the paper."""
    assert alpha(EXAMPLE, ordinal_distances) == pytest.approx(0.815, abs=5e-4)


def test_two_observers_and_two_values() -> None:
    """Example A of the paper: ten units, two observers, 0.095."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert alpha(list(zip(first, second, strict=True)), nominal_distances) == pytest.approx(0.095, abs=5e-4)


def test_without_variation_or_overlap_it_is_undefined() -> None:
    """Everybody says the same, or nobody shares a message."""
    assert math.isnan(alpha([[1, 1], [1, 1]], nominal_distances))
    assert math.isnan(alpha([[1], [0]], nominal_distances))
    assert math.isnan(alpha([], ordinal_distances))


def test_labels_are_counted_where_two_people_spoke_of_them() -> None:
    """Silence is not disagreement."""
    yes, no, silent = Opinion("a", {"distrust": True}), Opinion("b", {"distrust": False}), Opinion("c", urgency=2)
    yes_too = Opinion("b", {"distrust": True})
    found = {one.aspect: one for one in agreements([[yes, yes_too], [no, no], [yes, silent], [yes]])}
    assert found["distrust"].messages == 2
    assert found["distrust"].alpha == 1.0
    assert math.isnan(found["goodwill"].alpha)
