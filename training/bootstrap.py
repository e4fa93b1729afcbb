"""Figures on resampled clients, all resamples at once: F1 of labels and kappa of urgency, from weights of messages."""

import numpy as np

from data.taxonomy import LABELS
from model.lexicon import Floats
from model.text import Ints
from training.held_out import HeldOut

RESAMPLES = 500
_HEADS = len(LABELS)


def resamples(clients: Ints, seed: int = 0, number: int = RESAMPLES) -> Floats:
    """How often each message is drawn, shape (1 + number, messages); the first row is every message once.

    Clients are drawn, with all their messages: messages of one client are not independent.
    """
    names, whose = np.unique(clients, return_inverse=True)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(names), np.full(len(names), 1 / max(len(names), 1)), size=number)
    return np.vstack([np.ones((1, len(clients))), drawn[:, whose]]).astype(np.float32)


def label_f1(held: HeldOut, weights: Floats) -> Floats:
    """F1 of each label in each resample, shape (resamples, labels); NaN where no message bears it or is said to."""
    known, true, said = (part[:, :_HEADS] for part in (held.known, held.targets, held.said))
    hits = weights @ (known & true & said)
    both = weights @ (known & true).astype(np.float32) + weights @ (known & said).astype(np.float32)
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * hits / both, dtype=np.float32)


def macro(f1: Floats) -> Floats:
    """The mean over the labels that occur, shape (resamples,)."""
    counts = np.maximum((~np.isnan(f1)).sum(axis=1), 1)
    return np.asarray(np.nansum(f1, axis=1) / counts, dtype=np.float32)


def kappa(held: HeldOut, weights: Floats) -> Floats:
    """Quadratic kappa of the urgency levels in each resample."""
    known = held.known[:, _HEADS].astype(np.float32)
    cells = np.zeros((len(held), 16), dtype=np.float32)
    cells[np.arange(len(held)), 4 * held.true_levels + held.levels] = known
    table = (weights @ cells).reshape(-1, 4, 4)
    distance = np.square(np.subtract.outer(np.arange(4), np.arange(4)))
    total = np.maximum(table.sum(axis=(1, 2)), 1)
    by_chance = np.einsum("bi,bj->bij", table.sum(axis=2), table.sum(axis=1)) / total[:, None, None]
    expected = (by_chance * distance).sum(axis=(1, 2))
    observed = (table * distance).sum(axis=(1, 2))
    return np.asarray(np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), 1), dtype=np.float32)


def interval(values: Floats) -> tuple[float, float]:
    """The 95 % interval of resampled values."""
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)
