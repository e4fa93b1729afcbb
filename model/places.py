"""Where keys stand in a sorted table, for a million keys at once: one look into a hashed table in place of a search."""

import numpy as np

from model.columns import Ints

_ROOM = 2  # slots a key at least: few keys meet in one, and searching for those costs little; 4 take 14 MB more
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Knuth's multiplicative hashing
_EMPTY, _SHARED = -1, -2


class Places:
    """Finds keys in a sorted table of distinct whole numbers that are not negative."""

    def __init__(self, keys: Ints) -> None:
        self._keys = keys
        bits = max(len(keys) * _ROOM, 2).bit_length()
        self._shift = np.uint64(64 - bits)
        self._slots = np.full(1 << bits, _EMPTY, dtype=np.int32)
        slots = self._slot(keys)
        self._slots[slots] = np.arange(len(keys))
        self._slots[slots[self._slots[slots] != np.arange(len(keys))]] = _SHARED

    def of(self, wanted: Ints) -> Ints:
        """The place of each wanted key, -1 where it does not stand in the table."""
        if not len(self._keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = self._slots[self._slot(wanted)].astype(np.int64)
        shared = np.flatnonzero(at == _SHARED)
        at[shared] = np.minimum(np.searchsorted(self._keys, wanted[shared]), len(self._keys) - 1)
        return np.where(self._keys[at] == wanted, at, -1)

    def _slot(self, keys: Ints) -> Ints:
        slots: Ints = ((keys.view(np.uint64) * _MULTIPLIER) >> self._shift).astype(np.int64)
        return slots
