"""Labels that a confident model which had not seen them contradicts: worth a second look before they are learnt from.

The ranking is by out-of-sample self-confidence, with a bar for each label that is the mean probability where people
set it (confident learning: Northcutt, Jiang and Chuang, 2021).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data.taxonomy import LABELS, Label
from training.held_out import HeldOut

MOST = 200


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label of a message: whether people set it, and the probability that the model gives it."""

    message: str
    label: Label
    labelled: bool
    probability: float
    own: bool

    def to_json(self) -> dict[str, Any]:
        """Plain."""
        return asdict(self)


def suspects(held: HeldOut) -> list[Suspect]:
    """The most doubtful labels first, users' own before shipped ones."""
    found = []
    for head, label in enumerate(LABELS):
        known, true = held.known[:, head], held.targets[:, head]
        said = held.probabilities[:, head]
        if not (known & true).any() or not (known & ~true).any():
            continue
        bar, floor = said[known & true].mean(), said[known & ~true].mean()
        doubtful = known & np.where(true, said <= floor, said >= bar)
        for row in np.flatnonzero(doubtful).tolist():
            told = round(float(said[row]), 4)
            found.append(Suspect(str(held.ids[row]), label, bool(true[row]), told, bool(held.own[row])))
    found.sort(key=lambda one: (not one.own, one.probability if one.labelled else 1 - one.probability, one.message))
    return found[:MOST]
