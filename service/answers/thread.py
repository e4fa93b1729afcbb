"""Whether the sender of a mail gets an answer, and what that answer refers to.

Never the client, never a robot, a list or the sender of a bounce, never ourselves, and only whom the operator named
(after RFC 3834).
"""

import re
from dataclasses import dataclass

from data.mail.addresses import parse_person
from data.mail.headers import Fields
from data.mail.mime import parse
from data.records import Email

MARK = "X-Kyp-Answer"  # our own answers bear it: what bears it gets none
_ROBOTS = re.compile(
    r"(?:.*[-._+])?(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|daemon|notifications?|listserv|majordomo)"
    r"(?:[-._+].*)?"
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an answer belongs: its recipient, and the headers of the mail that it answers."""

    recipient: str
    subject: str
    message_id: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Etiquette:
    """Who may get answers: ``allowed`` addresses or @domains, never one of our ``own`` addresses; all in lower case."""

    allowed: frozenset[str]
    own: frozenset[str]

    def thread(self, raw: bytes, email: Email, envelope_sender: str | None) -> Thread | None:
        """What an answer to a mail refers to; None where there must be none, as where the client is not known."""
        if email.forwarder is None or email.client is None or envelope_sender == "":
            return None
        if email.error is not None or email.kind != "message":
            return None
        fields = parse(raw).fields
        recipient = parse_person(fields.get("from")).address
        if recipient is None or not self._may_have_one(recipient, email) or _by_a_program(fields):
            return None
        ids = _MESSAGE_ID.findall(fields.plain("message-id"))
        before = _MESSAGE_ID.findall(fields.plain("references"))
        subject = " ".join(fields.get("subject").split())[:200]
        return Thread(recipient, subject, ids[0] if ids else None, tuple([*before, *ids][-_MOST_REFERENCES:]))

    def _may_have_one(self, address: str, email: Email) -> bool:
        local, _, domain = address.rpartition("@")
        if address == email.client or address in self.own or _ROBOTS.fullmatch(local):
            return False
        return address in self.allowed or f"@{domain}" in self.allowed


def _by_a_program(fields: Fields) -> bool:
    submitted = fields.plain("auto-submitted").partition(";")[0].strip().lower()
    marks = (MARK.lower(), "x-auto-response-suppress", "x-loop", "x-autoreply", "x-autorespond", "feedback-id")
    return (
        submitted not in ("", "no")
        or fields.plain("precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply")
        or fields.plain("return-path").strip() == "<>"
        or any(name in marks or name.startswith("list-") for name in fields.raw)
    )
