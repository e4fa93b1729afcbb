"""Tables of whole numbers that grow row by row and are read as arrays: what is known of a word, worked out once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]

_FIRST_ROOM = 1024


class Columns:
    """Rows of ``width`` whole numbers; a growing table doubles its room, so that one new row does not cost them all."""

    def __init__(self, width: int) -> None:
        self._room: Ints = np.zeros((width, _FIRST_ROOM), dtype=np.int32)  # half the memory; no table counts further
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def append_flat(self, numbers: Sequence[int]) -> None:
        """Put rows at the end that stand one after another in one flat sequence."""
        self.append(np.array(numbers, dtype=np.int32).reshape(-1, len(self._room)).T)

    def append(self, columns: Ints) -> None:
        """Put rows at the end that stand side by side, shape (width, rows)."""
        end = self._rows + columns.shape[1]
        if end > self._room.shape[1]:
            grown = np.zeros((len(self._room), 2 * end), dtype=np.int32)
            grown[:, : self._rows] = self._room[:, : self._rows]
            self._room = grown
        self._room[:, self._rows : end] = columns
        self._rows = end

    def __getitem__(self, column: int) -> Ints:
        values: Ints = self._room[column, : self._rows]
        return values


def spread(first: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """All places of runs ``[first, first + count)``, one after another, and for each the number of its run."""
    run = np.repeat(np.arange(len(counts)), counts)
    shift = first - (np.cumsum(counts) - counts)
    return np.arange(len(run)) + shift[run], run
