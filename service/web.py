"""The inbox: what came, newest first; and the form to paste or drop a mail. It works without JavaScript too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from data.errors import ArtifactError, InputError, KypError
from service.catalogue import Catalogue
from service.handling import Receipt
from service.inbox_filter import InboxFilter
from service.judged import NOBODY, Judged
from service.pages import pages, texts_of
from service.pasted import Pasted
from service.requests import Here
from service.wiring import Service

CLIENTS = 200  # offered for the filter, those who wrote last first

router = APIRouter(include_in_schema=False)


@router.get("/")
def inbox(request: Request, service: Here) -> Response:
    """The messages that the filter asks for, newest first."""
    return _inbox(request, service)


@router.post("/")
async def take(request: Request, service: Here) -> Response:
    """Take the form's mail and go on to its page; a mail that cannot be read brings the form back with the reason."""
    limit = service.settings.max_body_bytes
    async with request.form(max_files=1, max_fields=10, max_part_size=limit) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        name = file.filename or "" if isinstance(file, UploadFile) else ""
    texts = texts_of(request)
    try:
        receipt = await service.turns.run(_receive, service, _pasted(service, given, content, name, texts), texts)
    except KypError as error:
        status = 503 if isinstance(error, ArtifactError) else 422
        return await run_in_threadpool(_inbox, request, service, given, str(error), status)
    return RedirectResponse(f"/messages/{receipt.assessment.id}", 303)


def _inbox(
    request: Request, service: Service, given: Mapping[str, str] | None = None, error: str = "", status: int = 200
) -> Response:
    chosen = InboxFilter.of(request)
    page = service.store.page(chosen.query())
    opined = service.corrections.of_each([message.id for message in page.messages])
    content: dict[str, Any] = {
        "given": given or {},
        "error": error,
        "chosen": chosen,
        "rows": [Judged(message, opined.get(message.id, NOBODY)) for message in page.messages],
        "next": chosen.address(page.next) if page.next else None,
        "clients": [line.client for line in service.clients.page(CLIENTS).clients],
        "composing": "new" in request.query_params or bool(error) or not (page.messages or chosen.narrowed),
    }
    return pages.TemplateResponse(request, "inbox.html", content, status)


def _receive(service: Service, pasted: Pasted, texts: Catalogue) -> Receipt:
    if pasted.empty:
        raise InputError(texts("new.empty"))
    email = pasted.email()
    if email.error is not None:
        raise InputError(email.error.message)
    receipt = service.desk.receive(email)
    if receipt.assessment.error is not None:
        raise InputError(receipt.assessment.error.message)
    return receipt


def _pasted(service: Service, given: Mapping[str, str], file: bytes, name: str, texts: Catalogue) -> Pasted:
    sent = given.get("sent_at", "").strip()
    try:
        sent_at = datetime.fromisoformat(sent) if sent else None
    except ValueError as error:
        raise InputError(texts("new.wrong_moment")) from error
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
