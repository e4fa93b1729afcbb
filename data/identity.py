"""The id of a message: the same message, by whatever way it comes, has the same id."""

import hashlib
import re
from datetime import UTC, datetime

from data.records import Email

_REPLY_MARKS = re.compile(r"^(?:\s*(?:re|fw|fwd|aw|wg|tr|rv|sv|vs|ant|odp|enc)\s*(?:\[\d+\])?:)+", re.IGNORECASE)


def message_identity(email: Email) -> str:
    """A hash of client, minute of sending, subject and newest text, all folded.

    Message-ID headers are left out on purpose: an inline forward has lost them, and must still be the same message.
    An unreadable mail has nothing to tell it by but where it came from.
    """
    if email.error is not None and not email.text:
        parts = ["unreadable", email.source, email.raw_text]
    else:
        sent = _minute(email.sent_at) if email.sent_at else ""
        parts = [email.client or "", sent, _folded(_REPLY_MARKS.sub("", email.subject)), _folded(email.text)]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:24]


def _minute(moment: datetime) -> str:
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    except OverflowError:  # at the edge of time another zone's clock has no such year
        return moment.isoformat(timespec="minutes")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
