"""Judging in several processes: chunks go out and come back in order; what a lost worker was at is done again.

The pools are made by :mod:`service.pools`: processes of this machine, or a cluster.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from data.errors import KypError
from service.batch import Chunk
from service.judgement import Outcome
from service.parcels import packed_chunk
from service.ranges import OutOfReach

UNDER_WAY = 2  # chunks a process: one being judged, one waiting
_ATTEMPTS = 2  # a chunk that ends two workers would end a third


class LostWorker(Exception):
    """A worker ended before its chunk was done."""


class WorkersLost(KypError):
    """A chunk ended its worker twice."""

    code = "workers_lost"


class Pool(Protocol):
    """Processes that judge."""

    def room(self) -> int:
        """How many chunks to have under way."""

    def submit(self, parcel: bytes) -> "Future[bytes]":
        """Have a packed chunk judged."""

    def result(self, future: "Future[bytes]") -> list[Outcome]:
        """Wait for a chunk (LostWorker where its worker ended, OutOfReach where it could not read the mails)."""

    def mend(self) -> bool:
        """Make the pool fit for work after a loss; whether what was under way is lost with it."""


def judged_by_workers(chunks: Iterable[Chunk], pool: Pool, tell: Callable[[str], None]) -> Iterator[list[Outcome]]:
    """Judge with a pool, in order; the input is read no faster than it is judged.

    Workers read the mails themselves where those stand in mailbox files; once one could not, it is told, and from
    then on the mails are sent.

    Raises:
        WorkersLost: a chunk ended two workers.
    """
    line = _Line(pool, tell)
    for chunk in chunks:
        line.send(chunk)
        while len(line.waiting) >= pool.room() or line.head_is_done():
            yield line.take()
    while line.waiting:
        yield line.take()


@dataclass(slots=True)
class _Sent:
    chunk: Chunk
    future: "Future[bytes]"
    attempts: int = 1


@dataclass(slots=True)
class _Line:
    """The chunks under way, in order."""

    pool: Pool
    tell: Callable[[str], None]
    ranges: bool = True
    waiting: deque[_Sent] = field(default_factory=deque)

    def send(self, chunk: Chunk) -> None:
        """Have one more chunk judged."""
        self.waiting.append(_Sent(chunk, self._submitted(chunk)))

    def head_is_done(self) -> bool:
        """Whether the next outcomes are there already."""
        return bool(self.waiting) and _is_done(self.waiting[0].future)

    def take(self) -> list[Outcome]:
        """Wait for the outcomes of the chunk that was sent first."""
        while True:
            head = self.waiting[0]
            try:
                result = self.pool.result(head.future)
            except LostWorker as lost:
                if head.attempts == _ATTEMPTS:
                    raise _given_up(head.chunk) from lost
                self._send_again()
            except OutOfReach as error:
                if self.ranges:
                    self.ranges = False
                    self.tell(f"kyp: a worker could not read the mails itself, so they are sent: {error}")
                head.future = self._submitted(head.chunk)
            else:
                self.waiting.popleft()
                return result

    def _send_again(self) -> None:
        """Send the lost chunk once more, and those that were lost with it; only the first one is to blame."""
        lost_too = self.pool.mend()
        for place, sent in enumerate(self.waiting):
            if place == 0 or (lost_too and not _is_done(sent.future)):
                sent.future = self._submitted(sent.chunk)
        self.waiting[0].attempts += 1

    def _submitted(self, chunk: Chunk) -> "Future[bytes]":
        return self.pool.submit(packed_chunk(chunk, ranges=self.ranges))


def _given_up(chunk: Chunk) -> WorkersLost:
    return WorkersLost(
        f"the mails {chunk[0].source} to {chunk[-1].source} ended two workers, one after another: is there memory "
        "enough? What was done so far is kept; go on with --resume and --jobs 1"
    )


def _is_done(future: "Future[bytes]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
