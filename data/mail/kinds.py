"""What kind of mail this is, by its header and parts: a person's message, or a machine's."""

import re

from data.mail.mime import Part
from data.mail.words import fold, words
from data.records import MailKind

_BOUNCE_SENDERS = ("mailer-daemon", "mail delivery system", "mail delivery subsystem", "postmaster")
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|report)|returned mail|failure notice|"
    r"mail delivery failed|could not be delivered|message not delivered|unzustellbar|hindi naihatid|"
    r"tidak dapat dihantar|gagal dihantar",
    re.IGNORECASE,
)
_LIST_HEADERS = frozenset(
    (
        "list-unsubscribe",
        "list-id",
        "list-post",
        "list-help",
        "list-owner",
        "mailing-list",
        "list-subscribe",
    )
)
_AUTOMATIC_HEADERS = frozenset(("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply"))


def kind_of(root: Part) -> MailKind:
    """Mark bounces, automatic replies, calendar mails and newsletters; everything else is a message."""
    if _is_bounce(root):
        return "bounce"
    if _is_automatic(root):
        return "auto_reply"
    if root.kind in ("text/calendar", "application/calendar") or any(
        part.kind == "text/calendar" for part in root.children
    ):
        return "calendar"
    if root.children and any("calendar" in part.kind and part.options.get("method") for part in root.walk()):
        return "calendar"
    precedence = root.fields.plain("precedence").strip().lower()
    if precedence in ("bulk", "list", "junk") or not _LIST_HEADERS.isdisjoint(root.fields.raw):
        return "newsletter"
    return "message"


def _is_bounce(root: Part) -> bool:
    fields = root.fields
    if fields.plain("content-type").lower().startswith("multipart/report") and root.options.get(
        "report-type", "delivery-status"
    ).lower() in (
        "delivery-status",
        "disposition-notification-failed",
        "feedback-report",
    ):
        return True
    if "x-failed-recipients" in fields or any(part.kind == "message/delivery-status" for part in root.children):
        return True
    sender = fields.get("from")[:500].casefold()
    if fields.plain("return-path").strip() != "<>" and not any(name in sender for name in _BOUNCE_SENDERS):
        return False
    return _BOUNCE_SUBJECT.search(fields.get("subject")[:500]) is not None


def _is_automatic(root: Part) -> bool:
    fields = root.fields
    submitted = fields.plain("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if root.kind == "multipart/report" or not _AUTOMATIC_HEADERS.isdisjoint(fields.raw):
        return True
    if fields.plain("precedence").strip().lower() in ("auto_reply", "auto-reply"):
        return True
    return fold(fields.get("subject")[:200]).startswith(words().automatic)
