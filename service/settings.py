"""What the operator may set, by environment variables that begin with KYP_ (KYP_PORT=9000); read when asked for."""

import os
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import NoDecode, SettingsConfigDict

from data.errors import InputError
from service.bounds import Bounds, Patience
from service.inbound.settings import MEBIBYTE, InboundSettings, by_comma

LogFormat = Literal["auto", "json", "console"]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone name such as Europe/Berlin or Asia/Manila")
    return name


def default_home() -> Path:
    """`.kyp` of the checkout that kyp runs from, else `kyp` in the user's data directory (XDG)."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".kyp"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "kyp"


class Settings(InboundSettings):
    """Where things are kept and how the service listens; pass values by name to override the environment."""

    model_config = SettingsConfigDict(env_prefix="KYP_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="folder of the models and of the SQLite store")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL of the store; kyp.db in home where it is not set"
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(by_comma)] = Field(
        ("127.0.0.1", "localhost", "[::1]"),
        description="Host headers that are answered, by comma; others are refused, so that no web site can reach "
        "the service by a name of its own (DNS rebinding)",
    )
    require_tokens: bool | None = Field(
        None, description="whether callers need an access token; where it is not set: on any address but the loopback"
    )
    session_hours: float = Field(12, gt=0, le=24 * 366, description="how long after logging in a session ends")
    rate_limit: str = Field("600/minute", description="requests of one token or address, where tokens are needed")
    failure_limit: str = Field("10/minute", description="wrong tokens of one address, where tokens are needed")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(by_comma)] = Field(
        (), description="addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed, by comma"
    )
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
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    working_hours: str = "Mon-Fri 09:00-18:00"
    holidays: Annotated[frozenset[date], NoDecode, BeforeValidator(by_comma)] = Field(
        frozenset(), description="days on which nobody works, by comma, as in 2026-06-12,2026-12-25"
    )
    playbook: Path | None = Field(None, description="a folder of own strategies that override the shipped ones")
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

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.home / 'kyp.db'}"

    @property
    def models_folder(self) -> Path:
        """Where the registry keeps its artifacts."""
        return self.home / "models"

    @property
    def zone(self) -> ZoneInfo:
        """The provider's time zone."""
        return ZoneInfo(self.timezone)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings(**given: object) -> Settings:
    """Settings from the environment, overridden by what is ``given`` and not None (InputError where one is wrong)."""
    overrides: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        name = "KYP_" + "_".join(str(part) for part in wrong["loc"][:1]).upper()
        raise InputError(f"{name} is wrong: {wrong['msg'].removeprefix('Value error, ')}") from error
