"""The feature space that the linear heads live in: counts → weighted design matrices for sentences and messages."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from model.features import Counts, Vocabulary
from model.lexicon import Floats

BLOCK_WEIGHTS = (1.0, 0.7, 0.7, 0.7)  # words, pivots, characters, vectors; see docs/experiments.md
RARE_WORD_MASS = 1e-3  # a of smooth inverse frequency a / (a + p(word)), Arora et al. 2017


@dataclass(frozen=True, slots=True)
class Level:
    """Inverse document frequencies of the three n-gram blocks at one level (sentence or message)."""

    idf: tuple[Floats, Floats, Floats]

    @classmethod
    def learn(cls, counts: Counts) -> "Level":
        """Take the frequencies from the counts of the training texts."""
        rows = counts.blocks[0].shape[0]
        idf = [
            np.log((1 + rows) / (1 + np.bincount(block.indices, minlength=block.shape[1]))) + 1
            for block in counts.blocks
        ]
        return cls((idf[0].astype(np.float32), idf[1].astype(np.float32), idf[2].astype(np.float32)))


@dataclass(frozen=True, slots=True)
class Design:
    """Rows of one level ready for a linear head: weighted n-grams side by side (sparse), and unit vectors (dense)."""

    ngrams: sparse.csr_matrix
    vectors: Floats

    @classmethod
    def of(cls, counts: Counts, level: Level) -> "Design":
        """Weigh counts; every block of a row has a fixed length, so that long texts do not outweigh short ones."""
        blocks = [
            weigh(block, idf, weight)
            for block, idf, weight in zip(counts.blocks, level.idf, BLOCK_WEIGHTS[:3], strict=True)
        ]
        lengths = np.maximum(np.linalg.norm(counts.vectors, axis=1, keepdims=True), 1e-6)
        vectors = (counts.vectors * (BLOCK_WEIGHTS[3] / lengths)).astype(np.float32)
        return cls(sparse.hstack(blocks, format="csr", dtype=np.float32), vectors)

    @property
    def matrix(self) -> sparse.csr_matrix:
        """Everything in one sparse matrix, for fitting."""
        return sparse.hstack([self.ngrams, sparse.csr_matrix(self.vectors)], format="csr", dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Heads:
    """One level's linear heads: ``weights`` (features, heads), n-grams first and vectors last; ``biases`` (heads,)."""

    weights: Floats
    biases: Floats

    def scores(self, design: Design) -> Floats:
        """Scores of shape (rows, heads)."""
        ngrams = design.ngrams.shape[1]
        scores = design.ngrams @ self.weights[:ngrams] + design.vectors @ self.weights[ngrams:] + self.biases
        return np.asarray(scores, dtype=np.float32)


def word_weights(frequencies: Floats) -> Floats:
    """Smooth inverse frequencies for word vectors, from how often each word stands in the training texts."""
    share = frequencies / max(float(frequencies.sum()), 1.0)
    return np.asarray(RARE_WORD_MASS / (RARE_WORD_MASS + share), dtype=np.float32)


def weigh(block: sparse.csr_matrix, idf: Floats, length: float) -> sparse.csr_matrix:
    """Sublinear tf-idf in place of counts, each row scaled to ``length``."""
    data = (1.0 + np.log(block.data)) * idf[block.indices]
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    norms = np.sqrt(np.bincount(rows, data * data, minlength=block.shape[0]))
    scaled = (data * (length / np.maximum(norms, 1e-6))[rows]).astype(np.float32)
    return sparse.csr_matrix((scaled, block.indices, block.indptr), shape=block.shape)


def vocabulary_size(vocabulary: Vocabulary, dimensions: int) -> int:
    """How many features a head has."""
    return sum(vocabulary.sizes) + dimensions
