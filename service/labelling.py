"""One person's labelling of a message, as keys change it: what kyp says stands until a key says otherwise."""

from dataclasses import dataclass, replace
from datetime import date

from data.labels.opinion import Opinion
from data.records import Assessment
from data.taxonomy import LABELS
from service.label_queue import confirmed


@dataclass(frozen=True, slots=True)
class Labelling:
    """The message and the opinion so far; starts with what kyp says, or with what the person said before."""

    message: Assessment
    opinion: Opinion

    @classmethod
    def begin(cls, message: Assessment, annotator: str, before: Opinion | None = None) -> "Labelling":
        """Start from what kyp says; what the person said before stands in its place."""
        said = confirmed(message, annotator)
        if before is None:
            return cls(message, said)
        told = replace(before, labels=said.labels | before.labels)
        told = told if told.urgency is not None else replace(told, urgency=said.urgency)
        told = told if told.urgency_claimed is not None else replace(told, urgency_claimed=said.urgency_claimed)
        return cls(message, told if told.deadline_told else replace(told, deadline=said.deadline, deadline_told=True))

    def toggled(self, number: int) -> "Labelling":
        """The label of that place (from 0) turned over; kyp's passages come back with it."""
        label = LABELS[number]
        borne = not self.opinion.labels[label]
        said = confirmed(self.message, self.opinion.annotator).evidence
        evidence = {name: quotes for name, quotes in self.opinion.evidence.items() if name != label}
        if borne and label in said:
            evidence[label] = said[label]
        return self._with(replace(self.opinion, labels=self.opinion.labels | {label: borne}, evidence=evidence))

    def next_urgency(self) -> "Labelling":
        """The next level, 0 after 3."""
        return self._with(replace(self.opinion, urgency=((self.opinion.urgency or 0) + 1) % 4))

    def claim_toggled(self) -> "Labelling":
        """Claimed urgency turned over."""
        return self._with(replace(self.opinion, urgency_claimed=not self.opinion.urgency_claimed))

    def due(self, deadline: date | None) -> "Labelling":
        """Another deadline, or none."""
        return self._with(replace(self.opinion, deadline=deadline, deadline_told=True))

    def _with(self, opinion: Opinion) -> "Labelling":
        return Labelling(self.message, opinion)
