"""Chooses a mail's deadline: of the days it names, the earliest by which the provider is asked to act."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from data.records import Part
from model.deadline_features import MailReading
from model.deadline_scores import Floats, Linear, Said, Trees, dense_features, per_mail

FACT_NAMES = (
    "day_named",  # a coming day is named
    "nearest_day",  # how far the nearest is, on a scale of logarithms
    "deadline_probability",  # the most probable deadline
    "due_now",  # the most probable one today or tomorrow
    "due_this_week",  # in 2 to 7 days
    "due_later",  # in more than 7 days
    "hour_today",  # an hour of the day of sending is named
    "hour_is_due",  # ... and how probably that is the deadline
)
_ARRAYS = ("roots", "feature", "threshold", "left", "right", "value")
_FAR = 6.0  # log(1 + days) where no day is named


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline with its probability, and whether subject or text tells it."""

    date: date
    probability: float
    part: Part


@dataclass(frozen=True, slots=True)
class DatedMail:
    """What was concluded from the days in one mail: the deadline if there is one, and ``facts`` named by FACT_NAMES."""

    deadline: Deadline | None
    facts: Floats


@dataclass(frozen=True, slots=True)
class DeadlineModel:
    """The learnt chooser.

    Each named day is scored by the words around it and by what the first layer says of its sentence, the others and
    the message (see model.deadline_scores.Said); trees over these and the other days give its probability. A mail has a
    deadline where a day reaches ``threshold``: the earliest day that has at least ``share`` of the highest probability.
    """

    nearby: Linear
    said_weights: Floats
    trees: Trees
    threshold: float
    share: float

    def read(self, readings: Sequence[MailReading], said: Said) -> list[DatedMail]:
        """The deadline of each mail and the facts about its days."""
        return [
            DatedMail(pick(reading, own, self.threshold, self.share), facts_of(reading, own))
            for reading, own in zip(readings, self.probabilities(readings, said), strict=True)
        ]

    def probabilities(self, readings: Sequence[MailReading], said: Said) -> list[Floats]:
        """For each mail the probability of each of its candidates to be asked for."""
        rows = [
            self._rows(reading, said.around(n, reading)) for n, reading in enumerate(readings) if reading.candidates
        ]
        return per_mail(readings, self.trees.probabilities(np.vstack(rows)) if rows else np.zeros(0))

    def parameters(self) -> dict[str, Any]:
        """Everything the model is, as arrays and what JSON can hold."""
        named = self.nearby.named
        return {f"trees_{name}": getattr(self.trees, name) for name in _ARRAYS} | {
            "nearby_names": list(named),
            "nearby_weights": np.array(list(named.values()), dtype=np.float64),
            "said_weights": self.said_weights,
            "biases": {"nearby": self.nearby.bias, "trees": self.trees.bias},
            "settings": {"depth": self.trees.depth, "threshold": self.threshold, "share": self.share},
        }

    @classmethod
    def from_parameters(cls, saved: Mapping[str, Any]) -> "DeadlineModel":
        """The model from what :meth:`parameters` gave."""
        biases, settings = saved["biases"], saved["settings"]
        arrays = {name: np.asarray(saved[f"trees_{name}"]) for name in _ARRAYS}
        trees = Trees.of(**arrays, bias=float(biases["trees"]), depth=int(settings["depth"]))
        weights = np.asarray(saved["nearby_weights"]).tolist()
        nearby = Linear.of(zip(saved["nearby_names"], weights, strict=True), float(biases["nearby"]))
        return cls(
            nearby, np.asarray(saved["said_weights"]), trees, float(settings["threshold"]), float(settings["share"])
        )

    def _rows(self, reading: MailReading, around: Floats) -> Floats:
        shared = self.nearby.bias + self.nearby.sum(reading.features)
        offsets = (around @ self.said_weights + shared).tolist()
        logits = [self.nearby.sum(one.features) + offsets[place] for place, one in enumerate(reading.candidates)]
        return dense_features(reading, logits, around)


def pick(reading: MailReading, probabilities: Floats, threshold: float, share: float) -> Deadline | None:
    """The earliest day nearly as probable as the most probable one, if that one reaches the threshold."""
    if not len(probabilities) or probabilities.max() < threshold:
        return None
    enough = share * probabilities.max()
    pairs = zip(reading.candidates, probabilities.tolist(), strict=True)
    best, probability = min((p for p in pairs if p[1] >= enough), key=lambda p: (p[0].mention.date, -p[1]))
    return Deadline(best.mention.date, probability, best.part)


def facts_of(reading: MailReading, probabilities: Floats) -> Floats:
    """The facts of a mail from its candidates and their probabilities, in the order of FACT_NAMES."""
    pairs = list(zip(reading.candidates, probabilities.tolist(), strict=True))
    if not pairs:
        return np.array([0.0, _FAR, *[0.0] * 6])
    near = min(one.days for one, _ in pairs)
    hours = [p for one, p in pairs if one.days == 0 and one.mention.hour is not None]
    due = [_most(p for one, p in pairs if low <= one.days <= high) for low, high in ((0, 1), (2, 7), (8, 10**6))]
    return np.array([1.0, math.log1p(near), probabilities.max(), *due, float(bool(hours)), _most(hours)])


def _most(probabilities: Iterable[float]) -> float:
    return max(probabilities, default=0.0)
