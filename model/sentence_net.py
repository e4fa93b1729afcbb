"""Scores sentences: a small network over n-grams and word vectors, straight and through one hidden layer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from model.lexicon import Floats
from model.space import Design
from model.text import Ints

Bytes = npt.NDArray[np.int8]

FARTHEST = 6.0  # scores beyond it are certain enough
_FEW = 32  # so many times fewer entries than columns are sorted rather than ticked off


@dataclass(frozen=True, slots=True)
class SentenceNet:
    """What a sentence's features weigh, straight for the heads and for rectified units that lead to the heads.

    ``rows`` (features,) tells where in ``codes`` (rows, units + heads) each feature has its weights, n-grams first and
    vectors after them; what is not known has zeros. Codes are whole numbers of ``steps`` (rows,). ``unit_biases``
    (units,), ``outputs`` (units, heads), ``biases`` (heads,).
    """

    rows: Ints
    codes: Bytes
    steps: Floats
    unit_biases: Floats
    outputs: Floats
    biases: Floats

    def scores(self, design: Design) -> Floats:
        """Scores of shape (sentences, heads), log-odds for one that stands alone, within ``FARTHEST``."""
        ngrams, units = design.ngrams.shape[1], len(self.unit_biases)
        used, narrow = narrowed(design.ngrams)
        first = narrow @ self._weights(used) + design.vectors @ self._weights(np.arange(ngrams, len(self.rows)))
        lit = np.maximum(first[:, :units] + self.unit_biases, 0)
        scores = lit @ self.outputs + first[:, units:] + self.biases
        return np.asarray(np.clip(scores, -FARTHEST, FARTHEST), dtype=np.float32)

    def _weights(self, features: Ints) -> Floats:
        rows = self.rows[features]
        return np.asarray(self.codes[rows] * self.steps[rows, None], dtype=np.float32)


def coded(weights: Floats) -> tuple[Bytes, Floats]:
    """Weights in a byte each: codes, and the step of each row."""
    steps = np.maximum(np.abs(weights).max(axis=1, initial=0), 1e-12) / 127
    return np.round(weights / steps[:, None]).astype(np.int8), steps.astype(np.float32)


def narrowed(ngrams: sparse.csr_matrix) -> tuple[Ints, sparse.csr_matrix]:
    """The columns that have entries, and the matrix with these columns alone."""
    rows, columns = ngrams.shape
    if ngrams.nnz * _FEW < columns:
        used, place = np.unique(ngrams.indices, return_inverse=True)
    else:
        there = np.zeros(columns, dtype=bool)
        there[ngrams.indices] = True
        used, place = np.flatnonzero(there), (np.cumsum(there, dtype=np.int32) - 1)[ngrams.indices]
    return used, sparse.csr_matrix((ngrams.data, place, ngrams.indptr), shape=(rows, len(used)))
