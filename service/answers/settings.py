"""What the operator may set of answers by e-mail: none is sent until a server, a sender and recipients are named."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from data.errors import InputError
from service.inbound.settings import Transport, Words


class AnswerSettings(BaseSettings):
    """The mail server that sends answers, and to whom."""

    answer_host: str | None = Field(None, description="mail server that sends answers; none is sent where not set")
    answer_port: int = Field(587, gt=0, le=65535)
    answer_transport: Transport = "starttls"
    answer_user: str = ""
    answer_password: SecretStr = SecretStr("")
    answer_from: str = Field("", description="address that answers come from, as in triage@example.com")
    answer_to: Words = Field((), description="addresses, or @domains, of those who may get answers, by comma")
    answers_per_hour: int = Field(60, gt=0, description="answers to one address; beyond that none are sent")
    public_url: str = Field("", description="where the pages are, as in https://kyp.example, for links in answers")


def check_answers(settings: AnswerSettings) -> None:
    """Refuse settings with which no answer could be sent, or to anybody (InputError)."""
    if settings.answer_host is None:
        return
    if "@" not in settings.answer_from:
        raise InputError("Answers need an address that they come from: set KYP_ANSWER_FROM, as in triage@example.com")
    if not settings.answer_to:
        raise InputError("Answers go to nobody yet: set KYP_ANSWER_TO to addresses or @domains, by comma")
