"""The small learners inside the deadline chooser, as plain numbers: linear ones over words, and trees over them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.date_words import LEADS
from model.deadline_features import Candidate, MailReading, Sentence, classes_of, shape

Floats = NDArray[np.float64]

_REACH = 6.0  # scores beyond it are certain enough
_KINDS = ("absolute", "weekday", "relative", "today", "duration", "period_end", "ordinal", "hour")
_LEADS = ("none", *LEADS)
_FLAGS = ("end=?", "pend=?", "nend=?", "first=True", "lone=True", "lh:ed", "rh:ed")
_CLASSES = ("ask", "told", "void", "meet", "we", "you", "inform")


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression over named features that are there or not."""

    weights: Mapping[str, float]
    bias: float

    def logit(self, features: Iterable[str]) -> float:
        """The sum of the weights of the features that are there, each counted once."""
        weights = self.weights
        return self.bias + sum([weights[name] for name in set(features) if name in weights])


@dataclass(frozen=True, slots=True)
class Trees:
    """Gradient-boosted trees as arrays over all their nodes; at a leaf both branches lead to the leaf itself."""

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    bias: float
    depth: int

    def probabilities(self, rows: Floats) -> Floats:
        """The probability for each row of dense features."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.logits(rows))), dtype=np.float64)

    def logits(self, rows: Floats) -> Floats:
        """The same before it is brought between 0 and 1."""
        exact = rows.astype(np.float32)  # the precision in which the thresholds were learnt
        nodes = np.tile(self.roots, (len(rows), 1))
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = exact[index, self.feature[nodes]] <= self.threshold[nodes]
            nodes = np.where(goes_left, self.left[nodes], self.right[nodes])
        return np.asarray(self.bias + self.value[nodes].sum(axis=1), dtype=np.float64)


def word_features(words: Iterable[str]) -> set[str]:
    """The words themselves, their first four letters, and the affixes of verbs."""
    return {name for word in words for name in features_of(word)}


@lru_cache(maxsize=20_000)  # most words of a mail are common ones
def features_of(word: str) -> tuple[str, ...]:
    """The features of one word."""
    affix = shape(word)
    return (f"w:{word}", *([f"4:{word[:4]}"] if len(word) > 4 else []), *([f"h:{affix}"] if affix else []))


def sentence_features(sentence: Sentence) -> set[str]:
    """The features by which a sentence is told to ask something of the provider."""
    return word_features(sentence.words) | {f"f:{sentence.words[0]}", f"end={sentence.mark}"}


def asking_values(reading: MailReading, sentence_logits: Sequence[float], mail_logits: Sequence[float]) -> Floats:
    """For each candidate: how much its sentence asks, and those before and after, the one that asks most, the mail."""
    asks = [max(-_REACH, min(_REACH, logit)) for logit in sentence_logits]
    top = max(asks, default=-_REACH)
    rows = []
    for candidate in reading.candidates:
        place = candidate.sentence
        before = asks[place - 1] if place else -_REACH / 2
        after = asks[place + 1] if place + 1 < len(asks) else -_REACH / 2
        rows.append((asks[place], before, after, top, asks[place] - top, *mail_logits))
    return np.array(rows, dtype=np.float64) / 2


def dense_features(reading: MailReading, logits: Sequence[float], values: Floats) -> Floats:
    """One row for each candidate, for the trees: its own logit, those of the other days, and what else is known."""
    said = classes_of(reading.words)
    mail = [float(name in said) for name in _CLASSES]
    rows = [
        [*_among(place, reading.candidates, logits), *_form(one, reading), *_flags(one), *mail, *values[place]]
        for place, one in enumerate(reading.candidates)
    ]
    return np.array(rows, dtype=np.float64)


def _among(place: int, candidates: Sequence[Candidate], logits: Sequence[float]) -> list[float]:
    days = candidates[place].days
    others = [(other.days - days, logits[i]) for i, other in enumerate(candidates) if i != place]
    groups = (
        [logit for _, logit in others],
        [logit for apart, logit in others if apart < 0],
        [logit for apart, logit in others if apart > 0],
        [logit for apart, logit in others if apart == 0],
    )
    return [logits[place], *(max(group, default=-_REACH) for group in groups), float(len(candidates))]


def _form(candidate: Candidate, reading: MailReading) -> list[float]:
    mention, sent_at = candidate.mention, reading.sent_at
    hour = -1.0 if mention.hour is None else mention.hour
    sent_hour = sent_at.hour + sent_at.minute / 60 if sent_at else 12.0
    place, count = candidate.sentence, len(reading.sentences)
    return [
        float(candidate.days),
        float(_KINDS.index(mention.kind)),
        float(_LEADS.index(mention.lead)),
        hour,
        sent_hour,
        float(sent_at.weekday() if sent_at else -1),
        float(mention.date.weekday()),
        float(candidate.part == "subject"),
        float(place),
        float(count - place),
        float(count),
    ]


def _flags(candidate: Candidate) -> list[float]:
    features = set(candidate.features)
    return [float(flag in features) for flag in _FLAGS] + [float(f"c:{name}" in features) for name in _CLASSES]
