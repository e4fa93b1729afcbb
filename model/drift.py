"""Whether mail has come to differ from what a model was trained on: how often each label is found, then and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.taxonomy import LABELS, LANGUAGES, Label, Language

FEWEST = 100  # messages of a language in a window below which nothing is said
TIMES, DEVIATIONS = (
    2.0,
    4.0,
)  # how many times as often (or as seldom), and how far beyond chance, before it is a warning


@dataclass(frozen=True, slots=True)
class Seen:
    """A label in a language in some window: messages, mean probability, and share of messages where it is present."""

    messages: int
    mean: float
    share: float


@dataclass(frozen=True, slots=True)
class Drift:
    """A label in a language, as training lets expect it and now.

    ``warned`` where the share has moved far and beyond chance.
    """

    language: Language
    label: Label
    trained: Seen
    now: Seen

    @property
    def warned(self) -> bool:
        """Whether somebody should look at it."""
        if self.now.messages < FEWEST:
            return False
        share, before, after = self._pooled(), self.trained.share, self.now.share
        spread = (share * (1 - share) * (1 / self.now.messages + 1 / max(self.trained.messages, 1))) ** 0.5
        low, high = sorted((before, after))
        return high >= TIMES * low and abs(after - before) > DEVIATIONS * spread > 0

    def sentence(self) -> str:
        """For people."""
        return (
            f"{self.label} in {self.language}: present in {self.now.share:.0%} of {self.now.messages} messages, "
            f"{self.trained.share:.0%} in training"
        )

    def _pooled(self) -> float:
        total = self.now.messages + self.trained.messages
        return (self.now.share * self.now.messages + self.trained.share * self.trained.messages) / max(total, 1)


def drifts(profile: Mapping[str, Any], now: Mapping[tuple[str, str], Seen], commonness: float = 1.0) -> list[Drift]:
    """Every label of every language that is both in a manifest's profile (training.profile) and in ``now``.

    ``commonness``: how many times as common as in training labels are taken to be now (model.prior).
    """
    found = []
    for lang in LANGUAGES:
        for label in LABELS:
            seen = now.get((lang, label))
            if lang in profile and label in profile[lang]["labels"] and seen is not None:
                trained = profile[lang]["labels"][label]
                mean, share = (min(trained[name] * commonness, 1.0) for name in ("mean", "share"))
                before = Seen(profile[lang]["messages"], mean, share)
                found.append(Drift(lang, label, before, seen))
    return found
