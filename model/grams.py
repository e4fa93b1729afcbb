"""Character n-grams of many words at once: a longer one is found by the number of its beginning and one letter more."""

from collections.abc import Sequence

import numpy as np

from model.columns import Ints
from model.places import Places

ORDERS = (3, 4, 5)
_SHIFT = np.int64(1 << 21)  # room for every code point, and for as many n-grams of one order


def character_grams(word: str) -> list[str]:
    """Character n-grams of one padded token."""
    padded = f" {word} "
    return [padded[i : i + n] for n in ORDERS for i in range(len(padded) - n + 1)]


class GramTable:
    """Finds the n-grams that are known; a longer one is known only if its beginning is.

    That is no loss: where an n-gram stands often enough to be kept, its beginning stands as often.
    """

    def __init__(self, grams: Sequence[str]) -> None:
        self._known: list[tuple[Places, Ints]] = []
        for order in ORDERS:
            numbers = np.array([number for number, gram in enumerate(grams) if len(gram) == order], dtype=np.int64)
            letters = _letters([grams[number] for number in numbers.tolist()])
            starts = np.arange(len(numbers)) * order
            keys = _keys(self._ids(letters, starts, order - 1), letters[starts + order - 1])
            by_key = np.argsort(keys)
            self._known.append((Places(keys[by_key]), numbers[by_key]))

    def of(self, words: Sequence[str]) -> tuple[Ints, Ints]:
        """The numbers of the known n-grams of the words, word by word, and how many each word has."""
        lengths = np.array([len(word) + 2 for word in words], dtype=np.int64)
        letters = _letters([f" {word} " for word in words])
        word = np.repeat(np.arange(len(words)), lengths)
        left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))  # letters of the word from here on
        starts = np.flatnonzero(left >= ORDERS[0])
        ids = self._ids(letters, starts, ORDERS[0] - 1)
        found, owners = [], []
        for order, (places, numbers) in zip(ORDERS, self._known, strict=True):
            there = (left[starts] >= order) & (ids >= 0)
            starts, ids = starts[there], ids[there]
            ids = places.of(_keys(ids, letters[starts + order - 1]))
            known = ids >= 0
            starts, ids = starts[known], ids[known]
            found.append(numbers[ids])
            owners.append(word[starts])
        owner = np.concatenate(owners)
        return np.concatenate(found)[np.argsort(owner, kind="stable")], np.bincount(owner, minlength=len(words))

    def _ids(self, letters: Ints, starts: Ints, order: int) -> Ints:
        """The number among its like of what begins at each start and has so many letters, -1 where it is not known."""
        if order < ORDERS[0]:
            return _keys(letters[starts], letters[starts + 1])
        before = self._ids(letters, starts, order - 1)
        ids = self._known[ORDERS.index(order)][0].of(_keys(before, letters[starts + order - 1]))
        return np.where(before >= 0, ids, -1)


def _keys(before: Ints, letters: Ints) -> Ints:
    return before * _SHIFT + letters


def _letters(strings: Sequence[str]) -> Ints:
    """The code points of strings, one after another."""
    text = "".join(strings).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(text, dtype=np.uint32).astype(np.int64)
