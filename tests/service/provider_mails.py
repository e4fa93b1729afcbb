"""Mails in the form in which Mailgun, SendGrid and Postmark document that they post them."""

import base64
import hmac
import json
import time
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

SIGNING_KEY = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
SENDGRID_KEY = generate_private_key(SECP256R1())
SUPERVISES = "Did my message from this morning arrive? Copy me on every single step and send me a status tonight."
CLIENT_MAIL = (
    "From: Ana Cruz <ana@brightloom.example>\r\nTo: tomas@studio.example\r\nSubject: Drafts\r\n"
    "Message-ID: <one@brightloom.example>\r\nDate: Thu, 5 Mar 2026 17:42:00 +0000\r\n\r\n" + SUPERVISES + "\r\n"
)
FORWARD = (
    "Can you look?\n\n---------- Forwarded message ---------\nFrom: Ana Cruz <ana@brightloom.example>\n"
    "Date: Thu, Mar 5, 2026 at 5:42 PM\nSubject: Drafts\nTo: <tomas@studio.example>\n\n" + SUPERVISES + "\n"
)
HEADERS = [
    ["Received", "by mx.provider.example; Thu, 05 Mar 2026 18:00:02 +0000"],
    ["Date", "Thu, 5 Mar 2026 18:00:00 +0000"],
    ["From", "Tomas Reyes <tomas@studio.example>"],
    ["To", "triage@in.studio.example"],
    ["Subject", "Fwd: Drafts"],
    ["Message-Id", "<forward@studio.example>"],
    ["In-Reply-To", "<one@brightloom.example>"],
    ["Content-Type", 'multipart/alternative; boundary="long-gone"'],
]
POSTMARK: dict[str, Any] = {
    "FromName": "Tomas Reyes", "MessageStream": "inbound", "From": "tomas@studio.example",
    "FromFull": {"Email": "tomas@studio.example", "Name": "Tomas Reyes", "MailboxHash": ""},
    "To": "451d9b70cf9364d23ff6f9d51d870251569e@inbound.postmarkapp.example",
    "ToFull": [{"Email": "451d9b70cf9364d23ff6f9d51d870251569e@inbound.postmarkapp.example", "Name": ""}],
    "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [], "OriginalRecipient": "triage@in.studio.example",
    "Subject": "Fwd: Drafts", "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b", "ReplyTo": "", "MailboxHash": "",
    "Date": "Thu, 5 Mar 2026 18:00:00 +0000", "TextBody": FORWARD, "HtmlBody": "", "StrippedTextReply": "", "Tag": "",
    "Headers": [
        {"Name": "X-Spam-Status", "Value": "No"}, {"Name": "Message-ID", "Value": "<forward@studio.example>"},
        {"Name": "In-Reply-To", "Value": "<one@brightloom.example>"},
    ],
    "Attachments": [],
}  # fmt: skip


def signed(token: str = "a" * 50, age: float = 0, key: str = SIGNING_KEY) -> dict[str, str]:
    """Mailgun's three fields."""
    timestamp = str(int(time.time() - age))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), "sha256").hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signature}


def parsed(**fields: str) -> dict[str, str]:
    """A route's parsed message."""
    return {
        "recipient": "triage@in.studio.example", "sender": "tomas@studio.example",
        "from": "Tomas Reyes <tomas@studio.example>", "subject": "Fwd: Drafts", "body-plain": FORWARD,
        "stripped-text": "Can you look?", "message-headers": json.dumps(HEADERS),
    } | signed() | fields  # fmt: skip


def sendgrid(client: httpx.Client, body: bytes, kind: str, key: Any = SENDGRID_KEY) -> httpx.Response:
    """Post a body with its signature."""
    timestamp = str(int(time.time()))
    signature = base64.b64encode(key.sign(timestamp.encode() + body, ECDSA(SHA256()))).decode()
    name = "X-Twilio-Email-Event-Webhook"
    headers = {"Content-Type": kind, f"{name}-Signature": signature, f"{name}-Timestamp": timestamp}
    return client.post("/v1/inbound/sendgrid", content=body, headers=headers)


def form(fields: dict[str, bytes], files: str = "") -> tuple[bytes, str]:
    """A multipart form whose values are bytes, as SendGrid sends it."""
    parts = [f'--xYzZY\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n'.encode() + v for n, v in fields.items()]
    body = b"\r\n".join(parts) + (f"\r\n{files}" if files else "").encode() + b"\r\n--xYzZY--\r\n"
    return body, "multipart/form-data; boundary=xYzZY"
