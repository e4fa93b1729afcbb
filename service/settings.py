"""What the operator may set: by environment variables that begin with KYP_ (KYP_PORT=9000), or in kyp.toml."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import NoDecode, SettingsConfigDict

from data.errors import InputError
from service.answers.settings import AnswerSettings
from service.catalogue import InterfaceLanguage
from service.config_file import settings_in
from service.inbound.settings import InboundSettings, by_comma
from service.serving_settings import ServingSettings

_PREFIX, _CONFIG = "KYP_", "KYP_CONFIG"


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


class Settings(AnswerSettings, InboundSettings, ServingSettings):
    """Where things are kept and how the service listens; pass values by name to override the environment."""

    model_config = SettingsConfigDict(env_prefix="KYP_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="folder of the models and of the SQLite store")
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of the store; kyp.db in home where it is not set"
    )
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    working_hours: str = "Mon-Fri 09:00-18:00"
    holidays: Annotated[frozenset[date], NoDecode, BeforeValidator(by_comma)] = Field(
        frozenset(), description="days on which nobody works, by comma, as in 2026-06-12,2026-12-25"
    )
    language: InterfaceLanguage = Field(
        "en", description="language of the pages where the browser asks for none of ours"
    )
    retain_text: int | None = Field(
        None, ge=0, description="days after which texts of messages are dropped and figures kept; never where not set"
    )
    prior: float | None = Field(
        None, gt=0, lt=1, description="share of your messages that bear a label at all; the training data's if not set"
    )
    encoder: Path | None = Field(
        None, description="folder of a sentence encoder for training, and for models that were learnt with it"
    )
    playbook: Path | None = Field(None, description="a folder of own strategies that override the shipped ones")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.home / 'kyp.db'}"

    @property
    def models_folder(self) -> Path:
        """Where the registry keeps its artifacts."""
        return self.home / "models"

    @property
    def zone(self) -> ZoneInfo:
        """The provider's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Origins:
    """Where settings come from: the file that was looked for, what it says, and variables that say nothing."""

    file: Path
    from_file: frozenset[str]
    from_environment: frozenset[str]
    unknown_variables: tuple[str, ...]

    def of(self, name: str) -> str:
        """Where the value of one setting comes from; the environment goes before the file."""
        if name in self.from_environment:
            return variable_of(name)
        return str(self.file) if name in self.from_file else "default"


def read_settings(**given: object) -> Settings:
    """Settings from file and environment, overridden by what is ``given``, not None (InputError where one is wrong)."""
    return read_with_origins(**given)[0]


def read_with_origins(**given: object) -> tuple[Settings, Origins]:
    """Settings, and where each comes from."""
    variables = {name.upper() for name in os.environ if name.upper().startswith(_PREFIX)} - {_CONFIG}
    named = {variable_of(name) for name in Settings.model_fields}
    file = _file()
    said = settings_in(file, frozenset(Settings.model_fields))
    origins = Origins(
        file=file,
        from_file=frozenset(said),
        from_environment=frozenset(name for name in Settings.model_fields if variable_of(name) in variables),
        unknown_variables=tuple(sorted(variables - named)),
    )
    values = {name: value for name, value in said.items() if name not in origins.from_environment}
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**values), origins
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        name = str(wrong["loc"][0]) if wrong["loc"] else ""
        where = f"{name} in {file}" if origins.of(name) == str(file) else variable_of(name)
        raise InputError(f"{where} is wrong: {wrong['msg'].removeprefix('Value error, ')}") from error


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return _PREFIX + name.upper()


def _file() -> Path:
    """KYP_CONFIG, which must be there, else kyp.toml in the home, which need not."""
    chosen = os.environ.get(_CONFIG)
    if chosen and not Path(chosen).is_file():
        raise InputError(f"{_CONFIG} names {chosen}, and there is no such file")
    return Path(chosen or Path(os.environ.get("KYP_HOME") or default_home()) / "kyp.toml")
