"""Mailgun's routes: the mail in parsed fields or as `body-mime`, signed by HMAC-SHA256 of timestamp and token.

Source: Mailgun's documentation, "Receiving messages via HTTP" and "Securing webhooks". Mailgun takes 200 for done and
406 for never; after anything else it tries again for eight hours.
"""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from service.inbound.delivery import Delivery
from service.inbound.forms import Form
from service.inbound.rebuilt import Attachment, Header, lacking, rebuild
from service.problems import Problem

NEVER = 406
_AHEAD = timedelta(minutes=5)  # clocks differ


class Mailgun:
    """Checks and reads Mailgun's requests with the account's HTTP webhook signing key."""

    def __init__(self, key: str, age: timedelta, clock: Callable[[], datetime]) -> None:
        self._key = key.encode()
        self._age = age
        self._clock = clock

    def delivery(self, form: Form) -> Delivery:
        """The mail of a request (Problem 401 where the signature is wrong, 406 where it is out of date)."""
        token = form.text("token")
        self._check(form.text("timestamp"), token, form.text("signature"))
        return Delivery(_raw(form), form.text("sender") if "sender" in form.fields else None, f"mailgun {token}"[:200])

    def _check(self, timestamp: str, token: str, signature: str) -> None:
        expected = hmac.new(self._key, f"{timestamp}{token}".encode(), "sha256").hexdigest()
        if not token or not hmac.compare_digest(expected.encode(), signature.lower().encode()):
            detail = "The signature does not fit timestamp and token: compare KYP_MAILGUN_SIGNING_KEY with Mailgun's."
            raise Problem(401, "wrong_signature", detail)
        age = self._clock() - _moment(timestamp)
        if not -_AHEAD <= age <= self._age:
            raise Problem(
                NEVER, "stale_signature", "The signature is too old or from the future: see KYP_MAILGUN_HOURS."
            )


def _moment(timestamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Problem(NEVER, "stale_signature", "The timestamp is no number of seconds since 1970.") from error


def _raw(form: Form) -> bytes:
    whole = form.fields.get("body-mime") or next((f.content for f in form.files if f.field == "body-mime"), b"")
    if whole:
        return whole
    headers = _headers(form.text("message-headers"))
    told = [("From", form.text("from")), ("Subject", form.text("subject")), ("To", form.text("recipient"))]
    files = [Attachment(file.name, file.kind, file.content) for file in form.files]
    text, html = form.text("body-plain") or form.text("Body-plain"), form.text("body-html")
    if not (headers or text or html or files):
        raise Problem(NEVER, "no_mail", "There is no mail in this request: neither body-mime nor message-headers.")
    return rebuild(headers + lacking(headers, told), text, html, files)


def _headers(listed: str) -> list[Header]:
    """`message-headers` is a JSON list of pairs."""
    try:
        pairs = json.loads(listed or "[]")
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError, RecursionError):
        return []
