"""Counts as sparse matrices from flat arrays: sorting whole numbers beats what the matrix classes do themselves."""

import numpy as np

from model.columns import Ints
from model.narrow import Narrow, ends_of, used


def tally(rows: Ints, columns: Ints, shape: tuple[int, int]) -> Narrow:
    """How often each pair of row and column stands in the entries."""
    # Narrow keys halve the time of sorting.
    narrow = shape[0] * shape[1] <= np.iinfo(np.uint32).max
    keys = np.sort((rows * shape[1] + columns).astype(np.uint32 if narrow else np.int64, copy=False))
    opens = np.ones(len(keys), dtype=bool)
    opens[1:] = keys[1:] != keys[:-1]
    first = np.flatnonzero(opens)
    distinct, width = keys[first], keys.dtype.type(shape[1])
    row = distinct // width
    column = distinct - row * width  # by a multiplication: the remainder of a division takes five times as long
    times = np.empty(len(first), dtype=np.float32)
    times[:-1] = first[1:] - first[:-1]
    times[-1:] = len(keys) - first[-1:]
    known, place = used(column, shape[1])
    return Narrow(times, place, ends_of(row.astype(np.int64), shape[0]), known, shape[1])
