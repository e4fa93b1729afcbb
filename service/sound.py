"""Mails made fit for what comes after: no halves of characters, which SQL and JSON refuse, no impossible dates."""

from dataclasses import replace
from datetime import UTC, datetime

from data.records import Email
from data.years import believable


def sound(email: Email) -> Email:
    """The mail with lone surrogates replaced by U+FFFD (offsets stay right), and without an unbelievable date."""
    if email.sent_at is not None and not believable(email.sent_at):
        email = replace(email, sent_at=None)
    texts = (email.source, email.subject, email.text, email.client, email.client_name, email.message_id)
    if all(_encodable(text) for text in (*texts, email.raw_text) if text):
        return email
    return replace(
        email,
        source=_mended(email.source),
        subject=_mended(email.subject),
        text=_mended(email.text),
        raw_text=_mended(email.raw_text),
        client=email.client and _mended(email.client),
        client_name=email.client_name and _mended(email.client_name),
        message_id=email.message_id and _mended(email.message_id),
    )


def in_utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC; None also for one beyond time's edge (31 December 9999, west of Greenwich)."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
