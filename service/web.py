"""The pages: paste or drop a mail, see what is in it and what to do; they work without JavaScript too."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from data.errors import ArtifactError, InputError, KypError
from service import words
from service.gate import FORM_FIELD
from service.handling import Receipt
from service.highlight import segments
from service.listing import Query
from service.pasted import Pasted
from service.problems import Problem
from service.requests import Here
from service.schemas import Slug
from service.visitor import visitor_of
from service.wiring import Service

RECENT = 8


def _of_the_visitor(request: Request) -> dict[str, Any]:
    """What every template may use: ``visitor``, and ``form_key()``, which goes into each form."""
    visitor = visitor_of(request)
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return {"visitor": visitor, "form_key": lambda: field.format(FORM_FIELD, visitor.form_key())}


router = APIRouter(include_in_schema=False)
pages = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ),
    context_processors=[_of_the_visitor],
)


@router.get("/")
def start(request: Request, service: Here) -> Response:
    """The form, and the messages that came last."""
    return _form(request, service)


@router.post("/")
async def take(request: Request, service: Here) -> Response:
    """Take the form's mail and go on to its page; a mail that cannot be read brings the form back with the reason."""
    limit = service.settings.max_body_bytes
    async with request.form(max_files=1, max_fields=10, max_part_size=limit) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        name = file.filename or "" if isinstance(file, UploadFile) else ""
    try:
        receipt = await run_in_threadpool(_receive, service, _pasted(service, given, content, name))
    except KypError as error:
        status = 503 if isinstance(error, ArtifactError) else 422
        return await run_in_threadpool(_form, request, service, given, str(error), status)
    return RedirectResponse(f"/messages/{receipt.assessment.id}", 303)


@router.get("/messages/{message_id}")
def show(request: Request, message_id: Slug, service: Here) -> Response:
    """One message with its signals, urgency and strategies."""
    assessment = service.store.get(message_id)
    if assessment is None:
        raise Problem(404, "unknown_message", "There is no message with this id; the start page lists the latest.")
    marked = {"text": segments(assessment, "text"), "subject": segments(assessment, "subject")}
    return pages.TemplateResponse(request, "message.html", {"message": assessment, "marked": marked, "words": words})


def _form(
    request: Request, service: Service, given: Mapping[str, str] | None = None, error: str = "", status: int = 200
) -> Response:
    recent = service.store.page(Query(limit=RECENT)).messages
    content: dict[str, Any] = {"given": given or {}, "error": error, "recent": recent, "words": words}
    return pages.TemplateResponse(request, "start.html", content, status)


def _receive(service: Service, pasted: Pasted) -> Receipt:
    if pasted.empty:
        raise InputError("Paste the text of a mail, or choose a file, then try again.")
    email = pasted.email()
    if email.error is not None:
        raise InputError(email.error.message)
    receipt = service.desk.receive(email)
    if receipt.assessment.error is not None:
        raise InputError(receipt.assessment.error.message)
    return receipt


def _pasted(service: Service, given: Mapping[str, str], file: bytes, name: str) -> Pasted:
    sent = given.get("sent_at", "").strip()
    try:
        sent_at = datetime.fromisoformat(sent) if sent else None
    except ValueError as error:
        raise InputError("The moment of sending cannot be read: write it as 2026-03-05T17:42.") from error
    if sent_at is not None and sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=service.settings.zone)
    return Pasted(
        text=given.get("text", ""),
        file=file,
        file_name=name,
        subject=given.get("subject", "").replace("\0", ""),
        sender=given.get("from", "").replace("\0", "").strip() or None,
        sent_at=sent_at,
    )
