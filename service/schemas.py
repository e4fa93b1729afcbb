"""What HTTP takes and gives, as pydantic models: input is checked by them, output is described by them for /docs."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from data.context import Context
from data.records import MailKind
from data.taxonomy import Group, Label, Language, UrgencyName
from service.cursor import PATTERN as CURSOR_PATTERN

YEARS = range(1970, 2200)
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _from_text(value: object) -> object:
    if not isinstance(value, str) or not _DATED.match(value):  # a bare number would be taken for seconds since 1970
        raise ValueError('must be a text such as "2026-03-05" or "2026-03-05T17:42:00+08:00"')
    return value


def _plausible(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"must lie between {YEARS.start} and {YEARS.stop - 1}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_NO_NUL = r"^[^\x00]*$"
_ONE_SPEAKS: list[JsonValue] = [
    {"required": [name], "properties": {name: {"pattern": r"\S"}}} for name in ("subject", "body")
]
Text = Annotated[str, AfterValidator(_plain), Field(json_schema_extra={"pattern": _NO_NUL})]
Moment = Annotated[
    datetime,
    BeforeValidator(_from_text),
    AfterValidator(_plausible),
    Field(json_schema_extra={"pattern": r"^(19[789]|20[0-9]|21[0-9])[0-9]-"}),
]
Slug = Annotated[
    str, Field(min_length=1, max_length=320, json_schema_extra={"pattern": _NO_NUL}), AfterValidator(_plain)
]
NextCursor = Annotated[
    str | None, Query(description="next_cursor of the page before", json_schema_extra={"pattern": CURSOR_PATTERN})
]


class StrictInput(BaseModel):
    """What comes in: fields that are not known here are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MessageIn(StrictInput):
    """One message of a client, as fields. ``sent_at`` without an offset is taken as UTC."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _ONE_SPEAKS})

    subject: Text = ""
    body: Text = ""
    sender: Text | None = Field(None, alias="from", description="the client's address", max_length=1000)
    sent_at: Moment | None = None
    client: Slug | None = Field(None, description="an own name for the client, in place of the address")
    context: Context | None = Field(None, description="what is known beside the mail")

    @model_validator(mode="after")
    def _says_something(self) -> "MessageIn":
        if not (self.subject.strip() or self.body.strip()):
            raise ValueError("subject and body are both empty: there is nothing to judge")
        return self


class PassageOut(BaseModel):
    """A verbatim stretch of ``text`` (or of ``subject`` where ``in`` says so)."""

    start: int
    end: int
    text: str
    part: Literal["subject"] | None = Field(None, alias="in")


class SignalOut(BaseModel):
    """One label with its calibrated probability."""

    label: Label
    group: Group
    probability: float
    present: bool
    evidence: list[PassageOut]


class UrgencyOut(BaseModel):
    """How soon to act, and whether the words claim urgency that the facts do not bear (hollow)."""

    level: Annotated[int, Field(ge=0, le=3)]
    name: UrgencyName
    probabilities: Annotated[list[float], Field(min_length=4, max_length=4)]
    claimed: bool
    claimed_probability: float
    hollow: bool
    deadline: date | None
    evidence: list[PassageOut]


class ReasonOut(BaseModel):
    """What called for a strategy."""

    label: Label | None
    probability: float | None
    evidence: list[str]
    fact: str | None


class StrategyOut(BaseModel):
    """One handling strategy with a draft answer."""

    id: str
    title: str
    advice: str
    steps: list[str]
    reply: str
    avoid: str
    because: list[ReasonOut]


class ErrorOut(BaseModel):
    """Why a message could not be read."""

    code: str
    message: str


class AssessmentOut(BaseModel):
    """Everything concluded from one mail."""

    id: str
    source: str
    message_id: str | None
    client: str | None
    sent_at: datetime | None
    lang: Language
    subject: str
    text: str
    signals: list[SignalOut]
    urgency: UrgencyOut
    strategies: list[StrategyOut]
    more: list[str]
    model: str
    error: ErrorOut | None
    kind: MailKind


class AssessmentsOut(BaseModel):
    """What became of several files, in their order."""

    messages: list[AssessmentOut]


class MessagesOut(BaseModel):
    """A page of stored messages, newest first; ``next_cursor`` is null on the last page."""

    messages: list[AssessmentOut]
    next_cursor: str | None


class AliveOut(BaseModel):
    """The process lives."""

    status: Literal["ok"]


class RefusedModelOut(BaseModel):
    """A newer champion of the registry that could not be taken up; the one before it goes on."""

    version: str
    reason: str


class ReadyOut(BaseModel):
    """Messages can be judged and stored."""

    status: Literal["ready"]
    model: str
    refused_model: RefusedModelOut | None


class ProblemOut(BaseModel):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str


class TakenOut(BaseModel):
    """What a webhook is told: the mail's id, and whether it came for the first time; nothing of what is in it."""

    id: str
    new: bool
