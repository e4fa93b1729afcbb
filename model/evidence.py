"""Which sentences carry a label: the best one, and others that score nearly as well."""

import numpy as np

from model.lexicon import Floats
from model.text import Ints

MOST = 3  # passages shown for one label, as annotators mark at most


def carrying(scores: Floats, enough: float) -> Ints:
    """Indices, in reading order, of the sentences that carry a label; ``scores`` (sentences,) are one message's."""
    if not len(scores):
        return np.zeros(0, dtype=np.int64)
    best = np.argsort(-scores, kind="stable")[:MOST]
    return np.sort(best[(scores[best] >= enough) | (best == best[0])])
