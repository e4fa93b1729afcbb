"""What a caller may tell about a client beside the message: checked here, once, at the edge."""

import re
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from data.errors import InputError
from data.hours import WorkingHours

_WAYS_OUT = {
    "relationship_start": "give a date as in 2026-03-05",
    "agreed_date": "give a date as in 2026-03-05",
    "usual_check_days_before": "give a number of days from 0 to 365",
    "asked_for_input_recently": "give true or false",
    "project_finished": "give true or false",
    "working_hours": "give days and hours as in 'Mon-Fri 09:00-18:00'",
    "timezone": "give an IANA name as in 'Asia/Manila'",
    "holidays": "give a list of dates as in ['2026-06-12']",
}


_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def _only_dates_in_words(value: object) -> object:
    # Left alone, pydantic would read a bare number as seconds since 1970, in a text too.
    if value is None or type(value) is date or (isinstance(value, str) and _DATED.fullmatch(value.strip())):
        return value
    raise ValueError("not a date; write one such as 2026-03-05")


_DAY_PATTERN = r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS_PATTERN = "^D(-D)?(, D(-D)?){0,6} H-H(, D(-D)? H-H){0,6}$".replace("D", "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)")
Day = Annotated[
    date,
    BeforeValidator(_only_dates_in_words),
    Field(ge=date(1900, 1, 1), le=date(2199, 12, 31), json_schema_extra={"pattern": _DAY_PATTERN}),
]
Hours = Annotated[str, Field(json_schema_extra={"pattern": _HOURS_PATTERN.replace("H", _HOUR), "maxLength": 200})]
Zone = Annotated[str, Field(json_schema_extra={"enum": sorted(available_timezones())})]


class NotedDate(BaseModel):
    """An agreed date, and the moment from which it was known; a bare date is taken as one noted now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: Day
    noted_at: AwareDatetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_bare_date(cls, given: object) -> object:
        return {"date": given} if isinstance(given, str) else given

    @field_validator("noted_at", mode="before")
    @classmethod
    def _not_a_number(cls, moment: object) -> object:
        if moment is None or isinstance(moment, str | datetime):
            return moment
        raise ValueError("not a moment; write one such as 2026-03-05T17:42:00+08:00")

    @field_validator("noted_at")
    @classmethod
    def _plausible(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and not 1970 <= moment.year < 2200:
            raise ValueError("must lie between 1970 and 2199")
        return moment


class Context(BaseModel):
    """The optional ``context`` of a message; a key that is left out or null is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    relationship_start: Day | None = None
    agreed_date: Day | None = None
    usual_check_days_before: Annotated[float, Field(strict=True, ge=0, le=365, allow_inf_nan=False)] | None = None
    asked_for_input_recently: StrictBool | None = None
    project_finished: StrictBool | None = None
    working_hours: Hours | None = None
    timezone: Zone | None = None
    holidays: Annotated[tuple[Day, ...], Field(max_length=366)] | None = None

    @field_validator("working_hours")
    @classmethod
    def _hours_can_be_read(cls, words: str | None) -> str | None:
        try:
            if words is not None:
                WorkingHours.parse(words)
        except InputError:
            raise ValueError("write days and hours such as Mon-Fri 09:00-18:00") from None
        return words

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (KeyError, ValueError, OSError):  # unknown name, path outside the folder, a folder's name
            raise ValueError("no such time zone; write an IANA name such as Asia/Manila") from None

    @property
    def hours(self) -> WorkingHours | None:
        """The working hours, parsed."""
        return None if self.working_hours is None else WorkingHours.parse(self.working_hours)

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, looked up."""
        return None if self.timezone is None else ZoneInfo(self.timezone)


class ClientContext(Context):
    """What is kept about one client: a message's context, and what a person told beside it.

    ``agreed_dates`` are all that were ever agreed on, ``agreed_date`` the one that holds now.
    """

    display_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    agreed_dates: Annotated[tuple[NotedDate, ...], Field(max_length=100)] | None = None
    finished_on: Day | None = None
    last_written_to: Day | None = None

    @field_validator("display_name")
    @classmethod
    def _name_is_one_line(cls, name: str | None) -> str | None:
        visible = "".join(sign if sign.isprintable() else " " for sign in name or "")
        return " ".join(visible.split()) or None  # a name in which nothing can be seen is none


def read_context(given: object) -> Context:
    """Check a caller's context, a mapping or None.

    Raises:
        InputError: a key is unknown or its value cannot be used; the message names key, value and way out.
    """
    try:
        return Context.model_validate({} if given is None else given)
    except ValidationError as error:
        raise InputError(_in_words(error)) from None


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    key = str(first["loc"][0])[:60] if first["loc"] else None
    if key is None:
        return f"context is {type(first['input']).__name__}, not an object: give an object with keys {_known_keys()}"
    if key not in _WAYS_OUT:
        return f"context has an unknown key {key!r}: leave it out, or use one of {_known_keys()}"
    return f"context {key} = {str(first['input'])[:60]!r} cannot be used: {_WAYS_OUT[key]}"


def _known_keys() -> str:
    return ", ".join(_WAYS_OUT)
