"""Where keys stand in a sorted table, for a million keys at once: a look or two into a hashed table, not a search."""

import numpy as np

from model.columns import Ints

_ROOM = 2  # slots a key at least: few keys meet in one; 4 take 14 MB more
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Knuth's multiplicative hashing
_EMPTY = -1
_FEW = 100  # that are left are found by a search: sooner than by the steps that one mail by itself would wait for


class Places:
    """Finds keys in a sorted table of distinct whole numbers that are not negative.

    A key whose slot is taken stands in the next free one (open addressing), past the last in the first.
    """

    def __init__(self, keys: Ints) -> None:
        self._keys = keys
        bits = max(len(keys) * _ROOM, 2).bit_length()
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._slots = np.full(1 << bits, _EMPTY, dtype=np.int32)
        left = np.arange(len(keys), dtype=np.int32)
        slots = self._slot(keys)
        while len(left):
            free = self._slots[slots] == _EMPTY
            self._slots[slots[free]] = left[free]
            lost = self._slots[slots] != left
            left, slots = left[lost], self._next(slots[lost])

    def of(self, wanted: Ints) -> Ints:
        """The place of each wanted key, -1 where it does not stand in the table."""
        if not len(self._keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        slots = self._slot(wanted)
        found = self._slots.take(slots)
        there = self._keys.take(found) == wanted
        others = np.flatnonzero(~there & (found != _EMPTY))
        found[~there] = -1
        slots = slots[others]
        while len(others) > _FEW:
            slots = self._next(slots)
            next_ = self._slots.take(slots)
            there = self._keys.take(next_) == wanted[others]
            found[others[there]] = next_[there]
            goes_on = ~there & (next_ != _EMPTY)
            others, slots = others[goes_on], slots[goes_on]
        if len(others):
            place = np.minimum(np.searchsorted(self._keys, wanted[others]), len(self._keys) - 1)
            found[others] = np.where(self._keys.take(place) == wanted[others], place, -1)
        return found

    def _next(self, slots: Ints) -> Ints:
        return (slots + 1) & self._last

    def _slot(self, keys: Ints) -> Ints:
        slots: Ints = ((keys.view(np.uint64) * _MULTIPLIER) >> self._shift).view(np.int64)
        return slots
