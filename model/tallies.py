"""Sparse matrices from flat arrays of entries: sorting whole numbers beats what the matrix classes do themselves."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from model.columns import Ints
from model.narrow import Narrow, used


def tally(rows: Ints, columns: Ints, shape: tuple[int, int]) -> Narrow:
    """How often each pair of row and column stands in the entries."""
    # Narrow keys halve the time of sorting.
    narrow = shape[0] * shape[1] <= np.iinfo(np.uint32).max
    keys = np.sort((rows * shape[1] + columns).astype(np.uint32 if narrow else np.int64, copy=False))
    opens = np.ones(len(keys), dtype=bool)
    opens[1:] = keys[1:] != keys[:-1]
    first = np.flatnonzero(opens)
    row, column = np.divmod(keys[first], keys.dtype.type(shape[1]))
    times = np.diff(first, append=len(keys)).astype(np.float32)
    known, place = used(column, shape[1])
    return Narrow(by_row(times, row, place, (shape[0], len(known))), known, shape[1])


def by_row(data: npt.NDArray[np.float32], rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A sparse matrix from entries in the order of their rows."""
    ends = np.append(0, np.cumsum(np.bincount(rows, minlength=shape[0])))
    return sparse.csr_matrix((data, columns.astype(np.int32), ends.astype(np.int32)), shape=shape)
