"""Taking mails in turn: a few threads at a time, first come first served, so that a flood of mails is fair to each."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

_Result = TypeVar("_Result")


class Turns:
    """Threads that take mails; pages and lists have others, and do not wait behind them.

    More threads are not quicker: judging holds the interpreter's lock, SQLite writes one after another, and who waits
    for either is woken in no order.
    """

    def __init__(self, threads: int) -> None:
        self._limiter = CapacityLimiter(threads)

    async def run(self, work: Callable[..., _Result], *given: object) -> _Result:
        """Do the work in a thread, when it is its turn."""
        return await to_thread.run_sync(partial(work, *given), limiter=self._limiter)
