"""What HTTP takes and gives about clients and the week, as pydantic models."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from data.advice import SignId, StrategyId
from data.context import ClientContext
from data.taxonomy import Group, Label
from model.agenda import AgendaKind
from service.schemas import Slug


class AliasIn(BaseModel):
    """Another address or name of the same client; ``@company.example`` takes a whole domain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alias: Slug


class LabelCountOut(BaseModel):
    """How many messages bear a label."""

    label: Label
    group: Group
    messages: int


class ClientLineOut(BaseModel):
    """One client of the listing; ``signals`` with the commonest first, ``signs`` are those of a parting that hold."""

    client: str
    display_name: str | None
    aliases: list[str]
    messages: int
    first_message_at: datetime
    last_message_at: datetime
    signals: list[LabelCountOut]
    signs: list[SignId]


class ClientsOut(BaseModel):
    """A page of clients, those who wrote last first; ``next_cursor`` is null on the last page."""

    clients: list[ClientLineOut]
    next_cursor: str | None


class ClientSignalOut(BaseModel):
    """A label with the messages that bear it, oldest first."""

    label: Label
    group: Group
    messages: list[str]
    last_at: datetime


class TimelineOut(BaseModel):
    """One message of the client: what was in it, and how urgent it was."""

    id: str
    sent_at: datetime
    subject: str
    labels: list[Label]
    urgency: Annotated[int, Field(ge=0, le=3)]
    hollow: bool


class WindowOut(BaseModel):
    """The span over which the signs are judged."""

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")


class SignOut(BaseModel):
    """A warning sign that holds, with the messages that carry it."""

    id: SignId
    title: str
    messages: list[str]


class FirstTryOut(BaseModel):
    """A strategy to try before parting."""

    id: StrategyId
    title: str


class PartingOut(BaseModel):
    """The suggestion to consider parting: what to try first, how to say it, what to hand over."""

    id: Literal["consider-parting-ways"]
    title: str
    advice: str
    try_first: str
    first_tries: list[FirstTryOut]
    steps: list[str]
    reply: str
    hand_over: list[str]
    avoid: str


class FittingOut(BaseModel):
    """A strategy with the messages that called for it, newest first."""

    id: StrategyId
    title: str
    advice: str
    messages: list[str]


class ClientOut(BaseModel):
    """Everything about one client; ``lang`` is the language of the texts, the one the client writes most."""

    client: str
    display_name: str | None
    aliases: list[str]
    lang: str
    messages: int
    first_message_at: datetime | None
    last_message_at: datetime | None
    signals: list[ClientSignalOut]
    timeline: list[TimelineOut]
    window: WindowOut | None
    signs: list[SignOut]
    consider_parting: PartingOut | None
    strategies: list[FittingOut]
    context: ClientContext


class AgendaItemOut(BaseModel):
    """One thing to do, with the strategy that helps and the messages behind it."""

    kind: AgendaKind
    client: str
    name: str | None
    due: date
    why: str
    strategy: StrategyId
    title: str
    messages: list[str]


class AgendaOut(BaseModel):
    """What to do in the week that begins ``today``, the oldest first."""

    today: date
    items: list[AgendaItemOut]
