"""The one way of raw mails: read, given to the desk, and noted for an answer where one is wanted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from data.mail.reading import read
from data.records import Email
from service.answers.answering import Answering
from service.handling import Desk, Receipt
from service.inbound.delivery import Delivery
from service.store import Beside, nothing
from service.tables import WebhookTokenRow


class Replayed(Exception):
    """A token that was used before."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes raw mails; whatever comes is kept: also a mail in which nothing can be read, as a row with its error."""

    desk: Desk
    answering: Answering | None = None

    def take(self, mail: Delivery, source: str, beside: Beside = nothing) -> Receipt:
        """Keep a mail; once this returns it is on disk.

        Raises:
            Replayed: the delivery's token was used before.
            ArtifactError: there is no model to judge with; nothing was kept.
        """
        email = _told_apart(read(mail.raw, source), mail.raw)
        answer = self.answering.beside(mail, email) if self.answering else nothing
        return self.desk.receive(
            email, keep_unreadable=True, beside=_all(_once(mail.token, self.desk.clock), answer, beside)
        )


def _told_apart(email: Email, raw: bytes) -> Email:
    """Two mails of which nothing is known but their bytes are told apart by those."""
    if email.error is None or email.message_id:
        return email
    return replace(email, source=f"{email.source}#{sha256(raw).hexdigest()[:16]}")


def _all(*parts: Beside) -> Beside:
    def write(connection: Connection, message_id: str) -> None:
        for part in parts:
            part(connection, message_id)

    return write if any(part is not nothing for part in parts) else nothing


def _once(token: str | None, clock: Callable[[], datetime]) -> Beside:
    """Note the token with the message: a crash before leaves neither, and another process sees it too."""
    if token is None:
        return nothing

    def note(connection: Connection, _message_id: str) -> None:
        try:
            connection.execute(insert(WebhookTokenRow).values(token=token, seen_at=clock()))
        except IntegrityError as error:
            raise Replayed from error

    return note
