"""One client at a glance: what they wrote when, which signs hold and in which messages, what fits them most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.advice import FALLBACK_LANGUAGE, Playbook, Thresholds
from data.records import Assessment
from data.taxonomy import LANGUAGES
from model.parting import (
    ClientHistory,
    PartingAdvice,
    PartingSign,
    consider_parting,
    parting_signs,
    parting_window,
)
from service.adviser import Adviser
from service.client_lines import Line
from service.clientele import Clientele, Moment
from service.known import Known
from service.listing import Query
from service.past import REMEMBERED
from service.store import Store

_WEIGHED = 100  # latest messages whose strategies are counted


@dataclass(frozen=True, slots=True)
class Fitting:
    """A strategy, and the messages that called for it, newest first."""

    id: str
    title: str
    advice: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientReport:
    """Everything that the page of one client shows; ``line`` is None where no message is stored.

    The texts are in ``language``, the draft of how to part in the one that is ``spoken`` with the client.
    """

    known: Known
    line: Line | None
    moments: tuple[Moment, ...]
    language: str
    spoken: str
    window: tuple[datetime, datetime] | None
    parting: PartingAdvice | None
    strategies: tuple[Fitting, ...]

    @property
    def signs(self) -> tuple[tuple[PartingSign, str], ...]:
        """The warning signs that hold, each with its title."""
        return tuple(zip(self.parting.signs, self.parting.sign_titles, strict=True)) if self.parting else ()


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes reports from the store, by the playbook."""

    clients: Clientele
    store: Store
    adviser: Adviser

    def report(
        self, name: str, as_of: datetime | None = None, language: str | None = None, reader: str | None = None
    ) -> ClientReport:
        """Report on a client by any of its names.

        The window of the signs ends with the client's newest message, or at ``as_of``; the texts are in ``language``,
        or in the one that the client writes most. Advice is in that of a ``reader`` where there is one.
        """
        known = self.clients.known(name)
        moments = self.clients.timeline(known.client)
        spoken = language or commonest_language(moments)
        told_in = reader or spoken
        provider = self.adviser.provider.provider_name
        history = self._history(known, moments, as_of)
        playbook = self.adviser.playbook
        return ClientReport(
            known=known,
            line=self.clients.line(known.client),
            moments=moments,
            language=told_in,
            spoken=spoken,
            window=parting_window(history, playbook.thresholds),
            parting=consider_parting(history, playbook, told_in, known.name, provider, spoken),
            strategies=fitting(self._latest(known.client), playbook, told_in),
        )

    def signs(self, known: Known) -> tuple[PartingSign, ...]:
        """The warning signs alone."""
        history = self._history(known, self.clients.timeline(known.client), None)
        return parting_signs(history, self.adviser.playbook.thresholds)

    def _history(self, known: Known, moments: tuple[Moment, ...], as_of: datetime | None) -> ClientHistory:
        seen = tuple(moment.seen for moment in moments)
        zone = known.told.zone or self.adviser.provider.timezone
        alone = ClientHistory(seen, known.dates, as_of=as_of, timezone=zone)
        limits = self.adviser.playbook.thresholds
        window = parting_window(alone, limits)
        inbox = self.clients.inbox(known.client, *window) if window and _may_crowd(alone, window, limits) else None
        return ClientHistory(seen, known.dates, inbox, as_of, zone)

    def _latest(self, client: str) -> tuple[Assessment, ...]:
        return self.store.page(Query(client=client, limit=_WEIGHED)).messages


def _may_crowd(history: ClientHistory, window: tuple[datetime, datetime], limits: Thresholds) -> bool:
    """Whether there is enough of this client to ask how much there is of all."""
    start, end = window
    own = sum(seen.sent_at is not None and start <= seen.sent_at <= end for seen in history.messages)
    return own >= min(limits.crowd_share * limits.crowd_messages, REMEMBERED)


def commonest_language(moments: Sequence[Moment]) -> str:
    """The language that a client writes most; English where none of ours is among them."""
    spoken = Counter(moment.lang for moment in moments if moment.lang in LANGUAGES)
    return spoken.most_common(1)[0][0] if spoken else FALLBACK_LANGUAGE


def fitting(messages: Sequence[Assessment], playbook: Playbook, language: str) -> tuple[Fitting, ...]:
    """Order the strategies by how many messages called for them; where equal, what stood higher goes first."""
    called: dict[str, list[str]] = {}
    places: Counter[str] = Counter()
    for message in messages:
        names = [strategy.id for strategy in message.strategies] + list(message.more)
        for place, name in enumerate(names):
            called.setdefault(name, []).append(message.id)
            places[name] += place
    ordered = sorted(called, key=lambda name: (-len(called[name]), places[name]))
    known = [name for name in ordered if name in playbook.strategies]
    texts = {name: playbook.text(name, language) for name in known}
    return tuple(Fitting(name, texts[name].title, texts[name].advice, tuple(called[name])) for name in known)
