"""The small learners inside the deadline chooser, as plain numbers: linear ones over words, and trees over them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from model.columns import Ints
from model.date_words import LEADS
from model.deadline_features import Candidate, Features, MailReading, classes_of, slot_of
from model.layers import MESSAGE_HEADS, SENTENCE_HEADS
from model.text import Tokens

Floats = NDArray[np.float64]
Number = TypeVar("Number", bound=np.floating)

NEAR = 4  # tokens on either side of a day that tell what is said of it (docs/experiments.md)
_REACH = 6.0  # scores beyond it are certain enough
_NOTHING = np.full((1, 3), -_REACH / 2, dtype=np.float32)  # the scores of a sentence that is not there
_KINDS = ("absolute", "weekday", "relative", "today", "duration", "period_end", "ordinal", "hour", "now")
_ASKING = [SENTENCE_HEADS.index(head) for head in ("asks", "asks_soon", "asks_now")]
_URGENCY = [MESSAGE_HEADS.index(head) for head in ("urgency_1", "urgency_2", "urgency_3")]
_LEADS = ("none", *LEADS)
_FLAGS = ("end=?", "pend=?", "nend=?", "first=True", "lone=True")
_CLASSES = ("ask", "told", "void", "meet", "we", "you", "inform")


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression over features that are there or not; ``weights`` by slot, and by what stands there."""

    weights: Mapping[str, Mapping[str, float]]
    bias: float

    @classmethod
    def of(cls, weights: Iterable[tuple[str, float]], bias: float) -> "Linear":
        """From weights by name."""
        by_slot: dict[str, dict[str, float]] = {}
        for name, weight in weights:
            slot, value = slot_of(name)
            by_slot.setdefault(slot, {})[value] = weight
        return cls(by_slot, bias)

    @property
    def named(self) -> dict[str, float]:
        """The weights by name."""
        return {f"{slot}{value}": weight for slot, own in self.weights.items() for value, weight in own.items()}

    def sum(self, features: Features) -> float:
        """The sum of the weights of the features that are there, each counted once; without the bias."""
        total = 0.0
        for slot, values in features.items():
            own = self.weights.get(slot, {})
            if len(values) == 1:  # as in most slots: a set of one costs more than looking for it
                total += own.get(next(iter(values)), 0.0)
            else:
                total += sum([own[value] for value in own.keys() & values])
        return total


@dataclass(frozen=True, slots=True)
class Trees:
    """Gradient-boosted trees as arrays over all their nodes: a node's right branch stands next to its left one.

    A leaf's threshold is infinite, and its left branch the leaf itself.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    value: Floats
    bias: float
    depth: int

    @classmethod
    def of(
        cls,
        roots: NDArray[np.int32],
        feature: NDArray[np.int32],
        threshold: Floats,
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        value: Floats,
        *,
        bias: float,
        depth: int,
    ) -> "Trees":
        """From nodes in any order; at a leaf both branches lead to the leaf itself."""
        rows = [roots]
        while len(rows[-1]):  # row by row from the roots: the same order again where they stand so already
            inner = rows[-1][left[rows[-1]] != right[rows[-1]]]
            rows.append(np.stack([left[inner], right[inner]], axis=1).ravel())
        order = np.concatenate(rows)
        place = np.empty(len(left), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        limits = np.where(left != right, threshold, np.inf)
        return cls(place[roots], feature[order], limits[order], place[left[order]], value[order], bias, depth)

    @property
    def right(self) -> NDArray[np.int32]:
        """The right branch of each node; of a leaf the leaf itself."""
        return np.where(np.isinf(self.threshold), self.left, self.left + np.int32(1))

    def probabilities(self, rows: Floats) -> Floats:
        """The probability for each row of dense features."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.logits(rows))), dtype=np.float64)

    def logits(self, rows: Floats) -> Floats:
        """The same before it is brought between 0 and 1."""
        exact = rows.astype(np.float32).ravel()  # the precision in which the thresholds were learnt
        nodes = np.tile(self.roots, len(rows))
        row = np.repeat(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        for _ in range(self.depth):  # taken one by one from flat arrays: indexing by several costs half as much again
            goes_right = exact.take(row + self.feature.take(nodes)) > self.threshold.take(nodes)
            nodes = self.left.take(nodes) + goes_right
        leaves = self.value.take(nodes).reshape(len(rows), len(self.roots))
        return np.asarray(self.bias + leaves.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Said:
    """How much the sentences and messages of a batch ask for something, as the first layer scored them.

    ``starts`` (sentences,) tell where a sentence begins in subject and text joined, ``owners`` (sentences,) its
    message; ``sentences`` (sentences, 3) are its scores for asking, soon and now, ``near`` has for each message those
    of the few words around each of its days (days, 3); ``messages`` (messages, 3) are scores of whole messages for
    urgency of at least 1, 2 and 3.
    """

    starts: Ints
    owners: Ints
    sentences: NDArray[np.float32]
    messages: NDArray[np.float32]
    near: list[NDArray[np.float32]]

    @classmethod
    def of(
        cls,
        tokens: Tokens,
        sentences: NDArray[np.float32],
        messages: NDArray[np.float32],
        near: NDArray[np.float32],
        readings: Sequence[MailReading],
    ) -> "Said":
        """From all scores of the first layer, heads as ``SENTENCE_HEADS`` and ``MESSAGE_HEADS``.

        ``near`` are those of what stands around the days that the messages may have as deadlines (:func:`places_of`).
        """
        starts, _ = tokens.sentence_spans()
        by_mail = per_mail(readings, near[:, _ASKING])
        return cls(starts, tokens.sentence_text, sentences[:, _ASKING], messages[:, _URGENCY], by_mail)

    def around(self, message: int, reading: MailReading) -> Floats:
        """For each day a message may have as deadline what was said around it.

        Scores of the day's sentence, of those before and after, the highest of the message, how far the day's lie
        below them, and the message's own; then those of the few words around the day, how far they lie above its
        sentence's, and below the highest around any day; shape (candidates, 27).
        """
        first, last = np.searchsorted(self.owners, (message, message + 1))
        own = np.vstack([_NOTHING, self.sentences[first:last], _NOTHING]) / 2
        top = own[1:-1].max(axis=0, initial=-_REACH / 2)
        places = np.searchsorted(self.starts[first:last], [one.at for one in reading.candidates], side="right")
        day = own[places]
        following = own[np.minimum(places + 1, len(own) - 1)]
        tops, message_scores = (np.broadcast_to(one, day.shape) for one in (top, self.messages[message]))
        near = self.near[message] / 2
        among = (near, near - day, near - near.max(axis=0))
        return np.hstack([day, own[np.maximum(places - 1, 0)], following, tops, day - top, message_scores, *among])


def per_mail(readings: Sequence[MailReading], rows: NDArray[Number]) -> list[NDArray[Number]]:
    """One array for all candidates cut into one for each mail."""
    bounds = accumulate((len(reading.candidates) for reading in readings), initial=0)
    return [rows[start:end] for start, end in pairwise(bounds)]


def places_of(readings: Sequence[MailReading]) -> tuple[Ints, Ints]:
    """The days that some mails may have as deadlines: the number of the mail, and where the day is told in it."""
    days = [(number, day.at) for number, reading in enumerate(readings) for day in reading.candidates]
    mails, places = np.array(days, dtype=np.int64).reshape(-1, 2).T
    return mails, places


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
    features = candidate.features
    named, classes = features[""], features["c:"]
    told = [float("ed" in features[side]) for side in ("lh:", "rh:")]
    return [*(float(flag in named) for flag in _FLAGS), *told, *(float(name in classes) for name in _CLASSES)]
