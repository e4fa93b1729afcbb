"""Sparse matrices that have only the columns with entries: a batch meets few of half a million features."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import _sparsetools

from model.columns import Ints
from model.lexicon import Floats

Int32s = npt.NDArray[np.int32]

_FEW = 32  # so many times fewer entries than columns are sorted rather than ticked off


@dataclass(frozen=True, slots=True)
class Narrow:
    """A matrix of ``width`` columns of which ``columns`` (ascending) may have entries.

    Row n has ``data[ends[n] : ends[n + 1]]`` at the places ``indices[…]`` among these columns: compressed sparse rows,
    as plain arrays.
    """

    data: Floats
    indices: Int32s
    ends: Int32s
    columns: Ints
    width: int

    @classmethod
    def of(cls, wide: sparse.csr_matrix) -> "Narrow":
        """The columns of a matrix that have entries."""
        columns, place = used(wide.indices, wide.shape[1])
        return cls(wide.data, place, wide.indptr, columns, wide.shape[1])

    def __len__(self) -> int:
        """How many rows."""
        return len(self.ends) - 1

    @property
    def matrix(self) -> sparse.csr_matrix:
        """The matrix with these columns alone."""
        return sparse.csr_matrix((self.data, self.indices, self.ends), shape=(len(self), len(self.columns)))

    @property
    def wide(self) -> sparse.csr_matrix:
        """The matrix with all its columns."""
        return sparse.csr_matrix((self.data, self.columns[self.indices], self.ends), shape=(len(self), self.width))

    def __getitem__(self, rows: Ints | slice) -> "Narrow":
        """Some of the rows, with the same columns; a slice of them has neither copies nor steps."""
        if isinstance(rows, slice):
            start, stop, _ = rows.indices(len(self))
            first, last = self.ends[start], self.ends[stop]
            ends = self.ends[start : stop + 1] - first
            return Narrow(self.data[first:last], self.indices[first:last], ends, self.columns, self.width)
        own = self.matrix[rows]
        return Narrow(own.data, own.indices, own.indptr, self.columns, self.width)


def product(data: Floats, indices: Int32s, ends: Int32s, dense: Floats) -> Floats:
    """Compressed sparse rows times a dense matrix of shape (columns, numbers); shape (rows, numbers)."""
    # The loop that the matrix classes call: what they check before takes a single mail longer than its sums.
    rows, (columns, numbers) = len(ends) - 1, dense.shape
    sums = np.zeros((rows, numbers), dtype=np.float32)
    _sparsetools.csr_matvecs(rows, columns, numbers, ends, indices, data, dense.ravel(), sums.ravel())
    return sums


def matrix_product(
    one: tuple[Floats, Int32s, Int32s], other: tuple[Floats, Int32s, Int32s], columns: int
) -> tuple[Floats, Int32s, Int32s]:
    """Compressed sparse rows (data, indices, ends) times others that have so many columns, as such rows again."""
    (data, indices, ends), rows = one, len(one[2]) - 1
    others, places, bounds = other
    most = _sparsetools.csr_matmat_maxnnz(rows, columns, ends, indices, bounds, places)
    sums, at = np.empty(most, dtype=np.float32), np.empty(most, dtype=np.int32)
    until = np.empty(rows + 1, dtype=np.int32)
    _sparsetools.csr_matmat(rows, columns, ends, indices, data, bounds, places, others, until, at, sums)
    return sums, at, until


def ends_of(rows: Ints, count: int) -> Int32s:
    """Where each of so many rows begins, and the last ends, among entries in the order of their ``rows``."""
    ends = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(rows, minlength=count), out=ends[1:])
    return ends


def used(numbers: Ints, width: int) -> tuple[Ints, Int32s]:
    """The distinct ones of some numbers below ``width``, ascending, and the place of each number among them."""
    if len(numbers) * _FEW < width:
        distinct, place = np.unique(numbers, return_inverse=True)
        return distinct, place.astype(np.int32)
    there = np.zeros(width, dtype=bool)
    there[numbers] = True
    distinct = np.flatnonzero(there)
    places = np.empty(width, dtype=np.int32)  # only where it is asked: a running count would write all of it
    places[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, places.take(numbers)
