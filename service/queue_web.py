"""The label queue: the message whose label would teach a model most, one after another, by keyboard."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from data.errors import ArtifactError, InputError
from service.message_web import annotator_of, judgement_of, keep, message_of
from service.pages import pages
from service.requests import Here
from service.wiring import Service

AHEAD = 6  # messages shown of the queue: the first whole, the others as what comes next
MOST_SKIPPED = 100

router = APIRouter(include_in_schema=False)


@router.get("/labels")
def show(request: Request, service: Here) -> Response:
    """The first message of the queue; `skip` names those to leave out for now, `back` the one that was done last."""
    return _page(request, service, _skipped(request.query_params.getlist("skip")))


@router.post("/labels")
async def label(request: Request, service: Here) -> Response:
    """Keep what the form says of its message, or pass it over, and go on to the next one."""
    async with request.form(max_files=0, max_fields=30 + MOST_SKIPPED) as form:
        given = form
    message_id, skipped = str(given.get("message", "")), _skipped([str(one) for one in given.getlist("skip")])
    message = await run_in_threadpool(message_of, service, message_id)
    if "pass" in given:
        return RedirectResponse(_address([*skipped, message.id], None), 303)
    try:
        await run_in_threadpool(keep, request, service, message, given)
    except InputError as error:
        return await run_in_threadpool(_page, request, service, skipped, str(error))
    return RedirectResponse(_address(skipped, message.id), 303)


def _page(request: Request, service: Service, skipped: list[str], error: str = "") -> Response:
    try:
        queue = service.queue.next(annotator_of(request), AHEAD, skip=frozenset(skipped))
    except ArtifactError as no_model:  # nothing can be ranked, and the page says why
        queue, error = (), str(no_model)
    content = {
        "first": queue[0] if queue else None,
        "ahead": queue[1:],
        "skipped": skipped,
        "done": service.corrections.count(),
        "back": request.query_params.get("back"),
        "error": error,
        "ranked": bool(queue) or not error,
    }
    if queue:
        content |= judgement_of(request, service, queue[0].message)
    return pages.TemplateResponse(request, "queue.html", content, 422 if error and queue else 200)


def _skipped(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if 0 < len(name) <= 64][-MOST_SKIPPED:]


def _address(skipped: list[str], done: str | None) -> str:
    fields = [("skip", name) for name in skipped] + ([("back", done)] if done else [])
    return f"/labels?{urlencode(fields)}" if fields else "/labels"
