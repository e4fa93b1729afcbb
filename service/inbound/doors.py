"""The doors of the webhooks: what each provider has to show, built from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.inbound.mailgun import Mailgun
from service.inbound.sendgrid import Verifier
from service.inbound.settings import WebhookSettings


@dataclass(frozen=True, slots=True)
class Doors:
    """What each provider has to show; None where the door is closed."""

    mailgun: Mailgun | None
    sendgrid_key: Verifier | None
    sendgrid_pair: str | None
    postmark_pair: str | None


def build_doors(settings: WebhookSettings, clock: Callable[[], datetime]) -> Doors:
    """Build them (InputError where a key cannot be used)."""
    signing_key, pairs = settings.mailgun_signing_key, (settings.sendgrid_basic_auth, settings.postmark_basic_auth)
    sendgrid_pair, postmark_pair = (pair.get_secret_value() if pair else None for pair in pairs)
    age = timedelta(hours=settings.mailgun_hours)
    return Doors(
        mailgun=Mailgun(signing_key.get_secret_value(), age, clock) if signing_key else None,
        sendgrid_key=Verifier(settings.sendgrid_public_key) if settings.sendgrid_public_key else None,
        sendgrid_pair=sendgrid_pair,
        postmark_pair=postmark_pair,
    )
