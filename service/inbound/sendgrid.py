"""SendGrid's Inbound Parse: the raw mail in `email`, or parsed fields whose charsets stand in `charsets`.

Source: Twilio SendGrid's documentation, "Inbound Email Parse Webhook" and "Securing your Inbound Parse webhooks".
SendGrid tries again for three days after 5xx, never after 4xx.
"""

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from data.errors import InputError
from service.inbound.delivery import Delivery
from service.inbound.forms import Form
from service.inbound.rebuilt import Attachment, headers_in, lacking, rebuild
from service.problems import Problem

SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


class Verifier:
    """Checks SendGrid's ECDSA signatures. A request that is sent again is a mail that is known: no cache is needed."""

    def __init__(self, public_key: str) -> None:
        try:
            key = load_der_public_key(base64.b64decode(public_key, validate=True))
        except (ValueError, binascii.Error) as error:
            raise InputError("KYP_SENDGRID_PUBLIC_KEY is no key: copy SendGrid's verification key as it is.") from error
        if not isinstance(key, EllipticCurvePublicKey):
            raise InputError("KYP_SENDGRID_PUBLIC_KEY is no elliptic curve key: copy SendGrid's verification key.")
        self._key = key

    def check(self, timestamp: str, signature: str, body: bytes) -> None:
        """Problem 401 where the signature is not that of this body at this time."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ECDSA(SHA256()))
        except (InvalidSignature, ValueError, binascii.Error) as error:
            detail = f"The signature in {SIGNATURE} does not fit: compare KYP_SENDGRID_PUBLIC_KEY with SendGrid's."
            raise Problem(401, "wrong_signature", detail) from error


def delivery(form: Form) -> Delivery:
    """The mail of a request (Problem 422 where there is none)."""
    sender = _object(form.text("envelope")).get("from")
    return Delivery(_raw(form), sender if isinstance(sender, str) else None)


def _raw(form: Form) -> bytes:
    whole = form.fields.get("email") or next((file.content for file in form.files if file.field == "email"), b"")
    if whole:
        return whole
    charsets = {name: str(charset) for name, charset in _object(form.text("charsets")).items()}
    told = {
        name: form.text(name, charsets.get(name, "utf-8")) for name in ("from", "to", "cc", "subject", "text", "html")
    }
    headers = headers_in(form.text("headers"))
    kinds = _object(form.text("attachment-info"))
    files = [Attachment(file.name, file.kind or _kind(kinds, file.field), file.content) for file in form.files]
    if not (headers or told["text"] or told["html"] or files):
        raise Problem(422, "no_mail", "There is no mail in this request: neither email nor headers, text or html.")
    heads = [(name.title(), told[name]) for name in ("from", "to", "cc", "subject")]
    return rebuild(headers + lacking(headers, heads), told["text"], told["html"], files)


def _kind(kinds: dict[str, Any], field: str) -> str:
    told = kinds.get(field)
    return str(told.get("type", "")) if isinstance(told, dict) else ""


def _object(text: str) -> dict[str, Any]:
    """A field that holds a JSON object; anything else holds nothing."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
