"""What one process does with a chunk of mails: mend them, tell one's own apart, judge the others."""

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from data.mail.unread import Item, as_email
from data.records import Assessment, Email
from model.registry import Registry
from model.triage import Triage
from service.sound import sound

OBJECTS = 50_000  # new ones between two searches for garbage: a few chunks' outcomes


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of one's own: when it was sent, to which addresses and from which of one's own (lower case)."""

    at: datetime | None
    to: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one mail: an assessment without advice, or, of one's own, when and to whom it was sent."""

    assessment: Assessment | None
    client_name: str | None = None
    sent: SentMail | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker must know: where the models are, which to use, one's own addresses, how common labels are.

    ``encoder`` is where to look first for the sentence encoder of a model that needs one.
    """

    models_folder: Path
    version: str
    own: frozenset[str] = frozenset()
    prior: float | None = None
    encoder: Path | None = None

    def carry_out(self, chunk: Sequence[Item]) -> list[Outcome]:
        """Read and judge a chunk in this process, which loads the model once and keeps to one core."""
        judge = _loaded(self.models_folder, self.version, self.prior, self.encoder).judge
        return outcomes(map(as_email, chunk), judge, self.own)


def outcomes(
    mails: Iterable[Email], judge: Callable[[Sequence[Email]], list[Assessment]], own: frozenset[str]
) -> list[Outcome]:
    """Judge mails, those sent from one's ``own`` addresses left out; one outcome a mail, in order."""
    whole = [sound(mail) for mail in mails]
    told = iter(judge([mail for mail in whole if mail.client not in own]))
    return [_own(mail) if mail.client in own else Outcome(next(told), mail.client_name) for mail in whole]


def _own(mail: Email) -> Outcome:
    to = tuple(to.lower() for to in (*mail.recipients, *mail.copied))
    return Outcome(None, sent=SentMail(mail.sent_at, to, mail.client or ""))


@cache
def _loaded(models_folder: Path, version: str, prior: float | None, encoder: Path | None) -> Triage:
    triage = Registry(models_folder, prior, encoder).load(version)
    threadpool_limits(1)  # from here on: one core a process, and the same sums in each
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])  # a chunk's outcomes hold no circles: 4 % of the time
    gc.freeze()  # a model stays: looking through it for garbage again and again costs a tenth of the time
    return triage
