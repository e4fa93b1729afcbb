"""What the deadline chooser learns from: labelled messages read once, their features in bags to be cut fold by fold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import LabelledMessage
from model.date_grammar import split_words
from model.deadline_features import MailReading, read_mail
from model.deadline_scores import sentence_features, word_features
from training.deadline_learners import Bag

_LATER_WEIGHT = 0.1  # a day after the deadline: asked for as well or not, the label does not say

Spans = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The messages as readings, and bags of their sentences, whole mails, coming days and past days.

    Message ``i`` has the rows ``spans[i]:spans[i + 1]`` of the bag of the same name; ``asks`` tells for each sentence
    whether people quoted it as what asks for something.
    """

    messages: Sequence[LabelledMessage]
    readings: list[MailReading]
    sentences: Bag
    sentence_spans: Spans
    asks: NDArray[np.bool_]
    mails: Bag
    days: Bag
    day_spans: Spans
    past_spans: Spans

    @classmethod
    def of(cls, messages: Sequence[LabelledMessage]) -> "Lesson":
        """Read the messages."""
        readings = [read_mail(one.subject, one.body, one.sent_at, whole=True) for one in messages]
        coming = [[*one.features, *reading.features] for reading in readings for one in reading.candidates]
        past = [[*features, *reading.features] for reading in readings for features in reading.past]
        day_spans = _spans(len(reading.candidates) for reading in readings)
        return cls(
            messages=messages,
            readings=readings,
            sentences=Bag.of(sentence_features(one) for reading in readings for one in reading.sentences),
            sentence_spans=_spans(len(reading.sentences) for reading in readings),
            asks=np.array([ask for pair in zip(messages, readings, strict=True) for ask in _asking(*pair)]),
            mails=Bag.of(word_features(reading.words) for reading in readings),
            days=Bag.of([*coming, *past]),
            day_spans=day_spans,
            past_spans=_spans(len(reading.past) for reading in readings) + day_spans[-1],
        )

    @property
    def urgency(self) -> NDArray[np.int64]:
        """The level of each message."""
        return np.array([one.urgency for one in self.messages])

    def dated(self, indices: Iterable[int]) -> list[int]:
        """Those of the messages that name a coming day."""
        return [int(i) for i in indices if self.readings[i].candidates]

    def labels(self, index: int) -> list[tuple[int, float]]:
        """For each coming day of a message: whether it is the deadline, and how much that says."""
        due = self.messages[index].deadline
        days = [one.mention.date for one in self.readings[index].candidates]
        return [(int(day == due), _LATER_WEIGHT if due and day > due else 1.0) for day in days]

    def told(self, indices: Iterable[int]) -> tuple[list[int], list[float]]:
        """Labels and weights of all coming days of some messages."""
        pairs = [pair for i in indices for pair in self.labels(i)]
        return [label for label, _ in pairs], [weight for _, weight in pairs]


def rows_of(spans: Spans, indices: Iterable[int]) -> list[int]:
    """The rows of a bag that belong to some messages."""
    return [row for i in indices for row in range(spans[i], spans[i + 1])]


def _spans(counts: Iterable[int]) -> Spans:
    return np.cumsum([0, *counts])


def _asking(message: LabelledMessage, reading: MailReading) -> list[bool]:
    quotes = [" ".join(split_words(quote)[0]) for quote in message.urgency_evidence if message.urgency]
    said = [" ".join(sentence.words) for sentence in reading.sentences]
    return [any(one in quote or quote in one for quote in quotes) for one in said]
