"""A candidate is put in use only where it is as good as the champion on the same held-out messages."""

from dataclasses import replace

import numpy as np
import pytest

from data.taxonomy import LABELS
from model.layers import MESSAGE_HEADS
from training.bootstrap import kappa, label_f1, macro, resamples
from training.held_out import HeldOut
from training.metrics import precision_recall_f1, quadratic_kappa
from training.promote import Decision, Margins, compare, decide

MESSAGES, HEADS = 600, len(MESSAGE_HEADS)


def held(error: float = 0.1, seed: int = 1) -> HeldOut:
    """Messages of 200 clients in three languages; a model that is wrong about ``error`` of all heads."""
    truth = np.random.default_rng(0)
    targets = truth.random((MESSAGES, HEADS)) < 0.3
    targets[:, 9:12] = np.arange(1, 4) <= truth.integers(0, 4, size=MESSAGES)[:, None]
    wrong = np.random.default_rng(seed).random((MESSAGES, HEADS)) < error
    return HeldOut(
        ids=np.array([f"m{n}" for n in range(MESSAGES)], dtype=np.str_),
        clients=np.arange(MESSAGES) % 200,
        languages=np.arange(MESSAGES) % 3,
        own=np.zeros(MESSAGES, dtype=bool),
        targets=targets,
        known=np.ones((MESSAGES, HEADS), dtype=bool),
        probabilities=np.where(targets ^ wrong, 0.9, 0.1).astype(np.float32),
        thresholds=np.full(HEADS, 0.5, dtype=np.float32),
    )


def decided(candidate: HeldOut, champion: HeldOut, time: float = 1.0) -> Decision:
    return compare(candidate, champion, time, version="champion", margins=Margins())


def failed(decision: Decision) -> set[str]:
    return {check.name for check in decision.checks if not check.passed}


def worse(model: HeldOut, head: int, share: float) -> HeldOut:
    """The same, with a share of one head's hits missed."""
    probabilities = model.probabilities.copy()
    hits = np.flatnonzero(model.targets[:, head])
    probabilities[hits[: int(share * len(hits))], head] = 0.1
    return replace(model, probabilities=probabilities)


def test_the_same_again_is_promoted() -> None:
    """Nothing is worse, nothing stands in the way."""
    assert decided(held(), held()).promoted
    assert decided(held(error=0.05), held()).promoted


def test_worse_beyond_noise_is_refused_with_the_reason() -> None:
    """Twice the errors: macro-F1 and nearly everything else, each named."""
    decision = decided(held(error=0.2), held())
    assert not decision.promoted
    assert {"macro-F1", "kappa of urgency"} <= failed(decision)
    assert "macro-F1" in decision.reason


def test_noise_alone_is_no_reason() -> None:
    """Other errors, as many: macro-F1 passes."""
    assert "macro-F1" not in failed(decided(held(seed=2), held(seed=1)))


def test_one_label_may_not_fall() -> None:
    """A single label that is found less often stops a model that is as good in everything else."""
    decision = decided(worse(held(), 1, 0.3), held())
    assert "F1 of distrust" in failed(decision)
    assert not decision.promoted


def test_one_language_may_not_fall() -> None:
    """All labels a little worse in one language only."""
    candidate = held()
    probabilities = candidate.probabilities.copy()
    malay = candidate.languages == 2
    fallen = malay[:, None] & (np.random.default_rng(3).random((MESSAGES, HEADS)) < 0.06)
    probabilities[fallen] = 1 - probabilities[fallen]
    assert "macro-F1 in ms" in failed(decided(replace(candidate, probabilities=probabilities), held()))
    assert "macro-F1 in en" not in failed(decided(replace(candidate, probabilities=probabilities), held()))


def test_calibration_and_time_count() -> None:
    """Probabilities that are too sure, and a model that takes twice as long."""
    candidate = held()
    sure = np.where(candidate.probabilities > 0.5, 0.999, 0.001).astype(np.float32)
    assert failed(decided(replace(candidate, probabilities=sure), held())) == {"calibration error"}
    assert failed(decided(held(), held(), time=2.0)) == {"time a message takes"}


def test_a_label_that_was_changed_is_not_compared_on() -> None:
    """Whoever turns labels over does not thereby make the champion look bad."""
    candidate = held()
    turned = candidate.targets.copy()
    turned[::4, 0] ^= True
    probabilities = candidate.probabilities.copy()
    probabilities[::4, 0] = np.where(turned[::4, 0], 0.9, 0.1)
    decision = decided(replace(candidate, targets=turned, probabilities=probabilities), held())
    check = next(one for one in decision.checks if one.name == "F1 of micro_managing")
    assert check.change == pytest.approx(0, abs=0.02)


def test_new_own_messages_are_reported_and_do_not_decide() -> None:
    """Their labels may be wrong: both models are measured on them, beside what decides."""
    everything = replace(held(), own=np.arange(MESSAGES) >= 500)
    old, new = np.arange(500), np.arange(500, MESSAGES)
    champion = held(error=0.1).only(old)
    unseen = replace(held(error=0.4, seed=5), own=everything.own).only(new)
    decision = decide(everything, champion, unseen, 1.0, version="champion", margins=Margins())
    assert decision.promoted
    assert decision.shared == 500
    assert decision.own is not None
    number, before, after = decision.own
    assert number == 100
    assert after > before + 0.2


def test_models_that_share_little_are_compared_on_everything() -> None:
    """Where the champion learnt from other data, it judges the candidate's messages itself."""
    few, rest = np.arange(50), np.arange(50, MESSAGES)
    decision = decide(held(), held(0.3).only(few), held(0.3).only(rest), 1.0, version="champion", margins=Margins())
    assert decision.shared == MESSAGES
    assert decision.promoted


def test_the_resampled_figures_are_the_usual_ones() -> None:
    """The first resample is every message once: F1 and kappa as the plain functions give them."""
    own = held()
    weights = resamples(own.clients, number=10)
    for head in range(len(LABELS)):
        true, said = own.targets[:, head], own.said[:, head]
        expected = precision_recall_f1(int((true & said).sum()), int(said.sum()), int(true.sum()))[2]
        assert label_f1(own, weights)[0, head] == pytest.approx(expected, abs=1e-5)
    assert kappa(own, weights)[0] == pytest.approx(quadratic_kappa(own.true_levels, own.levels), abs=1e-5)
    assert macro(label_f1(own, weights)).shape == (11,)


def test_a_client_is_drawn_with_all_its_messages() -> None:
    """Messages of one client have the same weight in every resample."""
    weights = resamples(np.array([1, 2, 1, 3, 1]), number=50)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] == weights[:, 4]).all()
    assert (weights[:, 0] != weights[:, 1]).any()


def test_what_is_kept_comes_back() -> None:
    """The record beside a model is read as it was written, but for the last digits of probabilities."""
    own = held()
    back = HeldOut.unpacked(own.packed())
    assert back.ids.tolist() == own.ids.tolist()
    assert (back.said == own.said).all()
    assert (back.levels == own.levels).all()
    assert own.packed() == back.packed()
