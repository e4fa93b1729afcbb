"""A mailbox where labels are rare gets lower probabilities, by Bayes and by nothing else."""

from pathlib import Path

import numpy as np
import pytest

from data.records import Email
from model.prior import Shares, shifted
from model.registry import Registry

SHARES = Shares((0.1, 0.2), 0.5)


def test_the_prior_of_training_changes_nothing() -> None:
    """Where labels are as common as in training, probabilities stay."""
    probabilities = np.array([[0.9, 0.05]], dtype=np.float32)
    assert shifted(probabilities, SHARES, 0.5) == pytest.approx(probabilities, abs=1e-6)


def test_odds_change_by_the_quotient_of_the_prior_odds() -> None:
    """A tenth of the labels: prior odds of 0.1 become those of 0.01, and even odds 1/11."""
    (told,) = shifted(np.array([[0.5, 0.5]], dtype=np.float32), SHARES, 0.05)
    assert told[0] == pytest.approx((0.01 / 0.99) / (0.1 / 0.9) / (1 + (0.01 / 0.99) / (0.1 / 0.9)), rel=1e-4)
    assert told[1] < told[0]  # the odds of the commoner label fall more


def test_certainties_stay_numbers() -> None:
    """Neither 0 nor 1 divides by nothing."""
    told = shifted(np.array([[0.0, 1.0]], dtype=np.float32), Shares((0.0, 1.0), 0.0), 0.1)
    assert np.isfinite(told).all()


def test_a_model_judges_by_the_prior_it_is_loaded_with(home: Path) -> None:
    """The same mail bears lower probabilities in a mailbox of few labels; urgency is not touched."""
    mail = Email("m", "Any news?", "Did you get my mail? Send me an update every hour and copy me on each step.")
    usual, rare = (Registry(home / "models", prior).champion() for prior in (None, 0.02))
    assert usual is not None
    assert rare is not None
    (one,), (other,) = usual.judge([mail]), rare.judge([mail])
    assert all(a.probability > b.probability for a, b in zip(one.signals, other.signals, strict=True))
    assert one.urgency.probabilities == other.urgency.probabilities
