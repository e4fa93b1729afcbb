"""Many messages over HTTP: JSON Lines or an mbox in, JSON Lines out while they are judged; nothing is stored."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import Response, StreamingResponse

from data.mail.archives import open_mails
from data.records import Assessment
from data.wire import to_line
from service.batch import advised, in_chunks, judged_here
from service.bodies import media_type
from service.problems import Problem
from service.requests import Here
from service.wiring import Service

PATH = "/v1/batch"
ROWS_TYPE = "application/x-ndjson"
NAMES = {
    "application/x-ndjson": "batch.jsonl",
    "application/ndjson": "batch.jsonl",
    "application/jsonl": "batch.jsonl",
    "application/jsonlines": "batch.jsonl",
    "application/mbox": "batch.mbox",
    "application/octet-stream": "batch",  # told by its first bytes
}
_MBOX_BEGINS = b"From "
SMALL_CHUNK = 32  # rows come back soon

router = APIRouter(tags=["messages"])


@router.post(
    PATH,
    summary="Judge many messages",
    response_class=StreamingResponse,
    responses={200: {"description": "One assessment a line", "content": {ROWS_TYPE: {}}}},
)
async def judge_batch(request: Request, service: Here) -> Response:
    """Judge JSON Lines or an mbox; a message that cannot be read keeps its row, with ``error``."""
    name = NAMES.get(media_type(request))
    if name is None:
        detail = f"Send JSON Lines as {ROWS_TYPE} or a mailbox as application/mbox, and say so in Content-Type."
        raise Problem(415, "unsupported_type", detail)
    folder = TemporaryDirectory(prefix="kyp-batch-")
    try:
        path = Path(folder.name) / name
        await _spool(request, path)
        rows = await run_in_threadpool(_begun, service, _named(path))
    except BaseException:
        folder.cleanup()
        raise
    return StreamingResponse(_lines(rows, folder), media_type=ROWS_TYPE)


async def _spool(request: Request, path: Path) -> None:
    """Put the body on disk: an mbox may be larger than memory, and its end is known only once all is there."""
    with path.open("wb") as file:
        async for piece in request.stream():
            await run_in_threadpool(file.write, piece)
        if file.tell() == 0:
            raise Problem(422, "empty_body", "The request has no body: send JSON Lines or an mbox.")


def _named(path: Path) -> Path:
    """The file under a name that says what it is: what begins as an mbox is one, all else is JSON Lines."""
    if path.suffix:
        return path
    with path.open("rb") as file:
        suffix = ".mbox" if file.read(len(_MBOX_BEGINS)) == _MBOX_BEGINS else ".jsonl"
    return path.rename(path.with_suffix(suffix))


def _begun(service: Service, path: Path) -> Iterator[Assessment]:
    """Judge the first chunk at once, so that what cannot be opened is still answered with a problem."""
    judge = service.champion.triage().judge  # one model for the whole batch
    chunks = in_chunks(open_mails(path), SMALL_CHUNK)
    rows = advised(judged_here(chunks, judge), service.adviser)
    return chain(list(islice(rows, 1)), rows)


async def _lines(rows: Iterator[Assessment], folder: "TemporaryDirectory[str]") -> AsyncIterator[bytes]:
    try:
        async for row in iterate_in_threadpool(rows):
            yield to_line(row)
    finally:
        folder.cleanup()
