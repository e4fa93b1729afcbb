"""What a partner of the firm wants to know of an inbox, concluded from its tallies."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from data.advice import Playbook
from service.inbox_sections import (
    SHOWN,
    Alarms,
    Answers,
    HeatRow,
    Parting,
    Share,
    TimeLine,
    alarms,
    answers,
    heat,
    partings,
    time_line,
)
from service.inbox_tallies import InboxTallies
from service.masks import Masks, Plain
from service.urgent import Pressing

FIRST = 10  # messages to answer first
PARTINGS = 8  # clients with signs of parting that are told of


@dataclass(frozen=True, slots=True)
class InboxReport:
    """Everything that the page shows; texts are masked already where that was asked for."""

    tallies: InboxTallies
    messages: int
    clients: int
    first_day: date | None
    last_day: date | None
    pressing: int
    first: tuple[Pressing, ...]
    heat: tuple[HeatRow, ...]
    partings: tuple[Parting, ...]
    parting_count: int
    alarms: tuple[Alarms, ...]
    claims: Share
    late: Share
    time: TimeLine | None
    answers: Answers | None
    unreadable: tuple[tuple[str, int], ...]
    examples: tuple[tuple[str, str], ...]


def conclude(tallies: InboxTallies, playbook: Playbook, masks: Masks | Plain) -> InboxReport:
    """Make the report; clients are ordered by how much they wrote, and numbered so where they are masked."""
    wrote = sorted((n for n in tallies.clients.items() if n[1].messages), key=lambda one: (-one[1].messages, one[0]))
    for client, _ in wrote[:SHOWN]:
        masks.client(client)
    signs = tuple(partings(wrote, tallies, playbook, masks))
    days = sorted(tallies.days)
    newest = max((day for day in days if day <= tallies.latest.toordinal()), default=0)
    claimed = sum(tallies.claims[1])
    return InboxReport(
        tallies=tallies,
        messages=sum(map(sum, tallies.claims)),
        clients=len(wrote),
        first_day=date.fromordinal(days[0]) if days else None,
        last_day=date.fromordinal(days[-1]) if days else None,
        pressing=sum(tallies.days[day][3] for day in days if newest - 30 < day <= newest),
        first=tuple(_masked(one, masks) for one in _first(tallies)),
        heat=heat(wrote, masks),
        partings=tuple(signs[:PARTINGS]),
        parting_count=len(signs),
        alarms=alarms(wrote, masks),
        claims=Share(sum(tallies.claims[1][:2]), claimed),
        late=Share(sum(tally.late for _, tally in wrote), sum(len(tally.days) for _, tally in wrote)),
        time=time_line(tallies, wrote, masks),
        answers=answers(wrote, tallies.latest, masks) if tallies.own else None,
        unreadable=tuple(tallies.unreadable.most_common()),
        examples=tuple((masks.source(source), message) for source, message in tallies.examples),
    )


def _first(tallies: InboxTallies) -> Iterator[Pressing]:
    """The most pressing messages that no mail of one's own came after."""
    found = 0
    for one in tallies.urgent.waiting():
        answered = tallies.clients[one.client].answered if one.client in tallies.clients and one.client else ()
        if one.sent_at is not None and any(moment >= one.sent_at.timestamp() for moment in answered):
            continue
        yield one
        found += 1
        if found == FIRST:
            return


def _masked(one: Pressing, masks: Masks | Plain) -> Pressing:
    return replace(
        one,
        client=masks.client(one.client) if one.client else None,
        subject=masks.text(one.subject),
        quotes=tuple(masks.text(quote) for quote in one.quotes),
        source=masks.source(one.source),
    )
