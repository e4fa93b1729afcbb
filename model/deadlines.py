"""Chooses a mail's deadline: of the days it names, the earliest by which the provider is asked to act."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.records import Part
from model.deadline_features import MailReading, read_mail
from model.deadline_scores import Floats, Linear, Trees, asking_values, dense_features
from model.deadline_words import WordScores

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

    A sentence is scored for asking something, the mail for urgency, each named day for the words around it; trees over
    these and the other days give its probability. A mail has a deadline where a day reaches ``threshold``: the earliest
    day that has at least ``share`` of the highest probability.
    """

    asking: Linear
    urgency: tuple[Linear, ...]
    nearby: Linear
    value_weights: Floats
    trees: Trees
    threshold: float
    share: float
    words: WordScores = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the weights of words side by side once."""
        object.__setattr__(self, "words", WordScores(self.asking, self.urgency, self.nearby))

    def choose(
        self, subjects: Sequence[str], texts: Sequence[str], sent_ats: Sequence[datetime | None]
    ) -> list[Deadline | None]:
        """The deadline of each mail, or None."""
        return [mail.deadline for mail in self.read(subjects, texts, sent_ats)]

    def read(
        self, subjects: Sequence[str], texts: Sequence[str], sent_ats: Sequence[datetime | None]
    ) -> list[DatedMail]:
        """The deadline of each mail and the facts about its days."""
        readings = [read_mail(*mail) for mail in zip(subjects, texts, sent_ats, strict=True)]
        return self.conclude(readings, self.probabilities(readings))

    def probabilities(self, readings: Sequence[MailReading]) -> list[Floats]:
        """For each mail the probability of each of its candidates to be asked for."""
        dated = [reading for reading in readings if reading.candidates]
        if not dated:
            return per_mail(readings, np.zeros(0))
        sentences, mails = self.words.sums(dated)
        ends = np.cumsum([len(reading.sentences) for reading in dated])[:-1]
        asking = np.split(sentences[:, 0], ends)
        rows = [self._rows(*one) for one in zip(dated, asking, mails, strict=True)]
        return per_mail(readings, self.trees.probabilities(np.vstack(rows)))

    def conclude(self, readings: Sequence[MailReading], probabilities: Sequence[Floats]) -> list[DatedMail]:
        """Deadline and facts of each mail from its candidates' probabilities."""
        return [
            DatedMail(pick(reading, own, self.threshold, self.share), facts_of(reading, own))
            for reading, own in zip(readings, probabilities, strict=True)
        ]

    def parameters(self) -> dict[str, Any]:
        """Everything the model is, as arrays and what JSON can hold."""
        linear = {"asking": self.asking, "nearby": self.nearby} | {
            f"urgency{i}": one for i, one in enumerate(self.urgency)
        }
        saved: dict[str, Any] = {f"trees_{name}": getattr(self.trees, name) for name in _ARRAYS}
        for name, scorer in linear.items():
            saved[f"{name}_names"] = list(scorer.weights)
            saved[f"{name}_weights"] = np.array(list(scorer.weights.values()), dtype=np.float64)
        numbers = {name: linear[name].bias for name in linear} | {"trees": self.trees.bias, "depth": self.trees.depth}
        settings = {"threshold": self.threshold, "share": self.share, "urgency_scorers": len(self.urgency)}
        return saved | {"value_weights": self.value_weights, "biases": numbers, "settings": settings}

    @classmethod
    def from_parameters(cls, saved: Mapping[str, Any]) -> "DeadlineModel":
        """The model from what :meth:`parameters` gave."""
        biases, settings = saved["biases"], saved["settings"]
        arrays = {name: np.asarray(saved[f"trees_{name}"]) for name in _ARRAYS}
        urgency = tuple(_linear(saved, f"urgency{i}") for i in range(int(settings["urgency_scorers"])))
        trees = Trees(**arrays, bias=float(biases["trees"]), depth=int(biases["depth"]))
        weights = np.asarray(saved["value_weights"], dtype=np.float64)
        chosen = float(settings["threshold"]), float(settings["share"])
        return cls(_linear(saved, "asking"), urgency, _linear(saved, "nearby"), weights, trees, *chosen)

    def _rows(self, reading: MailReading, asking: Floats, of_mail: Floats) -> Floats:
        _, *urgency, shared = of_mail.tolist()
        values = asking_values(reading, asking.tolist(), urgency)
        offsets = (values @ self.value_weights + shared).tolist()
        logits = [self.nearby.logit(one.features) + offsets[place] for place, one in enumerate(reading.candidates)]
        return dense_features(reading, logits, values)


def per_mail(readings: Sequence[MailReading], probabilities: Floats) -> list[Floats]:
    """One array for all candidates cut into one for each mail."""
    bounds = accumulate((len(reading.candidates) for reading in readings), initial=0)
    return [probabilities[start:end] for start, end in pairwise(bounds)]


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


def _linear(saved: Mapping[str, Any], name: str) -> Linear:
    weights: NDArray[np.float64] = np.asarray(saved[f"{name}_weights"], dtype=np.float64)
    return Linear(dict(zip(saved[f"{name}_names"], weights.tolist(), strict=True)), float(saved["biases"][name]))
