"""Judging in several processes: chunks go out and come back in order, never more than two a process under way."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from data.records import Assessment
from model.registry import Registry
from service.batch import Chunk, Judged
from service.champion import Champion

UNDER_WAY = 2  # chunks a process: one being judged, one waiting


def judged_by_workers(chunks: Iterable[Chunk], models_folder: Path, jobs: int) -> Iterator[Judged]:
    """Judge with the champion of a registry in ``jobs`` processes; the input is read no faster than it is judged."""
    waiting: deque[tuple[Chunk, Future[list[Assessment]]]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_judge, models_folder, chunk)))
            if len(waiting) >= UNDER_WAY * jobs:
                yield _done(waiting)
        while waiting:
            yield _done(waiting)


def _done(waiting: deque[tuple[Chunk, Future[list[Assessment]]]]) -> Judged:
    chunk, future = waiting.popleft()
    return chunk, future.result()


def _judge(models_folder: Path, chunk: Chunk) -> list[Assessment]:
    return _champion(models_folder).judge(chunk)


@cache
def _champion(models_folder: Path) -> Champion:
    """Each process loads the model once."""
    return Champion(Registry(models_folder))
