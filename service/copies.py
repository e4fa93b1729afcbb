"""Which messages went by already, in eight bytes each: the same message in two folders is scored once."""

import hashlib

import numpy as np
import numpy.typing as npt

from data.records import Assessment

_FRESH = 1 << 14  # hashes held in a set, of 90 bytes each, before they are sorted into the large array


class Copies:
    """Remembers messages by a hash of 64 bits; that two of a million meet by chance is a matter of 1 in 30 million."""

    def __init__(self) -> None:
        self.found = 0
        self._sorted: npt.NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._fresh: set[int] = set()

    def take(self, message: Assessment) -> bool:
        """Note a message; False where it went by already.

        A message is a copy where client, minute, subject and text are the same (its id), and the Message-ID too. One
        that bears neither a Message-ID nor a date could be any other of the same words: it is never taken for a copy.
        """
        if message.error is not None or (message.message_id is None and message.sent_at is None):
            return True
        name = f"{message.id}\0{message.message_id or ''}".encode(errors="surrogatepass")
        number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big")
        if number in self._fresh or self._is_sorted_in(number):
            self.found += 1
            return False
        self._fresh.add(number)
        if len(self._fresh) >= _FRESH:
            self._sort_in()
        return True

    def _is_sorted_in(self, number: int) -> bool:
        if not len(self._sorted):
            return False
        place = int(np.searchsorted(self._sorted, np.uint64(number)))
        return place < len(self._sorted) and int(self._sorted[place]) == number

    def _sort_in(self) -> None:
        known, new = len(self._sorted), len(self._fresh)
        self._sorted.resize(known + new, refcheck=False)  # in place: copies would hold all of it three times
        self._sorted[known:] = np.fromiter(self._fresh, dtype=np.uint64, count=new)
        self._sorted.sort()
        self._fresh = set()
