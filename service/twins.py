"""The same message twice with small differences: two forwarders or mail programs, or a forward and the mail itself."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.identity import same_words
from data.records import Assessment, Email
from service.sound import in_utc
from service.tables import MessageRow

FAR_APART = timedelta(hours=26)  # two time zones are never further from one another


def twin_of(connection: Connection, mail: Email | Assessment) -> str | None:
    """The id of the stored message that has the same Message-ID, client and words, sent at the same time.

    A Message-ID alone proves nothing: there are programs that give all their mails the same one, and none may be lost.
    """
    if not mail.message_id:
        return None
    chosen = select(MessageRow.id, MessageRow.subject, MessageRow.text, MessageRow.sent_at, MessageRow.has_text).where(
        MessageRow.message_id == mail.message_id,
        MessageRow.client.is_(None) if mail.client is None else MessageRow.client == mail.client,
    )
    for row in connection.execute(chosen):
        same = not row.has_text or same_words(row.text or row.subject, mail.text or mail.subject)
        if same and _close(row.sent_at, mail.sent_at):
            return str(row.id)
    return None


def wait_for_twins(connection: Connection, mail: Assessment) -> None:
    """Let one transaction after another store copies of a message: two at once would not see each other.

    SQLite has one writer at a time anyway.
    """
    if mail.message_id and connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(mail.message_id, 0))))


def _close(one: datetime | None, other: datetime | None) -> bool:
    first, second = in_utc(one), in_utc(other)
    return first is None or second is None or abs(first - second) <= FAR_APART
