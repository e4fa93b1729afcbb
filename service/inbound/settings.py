"""What the operator may set of the ways in; each is closed until its settings open it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

MEBIBYTE = 1024 * 1024
Transport = Literal["tls", "starttls", "none"]


def by_comma(value: object) -> object:
    """A list written with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(by_comma)]


class WebhookSettings(BaseSettings):
    """Secrets that the providers of webhooks show."""

    mailgun_signing_key: SecretStr | None = Field(None, description="Mailgun's HTTP webhook signing key")
    mailgun_hours: float = Field(
        9, gt=0, le=24 * 7, description="how old a signature may be; Mailgun tries again for eight hours"
    )
    sendgrid_public_key: str | None = Field(None, description="SendGrid's verification key (base64) of signed webhooks")
    sendgrid_basic_auth: SecretStr | None = Field(None, description="user:password in the URL given to SendGrid")
    postmark_basic_auth: SecretStr | None = Field(None, description="user:password in the URL given to Postmark")
    max_webhook_bytes: int = Field(
        80 * MEBIBYTE, gt=0, description="largest request of a webhook, attachments included"
    )

    @field_validator("sendgrid_basic_auth", "postmark_basic_auth")
    @classmethod
    def _has_both(cls, pair: SecretStr | None) -> SecretStr | None:
        user, colon, password = (pair.get_secret_value() if pair else "u:p").partition(":")
        if not (user and colon and password):
            raise ValueError("must be written as user:password")
        return pair


class SmtpSettings(BaseSettings):
    """The mail server for what is forwarded to kyp; it takes mail for its recipients and never sends any on."""

    smtp_host: str = Field("127.0.0.1", description="address to listen on for mail")
    smtp_port: int | None = Field(None, ge=0, le=65535, description="port for mail; no mail is taken where not set")
    smtp_protocol: Literal["smtp", "lmtp"] = "smtp"
    smtp_recipients: Words = Field(
        (),
        description="addresses, or @domains, that mail is taken for, by comma; needed on any address but the loopback",
    )
    smtp_max_bytes: int = Field(25 * MEBIBYTE, gt=0, description="largest mail")
    smtp_max_recipients: int = Field(20, gt=0, description="recipients of one mail")
    smtp_max_connections: int = Field(50, gt=0, description="connections at the same time")
    smtp_timeout: float = Field(300, gt=0, description="seconds that one command, or one whole mail, may take")
    smtp_tls_cert: Path | None = Field(None, description="certificate chain for STARTTLS (PEM)")
    smtp_tls_key: Path | None = Field(None, description="key of the certificate (PEM)")
    smtp_require_tls: bool = Field(False, description="take no mail without STARTTLS")


class ImapSettings(BaseSettings):
    """The folder of a mail account that is read along; nothing in it is changed."""

    imap_host: str | None = Field(None, description="IMAP server of a folder to watch; none is watched where not set")
    imap_port: int | None = Field(None, gt=0, le=65535, description="993 with TLS, 143 without, where not set")
    imap_transport: Transport = "tls"
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    imap_seconds: float = Field(
        60, gt=0, description="how often a folder is looked at whose server cannot tell of news"
    )


class InboundSettings(WebhookSettings, SmtpSettings, ImapSettings):
    """All ways in."""
