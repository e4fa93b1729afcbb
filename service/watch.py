"""A watch beside the requests: looks for a new champion every few seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from service.champion import Champion


@asynccontextmanager
async def watching(champion: Champion, *, every: float) -> AsyncIterator[None]:
    """Keep the model fresh as long as the block lasts; the model is loaded at its beginning, ahead of requests."""
    task = asyncio.create_task(_watch(champion, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(champion: Champion, every: float) -> None:
    while True:
        await run_in_threadpool(champion.refresh)
        await asyncio.sleep(every)
