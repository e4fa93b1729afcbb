"""Webhooks: mails that Mailgun, SendGrid and Postmark post. 200 only once the mail is on disk.

What makes a provider try again is told apart from what never will be better: see each provider's module.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from service.bodies import whole_body
from service.inbound import mailgun, postmark, sendgrid
from service.inbound.delivery import Delivery
from service.inbound.forms import read_form
from service.inbound.intake import Replayed
from service.problems import Problem
from service.requests import Here
from service.schemas import TakenOut
from service.wiring import Service

PREFIX = "/v1/inbound"
_Door = TypeVar("_Door")
TAKEN: dict[int | str, dict[str, Any]] = {200: {"model": TakenOut, "description": "The mail is kept"}}

router = APIRouter(prefix=PREFIX, tags=["ways in"])


@router.post("/mailgun", summary="A mail from Mailgun", responses=TAKEN)
@router.post("/mailgun/mime", summary="A raw mail from Mailgun", responses=TAKEN)
async def from_mailgun(request: Request, service: Here) -> Response:
    """Take a mail that a Mailgun route forwards, parsed or (to an address that ends with `mime`) raw."""
    door = _open(service.doors.mailgun, "KYP_MAILGUN_SIGNING_KEY")
    kind, body = request.headers.get("content-type", ""), await whole_body(request)
    return await _take(service, lambda: door.delivery(read_form(kind, body)), "mailgun")


@router.post("/sendgrid", summary="A mail from SendGrid", responses=TAKEN)
async def from_sendgrid(request: Request, service: Here) -> Response:
    """Take a mail of SendGrid's Inbound Parse, parsed or raw."""
    doors = service.doors
    if doors.sendgrid_key is None and doors.sendgrid_pair is None:
        raise _closed("KYP_SENDGRID_PUBLIC_KEY or KYP_SENDGRID_BASIC_AUTH")
    if doors.sendgrid_pair is not None:
        _check_pair(request, doors.sendgrid_pair)  # before anything large is read
    body = await whole_body(request)
    if doors.sendgrid_key is not None:
        timestamp, signature = (request.headers.get(name, "") for name in (sendgrid.TIMESTAMP, sendgrid.SIGNATURE))
        doors.sendgrid_key.check(timestamp, signature, body)
    kind = request.headers.get("content-type", "")
    return await _take(service, lambda: sendgrid.delivery(read_form(kind, body)), "sendgrid")


@router.post("/postmark", summary="A mail from Postmark", responses=TAKEN)
async def from_postmark(request: Request, service: Here) -> Response:
    """Take a mail of Postmark's inbound webhook."""
    _check_pair(request, _open(service.doors.postmark_pair, "KYP_POSTMARK_BASIC_AUTH"))
    body = await whole_body(request)
    return await _take(service, lambda: postmark.delivery(body), "postmark")


async def _take(service: Service, read: Callable[[], Delivery], source: str) -> Response:
    """Read and keep a mail, away from the loop that other requests wait for."""
    try:
        receipt = await service.turns.run(lambda: service.intake.take(read(), source))
    except Replayed as error:
        raise Problem(
            mailgun.NEVER, "replayed", "This token was used before; the mail that it came with is kept."
        ) from error
    return JSONResponse({"id": receipt.assessment.id, "new": receipt.new})


def _open(door: _Door | None, setting: str) -> _Door:
    if door is None:
        raise _closed(setting)
    return door


def _closed(setting: str) -> Problem:
    return Problem(404, "closed", f"This way in is closed: set {setting} to open it (docs/service.md tells how).")


def _check_pair(request: Request, pair: str) -> None:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        shown = base64.b64decode(given, validate=True) if kind.lower() == "basic" else b""
    except (ValueError, binascii.Error):
        shown = b""
    if not hmac.compare_digest(shown, pair.encode()):
        detail = "User and password are not those that kyp was given: put them into the URL that the provider posts to."
        raise Problem(401, "wrong_password", detail, {"WWW-Authenticate": 'Basic realm="kyp"'})
