"""One person's opinion of one message, and what the opinions of several people come to."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from data.taxonomy import LABELS, Label, Language

URGENCY, CLAIMED, DEADLINE = "urgency", "urgency_claimed", "deadline"
MOST_PASSAGES = 3
SILENT = "it says nothing: give at least one label, the urgency or the deadline"
_Value = TypeVar("_Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person says; a label that is not in ``labels``, and None elsewhere, is not spoken of.

    A deadline of None means "none" where ``deadline_told``, and nothing where not.
    """

    annotator: str
    labels: dict[Label, bool] = field(default_factory=dict, hash=False)
    evidence: dict[Label, tuple[str, ...]] = field(default_factory=dict, hash=False)
    urgency: int | None = None
    urgency_claimed: bool | None = None
    deadline: date | None = None
    deadline_told: bool = False

    def faults(self, text: str) -> Iterator[str]:
        """What is wrong with it, given the subject and text (joined by a line break) that it speaks of."""
        if self.urgency is not None and self.urgency not in (0, 1, 2, 3):
            yield f"urgency {self.urgency} is not 0 to 3"
        for label, passages in self.evidence.items():
            if not self.labels.get(label):
                yield f"there are passages for {label}, which is not set"
            if len(passages) > MOST_PASSAGES:
                yield f"{label} has more than {MOST_PASSAGES} passages"
            if not all(passage and passage in text for passage in passages):
                yield f"a passage for {label} does not stand in subject or text"
        if self.silent:
            yield SILENT

    @property
    def silent(self) -> bool:
        """Whether it speaks of nothing."""
        return not (self.labels or self.deadline_told) and self.urgency is None and self.urgency_claimed is None


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the opinions on one message come to; ``unsure`` are the aspects nobody spoke of, or people differ on evenly.

    ``labels`` has every label that is settled. A value of an unsure aspect means nothing.
    """

    labels: dict[Label, bool] = field(hash=False)
    evidence: dict[Label, tuple[str, ...]] = field(hash=False)
    urgency: int
    urgency_claimed: bool
    deadline: date | None
    unsure: frozenset[str]
    annotators: tuple[str, ...]

    @property
    def set_labels(self) -> frozenset[Label]:
        """The labels that the message bears."""
        return frozenset(label for label, borne in self.labels.items() if borne)

    def due(self, said: date | None) -> date | None:
        """The deadline that holds: theirs where it is settled, else the one that a model ``said``."""
        return said if DEADLINE in self.unsure else self.deadline


@dataclass(frozen=True, slots=True)
class Said:
    """What a model had said of the message when a person gave an opinion."""

    model: str
    labels: tuple[Label, ...]
    urgency: int
    urgency_claimed: bool
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Correction:
    """An opinion, when it was given (None where a file does not tell), and what the model had said."""

    opinion: Opinion
    given_at: datetime | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class OpinedMessage:
    """A message with the opinion of each person who gave one. ``sent_at`` may be None in a file, not in the store."""

    id: str
    client: str | None
    sent_at: datetime | None
    lang: Language
    subject: str
    text: str
    corrections: tuple[Correction, ...]

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """The opinions alone."""
        return tuple(one.opinion for one in self.corrections)

    @property
    def consensus(self) -> Consensus:
        """What the opinions come to."""
        return agree(self.opinions)

    def faults(self) -> Iterator[str]:
        """What is wrong with the opinions."""
        for opinion in self.opinions:
            yield from opinion.faults(f"{self.subject}\n{self.text}")


def agree(opinions: Sequence[Opinion]) -> Consensus:
    """Settle each aspect by the majority of those who spoke of it; of urgency the middle one, where it is one level."""
    votes = {label: [one.labels[label] for one in opinions if label in one.labels] for label in LABELS}
    labels = {label: borne for label, told in votes.items() if (borne := _majority(told)) is not None}
    urgency = _middle([one.urgency for one in opinions if one.urgency is not None])
    claimed = _majority([one.urgency_claimed for one in opinions if one.urgency_claimed is not None])
    deadline = _majority([(one.deadline,) for one in opinions if one.deadline_told])
    settled = {URGENCY: urgency, CLAIMED: claimed, DEADLINE: deadline}
    unsure = {label for label in LABELS if label not in labels} | {n for n, value in settled.items() if value is None}
    return Consensus(
        labels=labels,
        evidence={label: _passages(label, opinions) for label, borne in labels.items() if borne},
        urgency=urgency or 0,
        urgency_claimed=claimed or False,
        deadline=deadline[0] if deadline else None,
        unsure=frozenset(unsure),
        annotators=tuple(sorted({one.annotator for one in opinions})),
    )


def _majority(values: Iterable[_Value]) -> _Value | None:
    """The value told most often; None where nobody told one, or where two are told equally often."""
    ranked = Counter(values).most_common(2)
    tied = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return ranked[0][0] if ranked and not tied else None


def _middle(levels: Sequence[int]) -> int | None:
    ranked = sorted(levels)
    if not ranked:
        return None
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return low if low == high else None


def _passages(label: Label, opinions: Sequence[Opinion]) -> tuple[str, ...]:
    quoted = (p for one in opinions if one.labels.get(label) for p in one.evidence.get(label, ()))
    return tuple(dict.fromkeys(quoted))[:MOST_PASSAGES]
