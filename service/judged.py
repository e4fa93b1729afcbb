"""A message as people see it: what kyp said, with what people said laid over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from data.labels.opinion import CLAIMED, URGENCY, Correction, Opinion
from data.records import Assessment, Signal, Urgency
from data.taxonomy import LABELS, Label
from service.corrections import Opined
from service.labelling import Labelling

NOBODY = Opined(())


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect in which a person's opinion differs from what kyp had said; ``label`` is None for other aspects."""

    aspect: str
    label: Label | None
    told: bool | int | date | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, kyp's judgement of it, and the opinions of people; where those are settled they hold."""

    message: Assessment
    opined: Opined = NOBODY

    @property
    def by_people(self) -> bool:
        """Whether anybody said anything."""
        return bool(self.opined.history)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that hold."""
        told = self.opined.consensus.labels
        return tuple(signal.label for signal in self.message.signals if told.get(signal.label, signal.present))

    @property
    def urgency(self) -> Urgency:
        """The urgency that holds: level, claim and deadline; probabilities and passages stay kyp's."""
        told, own = self.opined.consensus, self.message.urgency
        return replace(
            own,
            level=own.level if URGENCY in told.unsure else told.urgency,
            claimed=own.claimed if CLAIMED in told.unsure else told.urgency_claimed,
            deadline=told.due(own.deadline),
        )

    def signal(self, label: Label) -> Signal | None:
        """What kyp said of a label; None for a message that could not be read."""
        return next((signal for signal in self.message.signals if signal.label == label), None)

    def labelling(self, annotator: str) -> Labelling:
        """What this person would change: their own opinion so far, else the latest of anybody, else what kyp says."""
        said = {one.opinion.annotator: one.opinion for one in self.opined.current}
        latest = self.opined.history[-1].opinion if self.opined.history else None
        return Labelling.begin(self.message, annotator, said.get(annotator, latest))


def differences(one: Correction) -> list[Difference]:
    """In what a correction differs from what kyp had said then; empty where the person agreed."""
    own, said = one.opinion, one.said
    if said is None:
        return []
    found = [
        Difference("label", label, own.labels[label])
        for label in LABELS
        if label in own.labels and own.labels[label] != (label in said.labels)
    ]
    if own.urgency is not None and own.urgency != said.urgency:
        found.append(Difference("urgency", None, own.urgency))
    if own.urgency_claimed is not None and own.urgency_claimed != said.urgency_claimed:
        found.append(Difference("claimed", None, own.urgency_claimed))
    if own.deadline_told and own.deadline != said.deadline:
        found.append(Difference("deadline", None, own.deadline))
    return found


def told_in_form(labelling: Labelling, given: Mapping[str, str], borne: frozenset[str]) -> Opinion:
    """The opinion that a form tells: ``borne`` are its ticked labels; fields that it lacks stay as they were.

    Raises:
        ValueError: the deadline is no date, or the urgency no level.
    """
    for number, label in enumerate(LABELS):
        if labelling.opinion.labels[label] != (label in borne):
            labelling = labelling.toggled(number)
    level = given.get("urgency")
    while level is not None and labelling.opinion.urgency != _level(level):
        labelling = labelling.next_urgency()
    if labelling.opinion.urgency_claimed != ("claimed" in given):
        labelling = labelling.claim_toggled()
    if "deadline" in given:
        labelling = labelling.due(date.fromisoformat(given["deadline"]) if given["deadline"] else None)
    return labelling.opinion


def _level(text: str) -> int:
    if text not in ("0", "1", "2", "3"):
        raise ValueError(text)
    return int(text)
