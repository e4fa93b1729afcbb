"""Sparse matrices from flat arrays of entries: sorting whole numbers beats what the matrix classes do themselves."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from model.columns import Ints


def tally(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """How often each pair of row and column stands in the entries."""
    keys = np.sort(rows * shape[1] + columns)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    row, column = np.divmod(keys[first], shape[1])
    times = np.diff(first, append=len(keys)).astype(np.float32)
    return by_row(times, row, column, shape)


def by_row(data: npt.NDArray[np.float32], rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A sparse matrix from entries in the order of their rows."""
    ends = np.append(0, np.cumsum(np.bincount(rows, minlength=shape[0])))
    return sparse.csr_matrix((data, columns.astype(np.int32), ends.astype(np.int32)), shape=shape)
