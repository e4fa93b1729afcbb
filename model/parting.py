"""When a client relationship shows signs of its end: four warning signs over a rolling window, and how to part well."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from data.advice import Playbook, SignId, StrategyId, Thresholds
from data.taxonomy import LABELS, Label
from model.facts import AgreedDate, SeenMessage
from model.wording import fill

_INVOLVEMENT: frozenset[Label] = frozenset({"micro_managing", "take_over"})
_TRY_FIRST: dict[Label, tuple[StrategyId, ...]] = {
    "micro_managing": ("set-boundaries", "build-breathing-room", "hold-regular-check-ins"),
    "distrust": ("reassure-with-expertise", "involve-in-the-process"),
    "take_over": ("lighten-their-load", "lead-as-expert", "recap-in-writing"),
    "scope_growth": ("set-expectations", "recap-in-writing"),
    "unpaid_rework": ("set-expectations", "recap-in-writing"),
    "reported_mistake": ("own-the-mistake",),
    "client_delay": ("hold-accountable",),
    "unrealistic_expectation": ("lead-as-expert", "set-expectations"),
}


@dataclass(frozen=True, slots=True)
class InboxCount:
    """All clients' messages within the window that :func:`parting_window` gives, and how many clients wrote them.

    ``own`` of them are the client's: a history may hold only the latest.
    """

    messages: int
    clients: int
    own: int


@dataclass(frozen=True, slots=True)
class ClientHistory:
    """One client's judged messages and agreed dates; ``inbox`` is None where other clients are not known.

    ``as_of`` ends the window; left out, the newest message does. ``timezone`` tells on which day a message came.
    """

    messages: tuple[SeenMessage, ...]
    agreed_dates: tuple[AgreedDate, ...] = ()
    inbox: InboxCount | None = None
    as_of: datetime | None = None
    timezone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class PartingSign:
    """A warning sign that holds, and the ids of the messages that carry it, oldest first."""

    id: SignId
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstTry:
    """A strategy to try before parting."""

    id: StrategyId
    title: str


@dataclass(frozen=True, slots=True)
class PartingAdvice:
    """The suggestion ``consider-parting-ways`` in the words of one language; ``reply`` is how to say it."""

    id: str
    title: str
    advice: str
    try_first: str
    first_tries: tuple[FirstTry, ...]
    steps: tuple[str, ...]
    reply: str
    hand_over: tuple[str, ...]
    avoid: str
    signs: tuple[PartingSign, ...]
    sign_titles: tuple[str, ...]


def parting_window(history: ClientHistory, thresholds: Thresholds) -> tuple[datetime, datetime] | None:
    """Give the first and last moment of the rolling window, None where no message bears a date."""
    newest = max((seen.sent_at for seen in history.messages if seen.sent_at is not None), default=None)
    end = history.as_of or newest
    if end is None:
        return None
    end = end if end.tzinfo is not None else end.replace(tzinfo=UTC)
    return end - timedelta(days=thresholds.parting_window_days), end


def parting_signs(history: ClientHistory, thresholds: Thresholds) -> tuple[PartingSign, ...]:
    """Name the warning signs that hold within the window; never one from a single message."""
    window = parting_window(history, thresholds)
    if window is None:
        return ()
    within = _Window.of(history, *window)
    carried: tuple[tuple[SignId, list[SeenMessage]], ...] = (
        ("prolonged_by_involvement", _prolonging(within, thresholds)),
        ("unpaid_rework", _on_days(within, {"unpaid_rework"}, thresholds.rework_days)),
        ("unpaid_scope_growth", _on_days(within, {"scope_growth"}, thresholds.growth_days)),
        ("crowds_out_others", _crowding(within, history.inbox, thresholds)),
    )
    return tuple(PartingSign(sign, tuple(seen.id for seen in messages)) for sign, messages in carried if messages)


def consider_parting(
    history: ClientHistory,
    playbook: Playbook,
    language: str,
    client_name: str | None = None,
    provider_name: str | None = None,
    reply_language: str | None = None,
) -> PartingAdvice | None:
    """Suggest ``consider-parting-ways`` as soon as one sign holds, with what to try first in this client's order.

    The draft answer is in ``reply_language`` where one is given, else in ``language`` as all the rest.
    """
    signs = parting_signs(history, playbook.thresholds)
    if not signs:
        return None
    text = playbook.parting_text(language)
    named = {"client_name": client_name, "provider_name": provider_name}
    tries = first_tries(history, playbook.thresholds)
    return PartingAdvice(
        id="consider-parting-ways",
        title=text.title,
        advice=text.advice,
        try_first=text.try_first,
        first_tries=tuple(FirstTry(name, playbook.text(name, language).title) for name in tries),
        steps=text.steps,
        reply=fill(
            playbook.parting_text(reply_language or language).reply,
            {blank: value for blank, value in named.items() if value},
        ),
        hand_over=text.hand_over,
        avoid=text.avoid,
        signs=signs,
        sign_titles=tuple(text.signs[sign.id] for sign in signs),
    )


def first_tries(history: ClientHistory, thresholds: Thresholds) -> tuple[StrategyId, ...]:
    """Order what to try before parting by the client's commonest signals within the window."""
    window = parting_window(history, thresholds)
    messages = _Window.of(history, *window).messages if window else ()
    counts = Counter(label for seen in messages for label in set(seen.labels) if label in _TRY_FIRST)
    commonest = sorted(counts, key=lambda label: (-counts[label], LABELS.index(label)))
    return tuple(dict.fromkeys(name for label in commonest for name in _TRY_FIRST[label]))


@dataclass(frozen=True, slots=True)
class _Window:
    messages: tuple[SeenMessage, ...]
    dates: tuple[AgreedDate, ...]
    end: datetime
    timezone: ZoneInfo | None

    @classmethod
    def of(cls, history: ClientHistory, start: datetime, end: datetime) -> "_Window":
        dated = [(seen.sent_at, seen) for seen in history.messages if seen.sent_at and start <= seen.sent_at <= end]
        messages = tuple(seen for _, seen in sorted(dated, key=lambda pair: (pair[0], pair[1].id)))
        dates = tuple(
            agreed
            for agreed in history.agreed_dates
            if agreed.day >= start.date() and (history.as_of is None or _known_by(agreed, end))
        )
        return cls(messages, dates, end, history.timezone)

    def bearing(self, labels: Iterable[Label]) -> list[SeenMessage]:
        return [seen for seen in self.messages if not set(labels).isdisjoint(seen.labels)]

    def days(self, messages: list[SeenMessage]) -> int:
        local = (seen.sent_at.astimezone(self.timezone or seen.sent_at.tzinfo) for seen in messages if seen.sent_at)
        return len({moment.date() for moment in local})

    def date_moved_or_passed(self) -> bool:
        noted = sorted(self.dates, key=lambda agreed: (agreed.noted_at or datetime.min.replace(tzinfo=UTC), agreed.day))
        # Dates noted at the same moment are several deliveries; a later note that names a later day moves one.
        moved = any(
            later.day > earlier.day and later.noted_at != earlier.noted_at for earlier, later in pairwise(noted)
        )
        today = self.end.astimezone(self.timezone or self.end.tzinfo).date()
        return moved or any(agreed.day < today for agreed in noted)


def _known_by(agreed: AgreedDate, end: datetime) -> bool:
    return agreed.noted_at is None or agreed.noted_at <= end


def _prolonging(within: _Window, thresholds: Thresholds) -> list[SeenMessage]:
    involved = within.bearing(_INVOLVEMENT)
    if within.days(involved) < thresholds.involvement_days:
        return []
    if within.dates:
        return involved if within.date_moved_or_passed() else []
    return involved if len(involved) >= thresholds.involvement_messages_undated else []


def _on_days(within: _Window, labels: set[Label], days: int) -> list[SeenMessage]:
    bearing = within.bearing(labels)
    return bearing if within.days(bearing) >= days else []


def _crowding(within: _Window, inbox: InboxCount | None, thresholds: Thresholds) -> list[SeenMessage]:
    if inbox is None or inbox.messages < thresholds.crowd_messages or inbox.clients < thresholds.crowd_clients:
        return []
    return list(within.messages) if inbox.own / inbox.messages >= thresholds.crowd_share else []
