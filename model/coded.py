"""Weights in a byte each: a model of half a million features in a tenth of the memory, decoded where they are used."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.columns import Ints
from model.lexicon import Floats
from model.narrow import Narrow, product

Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Coded:
    """Rows of weights: ``codes`` (rows, columns) are whole numbers of ``steps`` (rows,)."""

    codes: Bytes
    steps: Floats

    @classmethod
    def of(cls, weights: Floats) -> "Coded":
        """Round weights of shape (rows, columns); each row has a step of its own, 127 to its largest weight."""
        steps = np.maximum(np.abs(weights).max(axis=1, initial=0), 1e-12) / 127
        return cls(np.round(weights / steps[:, None]).astype(np.int8), steps.astype(np.float32))

    def __getitem__(self, rows: Ints) -> Floats:
        """The weights of some rows."""
        return np.asarray(self.codes.take(rows, axis=0) * self.steps.take(rows)[:, None], dtype=np.float32)

    def times(self, matrix: Narrow, rows: Ints) -> Floats:
        """A matrix times the weights of some rows: one for each of its columns."""
        # Steps are multiplied into the few entries, not into the many weights; rows of an array are taken ten times as
        # fast as they are indexed.
        data = matrix.data * self.steps.take(rows).take(matrix.indices)
        return product(data, matrix.indices, matrix.ends, self.codes.take(rows, axis=0).astype(np.float32))
