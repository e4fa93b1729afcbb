"""Probabilities for a mailbox where labels are rarer, or commoner, than among the messages of training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.lexicon import Floats

FEWEST = 1e-6  # share that is told of what was never met, so that nothing divides by 0


@dataclass(frozen=True, slots=True)
class Shares:
    """How common labels were in training: the share of messages with each label, and with any at all."""

    labels: tuple[float, ...]
    labelled: float


def shifted(probabilities: Floats, shares: Shares, prior: float) -> Floats:
    """Label probabilities (messages, labels) where a share ``prior`` of the messages bears a label.

    Every label is taken to be rarer, or commoner, in the same proportion; odds change by the quotient of the prior odds
    (Saerens, Latinne and Decaestecker, 2002).
    """
    before = _odds(shares.labels)
    after = _odds([share * prior / max(shares.labelled, FEWEST) for share in shares.labels])
    odds = np.asarray(probabilities / np.maximum(1 - probabilities, FEWEST) * (after / before))
    return np.asarray(odds / (1 + odds), dtype=np.float32)


def _odds(shares: Sequence[float]) -> Floats:
    bounded = np.clip(np.array(shares, dtype=np.float32), FEWEST, 1 - FEWEST)
    return np.asarray(bounded / (1 - bounded))
