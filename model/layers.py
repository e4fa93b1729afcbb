"""From first-layer scores to probabilities: what sentences say is gathered by message, and stacked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.taxonomy import LABELS
from model.lexicon import Floats
from model.text import Ints, Tokens

MESSAGE_HEADS = (*LABELS, "urgency_1", "urgency_2", "urgency_3", "claimed")
SENTENCE_HEADS = (*LABELS, "asks", "asks_soon", "asks_now", "claims")
SILENT = -6.0  # the score of a sentence that is not there: as low as any
_FARTHEST = 4.0  # standard deviations
_RULED_OUT = 0.02  # a level less probable than this


@dataclass(frozen=True, slots=True)
class Stack:
    """Second layer on inputs standardised by ``mean`` and ``scale``: logistic heads, averaged with small networks.

    ``weights`` (inputs * (1 + knots), heads) and ``biases`` are the logistic ones, on the inputs and on how far each
    lies above its ``knots`` (knots, inputs): a generalised additive model of piecewise linear terms. The networks have
    one hidden layer of rectified units: ``hidden_weights`` (networks, inputs, units), ``output_weights`` (networks,
    units, heads), and their biases.
    """

    mean: Floats
    scale: Floats
    knots: Floats
    weights: Floats
    biases: Floats
    hidden_weights: Floats
    hidden_biases: Floats
    output_weights: Floats
    output_biases: Floats

    def probabilities(self, inputs: Floats) -> Floats:
        """Calibrated probabilities, shape (texts, heads), heads as ``MESSAGE_HEADS``."""
        standard = standardised(inputs, self.mean, self.scale)
        units = np.maximum(standard @ self.hidden_weights + self.hidden_biases[:, None], 0.0)
        networks = _logistic(units @ self.output_weights + self.output_biases[:, None]).mean(axis=0)
        additive = _logistic(hinges(standard, self.knots) @ self.weights + self.biases)
        return np.asarray((additive + networks) / 2, dtype=np.float32)


def standardised(inputs: Floats, mean: Floats, scale: Floats) -> Floats:
    """Inputs on a common scale; what lies far out is brought back to where the training messages were."""
    return np.asarray(np.clip((inputs - mean) / scale, -_FARTHEST, _FARTHEST))


def hinges(standard: Floats, knots: Floats) -> Floats:
    """Inputs, and what of each lies above each of its knots; shape (texts, inputs * (1 + knots))."""
    above = np.maximum(standard[:, None, :] - knots, 0.0)
    return np.hstack([standard, above.reshape(len(standard), -1)])


def _logistic(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))


def gather(scores: Floats, tokens: Tokens) -> Floats:
    """Highest, second highest and mean sentence score of each text and head, shape (texts, 3 * heads)."""
    heads = scores.shape[1]
    gathered = np.full((tokens.texts, 3 * heads), SILENT, dtype=np.float32)
    if not len(scores):
        return gathered
    counts = np.bincount(tokens.sentence_text)
    owners = np.flatnonzero(counts)
    counts = counts[owners]
    first = np.cumsum(counts) - counts
    highest = np.maximum.reduceat(scores, first)
    rank = np.repeat(np.arange(len(owners)), counts)
    rest = np.where(scores == highest[rank], -np.inf, scores)
    second = np.maximum(np.maximum.reduceat(rest, first), np.minimum(highest, SILENT))
    mean = np.add.reduceat(scores, first) / counts[:, None]
    gathered[owners] = np.hstack([highest, second, mean])
    return gathered


def ordered(exceeds: Floats) -> Floats:
    """Make P(at least 1), P(at least 2), P(at least 3) fall monotonically; shape (texts, 3)."""
    return np.asarray(np.minimum.accumulate(exceeds, axis=1), dtype=np.float32)


def reached(exceeds: Floats, thresholds: Sequence[float] | Floats) -> Ints:
    """The level that each text's expected level reaches (0.0 to 3.0, the sum of the exceedances); shape (texts,).

    Levels lie in an order: between "nothing to do" and "now" in equal parts, the middle costs least (Cohen 1968). But
    nobody is told a level that the probabilities rule out: then it is the next one on the likelier side.
    """
    level = (exceeds.sum(axis=1, keepdims=True) >= np.asarray(thresholds)).sum(axis=1)
    chances = levels(exceeds)
    odd = np.flatnonzero(np.take_along_axis(chances, level[:, None], axis=1)[:, 0] < _RULED_OUT)
    if len(odd):
        steps = np.arange(chances.shape[1]) - level[odd, None]
        own = chances[odd]
        up = (own * (steps > 0)).sum(axis=1, keepdims=True) > (own * (steps < 0)).sum(axis=1, keepdims=True)
        likelier = np.where(up, steps > 0, steps < 0) & (own >= _RULED_OUT)
        level[odd] = np.where(likelier, np.abs(steps), np.inf).argmin(axis=1)
    return np.asarray(level, dtype=np.int64)


def levels(exceeds: Floats) -> Floats:
    """Probabilities of the four urgency levels from ordered exceedances, shape (texts, 4), rows summing to one."""
    bounds = np.hstack([np.ones((len(exceeds), 1)), exceeds, np.zeros((len(exceeds), 1))])
    return np.asarray(bounds[:, :-1] - bounds[:, 1:], dtype=np.float32)
