"""An encoder that remembers: training reads the same messages several times, and encoding is the dearest part of it."""

from collections.abc import Sequence

import numpy as np

from model.encoder import SentenceEncoder
from model.lexicon import Floats


class Remembered:
    """Encodes each distinct sentence once; four bytes a dimension and sentence are kept for as long as it lives."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, sentences: Sequence[str]) -> Floats:
        """Vectors of shape (sentences, dimension), as the encoder's."""
        fresh = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._known]
        vectors = self._encoder.encode(fresh)
        self._known.update(zip(fresh, vectors, strict=True))
        if not sentences:
            return vectors
        return np.stack([self._known[sentence] for sentence in sentences])
