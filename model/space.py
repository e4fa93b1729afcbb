"""The feature space that the linear heads live in: counts → weighted design matrices for sentences and messages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import sparse

from model.coded import Coded
from model.features import Counts
from model.lexicon import Floats
from model.narrow import Narrow

SENTENCE_BLOCKS = (1.0, 1.2, 1.2)  # of words, pivots, neighbours; characters there: twice the work for nothing
MESSAGE_BLOCKS = (*SENTENCE_BLOCKS, 0.5)  # and of characters; see docs/experiments.md
VECTOR_WEIGHT = 0.7
ENCODER_WEIGHT = 0.7
RARE_WORD_MASS = 1e-3  # a of smooth inverse frequency a / (a + p(word)), Arora et al. 2017


@dataclass(frozen=True, slots=True)
class Level:
    """What n-grams weigh at one level (sentence or message): inverse document frequencies, and each block's length.

    ``idf`` has a number for each column of the counts, ``blocks`` one for each block.
    """

    idf: Floats
    blocks: Floats

    @classmethod
    def learn(cls, counts: Counts, blocks: Sequence[float]) -> "Level":
        """Take the frequencies from the counts of the training texts."""
        ngrams = counts.ngrams.wide
        rows, columns = ngrams.shape
        idf = np.log((1 + rows) / (1 + np.bincount(ngrams.indices, minlength=columns))) + 1
        return cls(idf.astype(np.float32), np.array(blocks, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Design:
    """Rows of one level ready for a linear head: weighted n-grams side by side (sparse), and vectors (dense)."""

    ngrams: Narrow
    vectors: Floats

    @classmethod
    def of(cls, counts: Counts, level: Level) -> "Design":
        """Weigh counts; every block of a row has a fixed length, so that long texts do not outweigh short ones."""
        vectors = _scaled(counts.vectors, VECTOR_WEIGHT)
        if counts.encoded is not None:
            vectors = np.hstack([vectors, _scaled(counts.encoded, ENCODER_WEIGHT)])
        return cls(_weigh(counts, level), vectors)

    @property
    def matrix(self) -> sparse.csr_matrix:
        """Everything in one sparse matrix without stored zeros, for fitting."""
        whole = sparse.hstack([self.ngrams.wide, sparse.csr_matrix(self.vectors)], format="csr", dtype=np.float32)
        whole.eliminate_zeros()
        return whole


@dataclass(frozen=True, slots=True)
class Heads:
    """One level's linear heads: ``weights`` (n-grams, heads), ``vectors`` (dimensions, heads), ``biases`` (heads,)."""

    weights: Coded
    vectors: Floats
    biases: Floats

    def scores(self, design: Design) -> Floats:
        """Scores of shape (rows, heads)."""
        ngrams = design.ngrams
        told = self.weights.times(ngrams, ngrams.columns)
        scores = told + design.vectors @ self.vectors + self.biases
        return np.asarray(scores, dtype=np.float32)


def word_weights(frequencies: Floats) -> Floats:
    """Smooth inverse frequencies for word vectors, from how often each word stands in the training texts."""
    share = frequencies / max(float(frequencies.sum()), 1.0)
    return np.asarray(RARE_WORD_MASS / (RARE_WORD_MASS + share), dtype=np.float32)


def _scaled(vectors: Floats, length: float) -> Floats:
    """Rows of one length; a row of zeros stays one."""
    lengths = np.maximum(np.sqrt((vectors * vectors).sum(axis=1, keepdims=True)), 1e-6)
    return np.asarray(vectors * (length / lengths), dtype=np.float32)


def _weigh(counts: Counts, level: Level) -> Narrow:
    """Sublinear tf-idf in place of counts, each block of each row scaled to its length."""
    own, blocks = counts.ngrams, len(level.blocks)
    bounds = [0, *np.searchsorted(own.columns, counts.bounds).tolist(), len(own.columns)]
    block = np.repeat(np.arange(blocks, dtype=np.int32), [end - first for first, end in pairwise(bounds)])
    data = (1.0 + np.log(own.data)) * level.idf.take(own.columns).take(own.indices)
    row = np.repeat(np.arange(0, blocks * len(own), blocks, dtype=np.int32), own.ends[1:] - own.ends[:-1])
    part = row + block.take(own.indices)
    norms = np.sqrt(np.bincount(part, data * data, minlength=blocks * len(own))).reshape(-1, blocks)
    scale = (level.blocks / np.maximum(norms, 1e-6)).astype(np.float32)
    return replace(own, data=np.asarray(data * scale.take(part), dtype=np.float32))
