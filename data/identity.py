"""Which mails are the same message: one id by whatever way it comes, and a test for copies that differ a little."""

import hashlib
import re
from datetime import UTC, datetime

from data.records import Email

_REPLY_MARKS = re.compile(r"^(?:\s*(?:re|fw|fwd|aw|wg|tr|rv|sv|vs|ant|odp|enc)\s*(?:\[\d+\])?:)+", re.IGNORECASE)


def message_identity(email: Email) -> str:
    """A hash of client, minute of sending, subject and newest text, all folded.

    Message-ID headers are left out on purpose: an inline forward has lost them, and must still be the same message.
    A mail without readable text has nothing to tell it by but that header, or where it came from.
    """
    if email.error is not None and not email.text:
        told = [email.client or "", email.message_id] if email.message_id else [email.source, email.raw_text]
        parts = ["unreadable", *told]
    else:
        sent = _minute(email.sent_at) if email.sent_at else ""
        parts = [email.client or "", sent, _folded(_REPLY_MARKS.sub("", email.subject)), _folded(email.text)]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:24]


def same_words(one: str, other: str) -> bool:
    """Whether two texts are one text that came by two ways: wrapped, cut or signed in other places, but the same words.

    Four fifths of the shorter one's words are in the longer one.
    """
    words, others = (set(_folded(text).split()) for text in (one, other))
    fewer = min(len(words), len(others))
    return len(words & others) * 5 >= fewer * 4 if fewer else words == others


def _minute(moment: datetime) -> str:
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    except OverflowError:  # at the edge of time another zone's clock has no such year
        return moment.isoformat(timespec="minutes")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
