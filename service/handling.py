"""The one way in: whatever the entrance, an Email is judged, advised on and stored here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.context import Context
from data.identity import message_identity
from data.records import Assessment, Email
from service.adviser import Adviser
from service.champion import Champion
from service.clientele import Clientele
from service.sound import sound
from service.store import Beside, Store, nothing

NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail: its assessment, and whether it was stored just now (``new``)."""

    assessment: Assessment
    new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes mails in. ``clock`` gives the moment of receipt, with its time zone; ``took`` is told of each new mail."""

    champion: Champion
    adviser: Adviser
    store: Store
    clients: Clientele
    clock: Callable[[], datetime]
    took: Callable[[Assessment], None]

    def receive(
        self, email: Email, context: Context = NO_CONTEXT, *, keep_unreadable: bool = False, beside: Beside = nothing
    ) -> Receipt:
        """Judge, advise and store one mail; one that is known already comes back as it was stored.

        What the context tells for good is kept for the client. A known mail that comes with a context is advised anew.
        A mail that could not be read has ``assessment.error``, and is stored only where ``keep_unreadable`` says so.
        ``beside`` writes in the same transaction, also beside a mail that is known.

        Raises:
            ArtifactError: there is no model to judge with.
        """
        mail = sound(email)
        known = self.store.get(message_identity(mail)) or self.store.twin(mail)
        if known is not None:
            return self._known(known, mail, context, beside)
        (judged,) = self.champion.judge([mail])
        if judged.error is not None and not keep_unreadable:
            return Receipt(judged, new=False)
        advised = judged if judged.error is not None else self._advised(judged, mail, context)
        new = self.store.add(advised, self.clock(), beside)
        if judged.client is not None:
            self.clients.note(judged.client, context, mail.client_name, judged.sent_at)
        if not new:
            return Receipt(self._stored(advised), new=False)
        self.took(advised)
        return Receipt(advised, new=True)

    def _known(self, known: Assessment, mail: Email, context: Context, beside: Beside) -> Receipt:
        if beside is not nothing:
            self.store.note(known.id, beside)
        return Receipt(known if context == NO_CONTEXT else self._advised_anew(known, mail, context), new=False)

    def _stored(self, judged: Assessment) -> Assessment:
        """What another thread or process stored of the same message in the meantime."""
        return self.store.get(judged.id) or self.store.twin(judged) or judged

    def _advised(self, judged: Assessment, mail: Email, context: Context) -> Assessment:
        if judged.client is None:
            return self.adviser.advised(judged, None, context, mail.client_name)
        past = self.store.past(judged.client, before=judged.sent_at, but=judged.id)
        return self.adviser.advised(judged, past, context, mail.client_name, self.clients.known(judged.client))

    def _advised_anew(self, known: Assessment, mail: Email, context: Context) -> Assessment:
        advised = self._advised(known, mail, context)
        self.store.advise(advised)
        if known.client is not None:
            self.clients.note(known.client, context, mail.client_name, known.sent_at)
        return advised
