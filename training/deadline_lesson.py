"""What the deadline chooser learns from: labelled messages read once, their features in bags to be cut fold by fold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import LabelledMessage
from model.deadline_features import MailReading, names, read_mail
from model.lexicon import Lexicon
from model.spelling import Written
from training.deadline_learners import Bag

_LATER_WEIGHT = 0.1  # a day after the deadline: asked for as well or not, the label does not say

Spans = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The messages as readings, and a bag of their coming days and past days.

    Message ``i`` has the rows ``day_spans[i]:day_spans[i + 1]`` of the bag for its coming days, and those of
    ``past_spans`` for its past ones.
    """

    messages: Sequence[LabelledMessage]
    readings: list[MailReading]
    days: Bag
    day_spans: Spans
    past_spans: Spans

    @classmethod
    def of(
        cls, messages: Sequence[LabelledMessage], spelled: Iterable[tuple[Written, Written]], lexicon: Lexicon
    ) -> "Lesson":
        """Read the messages, subject and text ``spelled`` for the grammar of dates."""
        mails = zip(spelled, messages, strict=True)
        readings = [read_mail(*written, one.sent_at, lexicon, whole=True) for written, one in mails]
        coming = [names(one.features, reading.features) for reading in readings for one in reading.candidates]
        past = [names(features, reading.features) for reading in readings for features in reading.past]
        day_spans = _spans(len(reading.candidates) for reading in readings)
        past_spans = _spans(len(reading.past) for reading in readings) + day_spans[-1]
        return cls(messages, readings, Bag.of([*coming, *past]), day_spans, past_spans)

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
