"""Answers from a message to the post: noted as mails come in, sent one after another, tried again where they fail."""

import logging
from collections.abc import Callable
from datetime import datetime

from data.records import Email
from service.answers.letter import Letters
from service.answers.outbox import MOST_ATTEMPTS, Due, Outbox, Outcome
from service.answers.post import Post, Refused
from service.answers.settings import AnswerSettings
from service.answers.thread import Etiquette
from service.inbound.delivery import Delivery
from service.store import Beside, Store, nothing

log = logging.getLogger("kyp.answers")

IDLE_SECONDS = 2.0  # another process may have noted one


class Answering:
    """Notes and sends answers."""

    def __init__(self, etiquette: Etiquette, outbox: Outbox, letters: Letters, post: Post, store: Store) -> None:
        self._etiquette = etiquette
        self._outbox = outbox
        self._letters = letters
        self._post = post
        self._store = store

    def beside(self, mail: Delivery, email: Email) -> Beside:
        """What to write beside a mail so that its forwarder gets an answer, if he may have one."""
        thread = self._etiquette.thread(mail.raw, email, mail.envelope_sender)
        if thread is None:
            return nothing
        return lambda connection, message_id: self._outbox.note(connection, message_id, thread)

    def send_next(self, now: datetime) -> float:
        """Send the answer that is due first; gives the seconds to wait until there may be another."""
        due = self._outbox.take()
        if due is None:
            return IDLE_SECONDS
        assessment = self._store.get(due.message_id)
        if assessment is None:  # forgotten in the meantime, and its answer with it
            return 0.0
        try:
            self._post.send(self._letters.write(due, assessment, now), due.thread.recipient)
        except Refused as error:
            self._end(due, "refused", error.__cause__)
        except OSError as error:
            if due.attempts >= MOST_ATTEMPTS:
                self._end(due, "given_up", error)
            else:
                log.warning("answer not sent yet", extra=_about(due, error))
        else:
            self._outbox.end(due.id, "sent")
            log.info("answer sent", extra=_about(due, None))
        return 0.0

    def _end(self, due: Due, outcome: Outcome, error: BaseException | None) -> None:
        self._outbox.end(due.id, outcome)
        log.error("answer not sent", extra=_about(due, error) | {"outcome": outcome})


def _about(due: Due, error: BaseException | None) -> dict[str, object]:
    """Ids and the kind of trouble; a mail server's own words may name people."""
    told: dict[str, object] = {"answer": due.id, "mail": due.message_id, "attempt": due.attempts}
    code = getattr(error, "smtp_code", None)
    return told | ({"error": type(error).__name__} if error else {}) | ({"smtp_code": code} if code else {})


def build_answering(
    settings: AnswerSettings, own: frozenset[str], store: Store, clock: Callable[[], datetime]
) -> Answering | None:
    """Build it; None where no answers are to be sent."""
    if settings.answer_host is None:
        return None
    etiquette = Etiquette(
        allowed=frozenset(name.lower() for name in settings.answer_to),
        own=own | {settings.answer_from.lower()},
    )
    letters = Letters(settings.answer_from, settings.public_url)
    return Answering(etiquette, Outbox(store.engine, clock, settings.answers_per_hour), letters, Post(settings), store)
