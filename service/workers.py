"""Judging in several processes: chunks go out and come back in order; what a lost worker was at is done again.

The pools are made by :mod:`service.pools`: processes of this machine, or a cluster.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from data.errors import KypError
from service.batch import Chunk
from service.judgement import Outcome

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

    def submit(self, chunk: Chunk) -> "Future[bytes]":
        """Have a chunk judged."""

    def result(self, future: "Future[bytes]") -> list[Outcome]:
        """Wait for a chunk (LostWorker where its worker ended)."""

    def mend(self) -> bool:
        """Make the pool fit for work after a loss; whether what was under way is lost with it."""


@dataclass(slots=True)
class _Sent:
    chunk: Chunk
    future: "Future[bytes]"
    attempts: int = 1


def judged_by_workers(chunks: Iterable[Chunk], pool: Pool) -> Iterator[list[Outcome]]:
    """Judge with a pool, in order; the input is read no faster than it is judged.

    Raises:
        WorkersLost: a chunk ended two workers.
    """
    waiting: deque[_Sent] = deque()
    for chunk in chunks:
        waiting.append(_Sent(chunk, pool.submit(chunk)))
        if len(waiting) >= pool.room():
            yield _done(waiting, pool)
    while waiting:
        yield _done(waiting, pool)


def _done(waiting: deque[_Sent], pool: Pool) -> list[Outcome]:
    while True:
        head = waiting[0]
        try:
            result = pool.result(head.future)
        except LostWorker as lost:
            if head.attempts == _ATTEMPTS:
                first, last = head.chunk[0].source, head.chunk[-1].source
                raise WorkersLost(
                    f"the mails {first} to {last} ended two workers, one after another: is there memory enough? "
                    "What was done so far is kept; go on with --resume and --jobs 1"
                ) from lost
            _send_again(waiting, pool)
        else:
            waiting.popleft()
            return result


def _send_again(waiting: deque[_Sent], pool: Pool) -> None:
    """Send the lost chunk once more, and those that were lost with it; only the first one is to blame."""
    lost_too = pool.mend()
    for place, sent in enumerate(waiting):
        if place == 0 or (lost_too and not _is_done(sent.future)):
            sent.future = pool.submit(sent.chunk)
    waiting[0].attempts += 1


def _is_done(future: "Future[bytes]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
