"""Scores sentences: a small network over n-grams and word vectors, straight and through one hidden layer."""

from dataclasses import dataclass

import numpy as np

from model.coded import Coded
from model.lexicon import Floats
from model.space import Design
from model.text import Ints

FARTHEST = 6.0  # scores beyond it are certain enough


@dataclass(frozen=True, slots=True)
class SentenceNet:
    """What a sentence's features weigh, straight for the heads and for rectified units that lead to the heads.

    ``rows`` (n-grams,) tells where in ``weights`` (rows, units + heads) each n-gram has its own; what is not known has
    zeros. ``vectors`` (dimensions, units + heads), ``unit_biases`` (units,), ``outputs`` (units, heads), ``biases``
    (heads,).
    """

    rows: Ints
    weights: Coded
    vectors: Floats
    unit_biases: Floats
    outputs: Floats
    biases: Floats

    def scores(self, design: Design) -> Floats:
        """Scores of shape (sentences, heads), log-odds for one that stands alone, within ``FARTHEST``."""
        units = len(self.unit_biases)
        ngrams = design.ngrams
        first = self.weights.times(ngrams, self.rows.take(ngrams.columns)) + design.vectors @ self.vectors
        lit = np.maximum(first[:, :units] + self.unit_biases, 0)
        scores = lit @ self.outputs + first[:, units:] + self.biases
        return np.asarray(np.clip(scores, -FARTHEST, FARTHEST), dtype=np.float32)
