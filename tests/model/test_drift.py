"""Drift is told where a label is found much more or much less often than in training, and chance cannot explain it."""

from model.drift import Drift, Seen, drifts

TRAINED = Seen(2000, 0.1, 0.10)


def warned(messages: int, share: float) -> bool:
    return Drift("en", "distrust", TRAINED, Seen(messages, share, share)).warned


def test_a_far_move_is_a_warning() -> None:
    """Three times as often, or hardly at all."""
    assert warned(400, 0.30)
    assert warned(400, 0.01)


def test_small_moves_and_small_numbers_are_none() -> None:
    """Half as much again is not drift, and twenty messages say nothing."""
    assert not warned(400, 0.15)
    assert not warned(20, 0.9)
    assert not warned(400, 0.10)
    assert not Drift("en", "distrust", Seen(0, 0.0, 0.0), Seen(400, 0.0, 0.0)).warned


def test_only_what_both_know_is_compared() -> None:
    """A language that is not in the profile, or not in the mail, is left out."""
    profile = {"en": {"messages": 2000, "labels": {"distrust": {"mean": 0.1, "share": 0.1}}}}
    seen = Seen(300, 0.3, 0.4)
    found = drifts(profile, {("en", "distrust"): seen, ("fil", "distrust"): seen})
    assert [(one.language, one.label, one.warned) for one in found] == [("en", "distrust", True)]
    assert "40% of 300 messages, 10% in training" in found[0].sentence()
