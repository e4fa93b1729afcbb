"""The processes that judge: loky's on this machine, or the workers of a Dask cluster (``kyp[dask]``)."""

import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from joblib.externals.loky import ProcessPoolExecutor

from data.errors import InputError, MissingExtra
from service.judgement import Order, Outcome
from service.parcels import carry_out, unpacked_outcomes
from service.workers import UNDER_WAY, LostWorker, Pool

_PATIENCE = "10s"  # for a scheduler that does not answer
_GLANCE = 2.0  # seconds between two looks at the workers; loky tells of a lost one far sooner if it can
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@contextmanager
def processes(jobs: int, order: Order) -> Iterator[Pool]:
    """So many processes on this machine; they end with the block."""
    pool = _Processes(jobs, order)
    try:
        yield pool
    finally:
        pool.close()


@contextmanager
def cluster(scheduler: str, order: Order) -> Iterator[Pool]:
    """The workers of a cluster; each must have kyp installed and reach the models under the same path.

    Raises:
        MissingExtra: Dask is not installed.
        InputError: no scheduler answers, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtra("--backend dask needs Dask: install kyp[dask]") from error
    try:
        client: Any = Client(scheduler, timeout=_PATIENCE)  # type: ignore[no-untyped-call]  # Dask has few types
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no scheduler answers at {scheduler}: start one with `dask scheduler`, and `dask worker {scheduler}`"
        ) from error
    try:
        yield _Cluster(client, order, scheduler)
    finally:
        client.close()


class _Processes:
    def __init__(self, jobs: int, order: Order) -> None:
        self._jobs = jobs
        self._order = order
        self._under_way: deque[Future[bytes]] = deque(maxlen=UNDER_WAY * jobs + 1)
        self._executor = self._started()

    def room(self) -> int:
        return UNDER_WAY * self._jobs

    def submit(self, parcel: bytes) -> "Future[bytes]":
        try:
            return self._submitted(parcel)
        except BrokenProcessPool:  # found out between two results: the chunks under way will tell
            failed: Future[bytes] = Future()
            failed.set_exception(BrokenProcessPool())
            return failed

    def result(self, future: "Future[bytes]") -> list[Outcome]:
        for glance in count():
            done, _ = wait([future], timeout=_GLANCE)
            if done:
                break
            if glance and self._has_lost_one():
                self._unblock()
        try:
            return unpacked_outcomes(future.result())
        except BrokenProcessPool as lost:
            raise LostWorker from lost

    def _has_lost_one(self) -> bool:
        return any(not process.is_alive() for process in list(self._executor._processes.values()))

    def _unblock(self) -> None:
        """Make loky see that a worker was lost while it wrote a result: it waits for the other half of it for ever.

        What it waits for ends when nobody can write any more.
        """
        for process in list(self._executor._processes.values()):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self._executor._result_queue._writer.close()

    def mend(self) -> bool:
        self._executor.shutdown(wait=True, kill_workers=True)
        self._under_way.clear()
        self._executor = self._started()
        return True

    def close(self) -> None:
        """End the processes: what waits is called off, what they are at is done within a second."""
        for future in self._under_way:
            future.cancel()
        self._executor.shutdown(wait=True)  # killing them while chunks wait makes loky stumble

    def _submitted(self, parcel: bytes) -> "Future[bytes]":
        future: Future[bytes] = self._executor.submit(carry_out, self._order, parcel)
        self._under_way.append(future)
        return future

    def _started(self) -> Any:  # noqa: ANN401 (joblib has no types)
        return ProcessPoolExecutor(self._jobs, initializer=_leave_interrupts_to_the_parent, env=_ONE_CORE)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Cluster:
    def __init__(self, client: Any, order: Order, scheduler: str) -> None:  # noqa: ANN401 (Dask has no types)
        self._client = client
        self._order = order
        self.mend()
        if not self.room():
            raise InputError(f"the scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`")

    def room(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return UNDER_WAY * sum(threads.values())

    def submit(self, parcel: bytes) -> "Future[bytes]":
        # A chunk is sent as it is, not looked at for equal ones that were judged before.
        future: Future[bytes] = self._client.submit(carry_out, self._order, parcel, pure=False)
        return future

    def result(self, future: "Future[bytes]") -> list[Outcome]:
        from distributed import KilledWorker

        try:
            return unpacked_outcomes(future.result())
        except (KilledWorker, CancelledError) as lost:
            raise LostWorker from lost

    def mend(self) -> bool:
        """Wait for a worker: one may be about to come."""
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        return False
