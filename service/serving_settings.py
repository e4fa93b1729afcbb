"""What the operator may set of serving: where to listen, who gets in, how much of the service one caller may take."""

from ipaddress import ip_address
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from service.bounds import Bounds, Patience
from service.inbound.settings import MEBIBYTE, Words

LogFormat = Literal["auto", "json", "console"]
_RATE = r"^[1-9]\d{0,8}/(second|minute|hour|day)$"


class ServingSettings(BaseSettings):
    """The HTTP service."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    allowed_hosts: Words = Field(
        ("127.0.0.1", "localhost", "[::1]"),
        description="Host headers that are answered, by comma; others are refused, so that no web site can reach "
        "the service by a name of its own (DNS rebinding)",
    )
    require_tokens: bool | None = Field(
        None, description="whether callers need an access token; where it is not set: on any address but the loopback"
    )
    session_hours: float = Field(12, gt=0, le=24 * 366, description="how long after logging in a session ends")
    rate_limit: str = Field(
        "600/minute", pattern=_RATE, description="requests of one token or address, where tokens are needed"
    )
    failure_limit: str = Field(
        "10/minute", pattern=_RATE, description="wrong tokens of one address, where tokens are needed"
    )
    trusted_proxies: Words = Field(
        (), description="addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed, by comma"
    )
    taking_threads: int = Field(4, gt=0, description="threads that take mails, one mail each at a time")
    max_requests: int = Field(200, gt=0, description="requests answered at the same time; more get 503")
    max_connections: int = Field(500, gt=0, description="connections open at the same time; more get 503")
    head_seconds: float = Field(10, gt=0, description="for the headers of a request to come")
    body_grace_seconds: float = Field(20, gt=0, description="for a body to come, beside what body_rate allows")
    body_rate: float = Field(1000, gt=0, description="bytes a second below which a long body is cut off")
    answer_seconds: float = Field(60, gt=0, description="for an answer to begin")
    stalled_seconds: float = Field(30, gt=0, description="for a reader that takes nothing of its answer")
    shutdown_seconds: int = Field(30, gt=0, description="for requests under way, once the process is told to end")
    log_format: LogFormat = Field("auto", description="json, console, or auto: readable on a terminal, else JSON")
    model_check_seconds: float = Field(2, gt=0, description="how often to look for a new champion model")
    max_body_bytes: int = Field(25 * MEBIBYTE, gt=0, description="largest request with one message")
    max_batch_bytes: int = Field(1024 * MEBIBYTE, gt=0, description="largest request with many messages")

    @property
    def asks_for_tokens(self) -> bool:
        """Whether callers need an access token."""
        return not is_loopback(self.host) if self.require_tokens is None else self.require_tokens

    @property
    def bounds(self) -> Bounds:
        """What connections may take."""
        return Bounds(self.max_connections, self.head_seconds, self.stalled_seconds, self.shutdown_seconds)

    @property
    def patience(self) -> Patience:
        """How long to wait for bodies and answers."""
        return Patience(self.body_grace_seconds, self.body_rate, self.answer_seconds)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
