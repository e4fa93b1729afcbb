"""What to do this week, from facts alone: who went unheard, whom to ask for feedback, what was said, what is due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Literal

from data.advice import Playbook, StrategyId, Thresholds
from model.mentions import talk_mentioned
from model.wording import fill, write_date

AgendaKind = Literal["unheard", "feedback", "feedback_again", "recap", "agreed", "quiet", "deadline"]

_STRATEGIES: dict[AgendaKind, StrategyId] = {
    "unheard": "hold-regular-check-ins",
    "feedback": "ask-for-feedback",
    "feedback_again": "ask-for-feedback",
    "recap": "recap-in-writing",
    "agreed": "build-breathing-room",
    "quiet": "deliver-ahead-quietly",
    "deadline": "answer-clearly",
}


@dataclass(frozen=True, slots=True)
class LateMessage:
    """One of a client's late messages, on the provider's calendar."""

    id: str
    day: date
    text: str
    deadline: date | None


@dataclass(frozen=True, slots=True)
class ClientWeek:
    """What the list asks about one client; ``agreed`` are the dates that hold, ``ever_agreed`` all of them."""

    client: str
    name: str | None = None
    last_heard: date | None = None
    last_written_to: date | None = None
    project_finished: bool | None = None
    finished_on: date | None = None
    agreed: tuple[date, ...] = ()
    ever_agreed: tuple[date, ...] = ()
    usual_check_days_before: float | None = None
    messages: tuple[LateMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One thing to do: for whom, by when, why, which strategy helps, and the messages behind it."""

    kind: AgendaKind
    client: str
    name: str | None
    due: date
    why: str
    strategy: StrategyId
    title: str
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Due:
    kind: AgendaKind
    day: date
    days: int = 0
    named: date | None = None
    messages: tuple[str, ...] = ()


def agenda(clients: Iterable[ClientWeek], today: date, playbook: Playbook, language: str) -> tuple[AgendaItem, ...]:
    """List what is due within the week or was due lately, the oldest first; nothing that no fact calls for."""
    limits = playbook.thresholds
    first, last = today - timedelta(days=limits.week_overdue_days), today + timedelta(days=limits.week_days - 1)
    items = [
        _worded(client, due, playbook, language)
        for client in clients
        for due in _all_due(client, today, limits)
        if due.day <= last and (due.day >= first or due.kind == "unheard")
    ]
    return tuple(sorted(items, key=lambda item: (item.due, item.client, item.kind)))


def _all_due(client: ClientWeek, today: date, limits: Thresholds) -> Iterator[_Due]:
    yield from _unheard(client, today, limits)
    yield from _feedback(client, limits)
    yield from _recaps(client, today, limits)
    if not client.project_finished:
        yield from _agreed(client, today, limits)
        yield from _deadlines(client, today)


def _unheard(client: ClientWeek, today: date, limits: Thresholds) -> Iterator[_Due]:
    touched = max((day for day in (client.last_heard, client.last_written_to) if day is not None), default=None)
    if touched is None or client.project_finished:
        return
    running = client.project_finished is False or any(day >= touched for day in client.ever_agreed)
    due = touched + timedelta(days=limits.silent_days)
    if running and due <= today:
        yield _Due("unheard", due, days=(today - touched).days)


def _feedback(client: ClientWeek, limits: Thresholds) -> Iterator[_Due]:
    end = client.finished_on
    if end is not None and client.project_finished:
        yield _Due("feedback", end, named=end)
        again = limits.feedback_again_days
        yield _Due("feedback_again", end + timedelta(days=again), days=again, named=end)


def _recaps(client: ClientWeek, today: date, limits: Thresholds) -> Iterator[_Due]:
    since = today - timedelta(days=limits.week_days)
    for message in client.messages:
        if since <= message.day <= today and talk_mentioned(message.text):
            yield _Due("recap", message.day, messages=(message.id,))


def _agreed(client: ClientWeek, today: date, limits: Thresholds) -> Iterator[_Due]:
    for day in client.agreed:
        lead = client.usual_check_days_before
        quiet = None if lead is None else day - timedelta(days=ceil(lead) + limits.quiet_margin_days)
        if day < today:
            continue
        if quiet is not None and quiet >= today:
            yield _Due("quiet", quiet, days=ceil(lead or 0), named=quiet)
        yield _Due("agreed", day, named=day)


def _deadlines(client: ClientWeek, today: date) -> Iterator[_Due]:
    by_day: dict[date, list[str]] = {}
    for message in client.messages:
        if message.deadline is not None and message.deadline >= today and message.deadline not in client.agreed:
            by_day.setdefault(message.deadline, []).append(message.id)
    for day, ids in by_day.items():
        yield _Due("deadline", day, named=day, messages=tuple(ids))


def _worded(client: ClientWeek, due: _Due, playbook: Playbook, language: str) -> AgendaItem:
    wording = playbook.wording(language)
    blanks = {"days": str(due.days)} | ({"date": write_date(due.named, wording)} if due.named else {})
    strategy = _STRATEGIES[due.kind]
    return AgendaItem(
        kind=due.kind,
        client=client.client,
        name=client.name,
        due=due.day,
        why=fill(wording.facts[f"week_{due.kind}"], blanks),
        strategy=strategy,
        title=playbook.text(strategy, language).title,
        messages=due.messages,
    )
