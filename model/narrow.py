"""Sparse matrices that have only the columns with entries: a batch meets few of half a million features."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from model.columns import Ints

_FEW = 32  # so many times fewer entries than columns are sorted rather than ticked off


@dataclass(frozen=True, slots=True)
class Narrow:
    """A matrix of ``width`` columns of which ``columns`` (ascending) may have entries: ``matrix`` has these alone."""

    matrix: sparse.csr_matrix
    columns: Ints
    width: int

    @classmethod
    def of(cls, wide: sparse.csr_matrix) -> "Narrow":
        """The columns of a matrix that have entries."""
        rows, width = wide.shape
        columns, place = used(wide.indices, width)
        return cls(sparse.csr_matrix((wide.data, place, wide.indptr), shape=(rows, len(columns))), columns, width)

    @property
    def wide(self) -> sparse.csr_matrix:
        """The matrix with all its columns."""
        own = self.matrix
        return sparse.csr_matrix((own.data, self.columns[own.indices], own.indptr), shape=(own.shape[0], self.width))

    def __getitem__(self, rows: Ints | slice) -> "Narrow":
        """Some of the rows, with the same columns."""
        return Narrow(self.matrix[rows], self.columns, self.width)


def used(numbers: Ints, width: int) -> tuple[Ints, Ints]:
    """The distinct ones of some numbers below ``width``, ascending, and the place of each number among them."""
    if len(numbers) * _FEW < width:
        return np.unique(numbers, return_inverse=True)
    there = np.zeros(width, dtype=bool)
    there[numbers] = True
    return np.flatnonzero(there), (np.cumsum(there, dtype=np.int32) - 1)[numbers]
