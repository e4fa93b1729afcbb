"""The page of one message: what it bears and why, what to do; and where a person says what it really bears."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from data.errors import InputError
from data.records import Assessment
from service.highlight import segments
from service.judged import Judged, differences, told_in_form
from service.label_schemas import YOU
from service.pages import pages, texts_of
from service.problems import Problem
from service.reading_language import advice_for
from service.requests import Here
from service.schemas import Slug
from service.visitor import visitor_of
from service.wiring import Service

router = APIRouter(include_in_schema=False)


@router.get("/messages/{message_id}")
def show(request: Request, message_id: Slug, service: Here) -> Response:
    """One message."""
    return _page(request, service, message_of(service, message_id))


@router.post("/messages/{message_id}/labels")
async def correct(request: Request, message_id: Slug, service: Here) -> Response:
    """Keep what the form says of the message, and show it again."""
    async with request.form(max_files=0, max_fields=30) as form:
        given = form
    message = await run_in_threadpool(message_of, service, message_id)
    try:
        await run_in_threadpool(keep, request, service, message, given)
    except InputError as error:
        return await run_in_threadpool(_page, request, service, message, str(error))
    return RedirectResponse(f"/messages/{message.id}?kept=1#judgement", 303)


def message_of(service: Service, message_id: str) -> Assessment:
    """A stored message (a 404 problem where there is none)."""
    message = service.store.get(message_id)
    if message is None:
        raise Problem(404, "unknown_message", "There is no message with this id; the inbox lists the latest.")
    return message


def keep(request: Request, service: Service, message: Assessment, given: FormData) -> None:
    """Keep the opinion that a form tells as this visitor's own (InputError where it cannot be used)."""
    labelling = Judged(message, service.corrections.of(message.id)).labelling(annotator_of(request))
    fields = {name: value for name, value in given.items() if isinstance(value, str)}
    borne = frozenset(value for value in given.getlist("label") if isinstance(value, str))
    try:
        opinion = told_in_form(labelling, fields, borne)
    except ValueError as error:
        raise InputError(texts_of(request)("judgement.wrong")) from error
    service.corrections.put(message, opinion)


def annotator_of(request: Request) -> str:
    """Under which name this visitor's opinions are kept: that of their token, or `me` where none is asked for."""
    return visitor_of(request).name or YOU


def judgement_of(request: Request, service: Service, message: Assessment) -> dict[str, Any]:
    """What a page needs to show a message and let it be corrected."""
    opined = service.corrections.of(message.id)
    judged = Judged(message, opined)
    return {
        "message": message,
        "judged": judged,
        "marked": {"text": segments(message, "text"), "subject": segments(message, "subject")},
        "own": judged.labelling(annotator_of(request)).opinion if message.signals else None,
        "said": [(one, differences(one)) for one in reversed(opined.history)],
    }


def _page(request: Request, service: Service, message: Assessment, error: str = "") -> Response:
    content = judgement_of(request, service, message) | {
        "advice": advice_for(message, service.adviser.playbook, texts_of(request).language),
        "error": error,
        "kept": "kept" in request.query_params,
    }
    return pages.TemplateResponse(request, "message.html", content, 422 if error else 200)
