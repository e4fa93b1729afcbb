"""Postmark's inbound webhook: one JSON object, with the raw mail in `RawEmail` where the server includes it.

Source: Postmark's documentation, "Inbound webhook". Postmark tries again after anything but 200, and never after 403.
"""

import base64
import binascii

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.inbound.delivery import Delivery
from service.inbound.rebuilt import Attachment, Header, lacking, rebuild
from service.problems import Problem, from_validation


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Header(_Part):
    name: str = Field(alias="Name")
    value: str = Field("", alias="Value")


class _File(_Part):
    name: str = Field("", alias="Name")
    content: str = Field("", alias="Content")
    kind: str = Field("", alias="ContentType")


class _Address(_Part):
    email: str = Field("", alias="Email")
    name: str = Field("", alias="Name")


class PostmarkMail(_Part):
    """What is read of Postmark's object; `MessageID` is Postmark's own number, the mail's stands among the headers."""

    sender: str = Field("", alias="From")
    sender_in_full: _Address | None = Field(None, alias="FromFull")
    to: str = Field("", alias="To")
    cc: str = Field("", alias="Cc")
    subject: str = Field("", alias="Subject")
    date: str = Field("", alias="Date")
    reply_to: str = Field("", alias="ReplyTo")
    text: str | None = Field(None, alias="TextBody")
    html: str | None = Field(None, alias="HtmlBody")
    raw: str | None = Field(None, alias="RawEmail")
    headers: tuple[_Header, ...] = Field((), alias="Headers")
    attachments: tuple[_File, ...] = Field((), alias="Attachments")


def delivery(body: bytes) -> Delivery:
    """The mail of a request (Problem 422 where there is none)."""
    try:
        given = PostmarkMail.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error, "no_mail") from error
    headers = [(header.name, header.value) for header in given.headers]
    path = next((value for name, value in headers if name.lower() == "return-path"), None)
    return Delivery(_raw(given, headers), path.strip("<> ") if path is not None else None)


def _raw(given: PostmarkMail, headers: list[Header]) -> bytes:
    if given.raw:
        return given.raw.encode("utf-8", "replace")
    if not (given.text or given.html or given.attachments or headers):
        raise Problem(
            422, "no_mail", "There is no mail in this request: neither RawEmail nor TextBody, HtmlBody, Headers."
        )
    told = [
        ("From", _sender(given)), ("To", given.to), ("Cc", given.cc), ("Reply-To", given.reply_to),
        ("Subject", given.subject), ("Date", given.date),
    ]  # fmt: skip
    files = [Attachment(file.name, file.kind, _decoded(file.content)) for file in given.attachments]
    return rebuild(headers + lacking(headers, told), given.text or "", given.html or "", files)


def _sender(given: PostmarkMail) -> str:
    full = given.sender_in_full
    if full is None or not full.email:
        return given.sender
    name = full.name.replace("\\", "").replace('"', "'")
    return f'"{name}" <{full.email}>' if name else full.email


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except (ValueError, binascii.Error):
        return b""
