"""The one way in: whatever the entrance, an Email is judged, advised on and stored here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.context import Context
from data.identity import message_identity
from data.records import Assessment, Email
from service.adviser import Adviser
from service.champion import Champion
from service.sound import sound
from service.store import Store

NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail: its assessment, and whether it was stored just now (``new``).

    A mail that could not be read has ``assessment.error`` and is not stored.
    """

    assessment: Assessment
    new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes mails in. ``clock`` gives the moment of receipt, with its time zone."""

    champion: Champion
    adviser: Adviser
    store: Store
    clock: Callable[[], datetime]

    def receive(self, email: Email, context: Context = NO_CONTEXT) -> Receipt:
        """Judge, advise and store one mail; one that is known already comes back as it was stored.

        Raises:
            ArtifactError: there is no model to judge with.
        """
        mail = sound(email)
        known = self.store.get(message_identity(mail))
        if known is not None:
            return Receipt(known, new=False)
        (judged,) = self.champion.judge([mail])
        if judged.error is not None:
            return Receipt(judged, new=False)
        past = self.store.past(judged.client, before=judged.sent_at) if judged.client else None
        advised = self.adviser.advised(judged, past, context, email.client_name)
        if self.store.add(advised, self.clock()):
            return Receipt(advised, new=True)
        return Receipt(self.store.get(judged.id) or advised, new=False)
