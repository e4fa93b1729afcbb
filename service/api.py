"""The JSON interface: one message in, its assessment out; stored messages listed."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from data.context import Context
from data.mail.reading import compose, read
from data.records import Email
from data.taxonomy import Label
from data.wire import to_json
from service import listing
from service.bodies import media_type, whole_body
from service.cursor import Cursor
from service.handling import NO_CONTEXT, Receipt
from service.inbound.forms import read_form
from service.problems import Problem, from_validation
from service.requests import Here
from service.schemas import AssessmentOut, AssessmentsOut, MessageIn, MessagesOut, Moment, NextCursor, Slug
from service.uploads import mails_in
from service.wiring import Service

JSON_TYPE = "application/json"
MAIL_TYPE = "message/rfc822"
FORM_TYPE = "multipart/form-data"
MOST = 200

router = APIRouter(prefix="/v1", tags=["messages"])


@router.post(
    "/messages",
    summary="Judge and store one message",
    status_code=201,
    responses={
        201: {"model": AssessmentOut | AssessmentsOut},
        200: {"model": AssessmentOut | AssessmentsOut, "description": "It was known already"},
    },
)
async def take_message(request: Request, service: Here) -> Response:
    """Take a message as JSON fields, as a raw mail (forwarded or not), or as files: 201 where it is new, else 200.

    The same message is stored once; sent again, it comes back as it was judged the first time. Of several files the
    answer is `{"messages": […]}`, in their order. A file that could not be read has its `error` in its row. A mailbox
    of several mails is refused: it goes to `/v1/batch`.
    """
    body = await whole_body(request)
    if media_type(request) == FORM_TYPE:
        return await service.turns.run(_take_files, service, request.headers["content-type"], body)
    receipt = await service.turns.run(_take, service, media_type(request), body)
    return _answer(receipt)


@router.get("/messages/{message_id}", summary="One stored message", responses={200: {"model": AssessmentOut}})
def show_message(message_id: Slug, service: Here) -> Response:
    """Give the assessment as it was stored."""
    assessment = service.store.get(message_id)
    if assessment is None:
        raise Problem(
            404, "unknown_message", "There is no message with this id; GET /v1/messages lists those there are."
        )
    return JSONResponse(to_json(assessment))


@router.get("/messages", summary="Stored messages, newest first", responses={200: {"model": MessagesOut}})
def list_messages(
    service: Here,
    client: Annotated[Slug | None, Query(description="the client's address or name")] = None,
    label: Annotated[Label | None, Query(description="only messages that bear this label")] = None,
    urgency_min: Annotated[int, Query(ge=0, le=3)] = 0,
    since: Annotated[
        Moment | None, Query(description="sent (or received, without a date) at this moment or later")
    ] = None,
    cursor: NextCursor = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Response:
    """List stored messages page by page."""
    after = Cursor.from_token(cursor) if cursor is not None else None
    page = service.store.page(listing.Query(client, label, urgency_min, since, after, limit))
    following = page.next.token() if page.next else None
    return JSONResponse({"messages": [to_json(message) for message in page.messages], "next_cursor": following})


def _answer(receipt: Receipt) -> Response:
    where = None if receipt.assessment.error else {"Location": f"/v1/messages/{receipt.assessment.id}"}
    return JSONResponse(to_json(receipt.assessment), 201 if receipt.new else 200, headers=where)


def _take_files(service: Service, kind: str, body: bytes) -> Response:
    emails = mails_in(read_form(kind, body), "api")
    receipts = [service.desk.receive(email) for email in emails]
    if len(receipts) == 1:
        return _answer(receipts[0])
    status = 201 if any(receipt.new for receipt in receipts) else 200
    return JSONResponse({"messages": [to_json(receipt.assessment) for receipt in receipts]}, status)


def _take(service: Service, kind: str, body: bytes) -> Receipt:
    return _receive(service, *_read(kind, body))


def _receive(service: Service, email: Email, context: Context) -> Receipt:
    if email.error is not None:
        raise Problem(422, email.error.code, email.error.message)
    receipt = service.desk.receive(email, context)
    if receipt.assessment.error is not None:
        raise Problem(422, receipt.assessment.error.code, receipt.assessment.error.message)
    return receipt


def _read(kind: str, body: bytes) -> tuple[Email, Context]:
    if kind == MAIL_TYPE:
        return read(body, "api"), NO_CONTEXT
    if kind == JSON_TYPE:
        return _from_fields(body)
    detail = f"Set Content-Type to {JSON_TYPE} (fields), {MAIL_TYPE} (a raw mail) or {FORM_TYPE} (files of mails)."
    raise Problem(415, "unsupported_type", detail)


def _from_fields(body: bytes) -> tuple[Email, Context]:
    try:
        given = MessageIn.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from error
    email = compose(given.subject, given.body, "api", sender=given.sender, sent_at=given.sent_at)
    if given.client is not None:
        email = replace(email, client=given.client)
    return email, given.context or NO_CONTEXT
