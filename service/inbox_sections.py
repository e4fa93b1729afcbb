"""The figures of a report on an inbox, made of its tallies: who bears what, signs of parting, alarms, time, answers."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from data.advice import FALLBACK_LANGUAGE, Playbook, SignId
from data.taxonomy import LABELS, Label
from model.parting import ClientHistory, InboxCount, PartingSign, consider_parting, parting_window
from service.inbox_tallies import ClientTally, InboxTallies
from service.masks import Masks, Plain

SHOWN = 15  # clients that a figure names; the others are put together
PANELS = 12
_QUOTES = 2
_FEWEST_ANSWERS = 3  # by which a client's median is told
_CARRIED_BY: dict[SignId, tuple[Label, ...]] = {
    "prolonged_by_involvement": ("micro_managing", "take_over"),
    "unpaid_rework": ("unpaid_rework",),
    "unpaid_scope_growth": ("scope_growth",),
}
_MOST_BINS = 70
_STEPS = (1, 7, 28, 91, 364, 1820)  # days that a bar of the time line may stand for


Wrote = Sequence[tuple[str, ClientTally]]  # clients with their tallies, those who wrote most first


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    count: int
    of: int

    @property
    def percent(self) -> int:
        """In whole per cent."""
        return round(100 * self.count / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A client's messages and how many of them bear each label, in the taxonomy's order."""

    client: str
    messages: int
    cells: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of parting: its title, how many messages carry it, and quotes with their days."""

    title: str
    messages: int
    quotes: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class Parting:
    """A client with signs of parting, and what to try first."""

    client: str
    since: date
    until: date
    signs: tuple[Sign, ...]
    tries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alarms:
    """A client's claims of urgency, how many of them were hollow, and how many messages came out of hours."""

    client: str
    messages: int
    claims: Share
    late: Share


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Messages by time: each bin's first day, and its messages by urgency level; panels hold one count a bin."""

    step: int
    starts: tuple[date, ...]
    bins: tuple[tuple[int, int, int, int], ...]
    panels: tuple[tuple[str, int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """How one's own mail answered: median hours, overall and by client, and who waits for an answer."""

    hours: float | None
    slowest: tuple[tuple[str, float, int], ...]
    waiting: Share


def heat(wrote: Wrote, masks: Masks | Plain) -> tuple[HeatRow, ...]:
    """What the clients who wrote most bear how often, and all others together."""
    rows = [_heat_row(masks.client(client), [tally]) for client, tally in wrote[:SHOWN]]
    others = [tally for _, tally in wrote[SHOWN:]]
    if others:
        rows.append(_heat_row(f"{len(others):,} other{'s' * (len(others) != 1)}", others))
    return tuple(rows)


def _heat_row(name: str, tallies: Sequence[ClientTally]) -> HeatRow:
    messages = sum(tally.messages for tally in tallies)
    counts = [sum(tally.labels[place] for tally in tallies) for place in range(len(LABELS))]
    return HeatRow(name, messages, tuple(Share(count, messages) for count in counts))


def alarms(wrote: Wrote, masks: Masks | Plain) -> tuple[Alarms, ...]:
    """The clients with most hollow alarms."""
    worst = sorted(wrote, key=lambda one: (-one[1].hollow, -one[1].claims, -one[1].messages, one[0]))
    return tuple(
        Alarms(masks.client(client), own.messages, Share(own.hollow, own.claims), Share(own.late, len(own.days)))
        for client, own in worst[:8]
        if own.claims
    )


def partings(wrote: Wrote, tallies: InboxTallies, playbook: Playbook, masks: Masks | Plain) -> Iterator[Parting]:
    """Clients with signs, those with most signs first."""
    found = []
    for client, tally in wrote:
        history = _history(tally, wrote, tallies, playbook)
        advice = history and consider_parting(history, playbook, FALLBACK_LANGUAGE)
        window = history and parting_window(history, playbook.thresholds)
        if history and advice and window:
            found.append((client, tally, history, advice, window))
    found.sort(key=lambda one: (-len(one[3].signs), -one[1].messages))
    for client, tally, history, advice, (start, end) in found:
        signs = tuple(
            Sign(title, _carriers(sign, history), _quotes(tally, sign, masks))
            for sign, title in zip(advice.signs, advice.sign_titles, strict=True)
        )
        tries = tuple(one.title for one in advice.first_tries[:3])
        yield Parting(masks.client(client), start.date(), end.date(), signs, tries)


def _history(tally: ClientTally, wrote: Wrote, tallies: InboxTallies, playbook: Playbook) -> ClientHistory | None:
    seen = tuple(one.seen for one in tally.latest)
    alone = ClientHistory(seen, timezone=tallies.provider.timezone)
    window = parting_window(alone, playbook.thresholds)
    limits = playbook.thresholds
    if window is None:
        return None
    start, end = (moment.date().toordinal() for moment in window)
    own = sum(start <= day <= end for day in tally.days)
    if own < limits.crowd_share * limits.crowd_messages:  # too few to ask how much there is of all
        return alone
    messages = sum(sum(levels) for day, levels in tallies.days.items() if start <= day <= end)
    clients = sum(any(start <= day <= end for day in other.days) for _, other in wrote)
    return ClientHistory(seen, inbox=InboxCount(messages, clients, own), timezone=tallies.provider.timezone)


def _carriers(sign: PartingSign, history: ClientHistory) -> int:
    """How many messages carry a sign: crowding out is carried by all of a client's, of which only some are kept."""
    return history.inbox.own if sign.id == "crowds_out_others" and history.inbox else len(sign.messages)


def _quotes(tally: ClientTally, sign: PartingSign, masks: Masks | Plain) -> tuple[tuple[date, str], ...]:
    """What the newest messages say that carry a sign."""
    ids = set(sign.messages)
    said = [
        (one.seen.sent_at, quote)
        for one in tally.latest
        if one.seen.sent_at and one.seen.id in ids
        for label, quote in one.quotes
        if label in _CARRIED_BY.get(sign.id, (label,))
    ]
    return tuple((sent.date(), masks.text(quote)) for sent, quote in sorted(said, reverse=True)[:_QUOTES])


def time_line(tallies: InboxTallies, wrote: Wrote, masks: Masks | Plain) -> TimeLine | None:
    """Messages by time, of all clients and of those who wrote most; None where no message bears a date."""
    days = sorted(tallies.days)
    if not days:
        return None
    total = sum(sum(levels) for levels in tallies.days.values())
    first, last = _most_of(days, tallies, total)
    step = next((step for step in _STEPS if (last - first) // step < _MOST_BINS), _STEPS[-1])
    edges = list(range(first, last + step + 1, step))
    bins = [
        tuple(sum(tallies.days[day][level] for day in days[_at(days, a) : _at(days, b)]) for level in range(4))
        for a, b in pairwise(edges)
    ]
    panels = []
    for client, tally in wrote[:PANELS]:
        own = sorted(tally.days)
        panels.append(
            (masks.client(client), tally.messages, tuple(_at(own, b) - _at(own, a) for a, b in pairwise(edges)))
        )
    starts = tuple(date.fromordinal(edge) for edge in edges[:-1])
    return TimeLine(step, starts, tuple((n, r, s, w) for n, r, s, w in bins), tuple(panels))


def _most_of(days: Sequence[int], tallies: InboxTallies, total: int) -> tuple[int, int]:
    """First and last day; of a span of decades only where all but one in a hundred lie: clocks are sometimes wrong."""
    if days[-1] - days[0] < 20 * 365:
        return days[0], days[-1]
    seen, inside = 0, []
    for day in days:
        seen += sum(tallies.days[day])
        if total * 0.005 <= seen <= total * 0.995:
            inside.append(day)
    return (inside[0], inside[-1]) if inside else (days[0], days[-1])


def _at(days: Sequence[int], day: int) -> int:
    return bisect_left(days, day)


def answers(wrote: Wrote, latest: datetime, masks: Masks | Plain) -> Answers:
    """How long messages waited for the next mail of one's own to that client; those of the last 30 days may still.

    The days end with the newest message that is not dated beyond ``latest``.
    """
    end = latest.timestamp()
    newest = max((moment for _, tally in wrote for moment in tally.asked if moment <= end), default=0)
    month = newest - int(timedelta(days=30).total_seconds())
    by_client, waiting, recent = [], 0, 0
    taken = []
    for client, tally in wrote:
        asked, answered = np.array(tally.asked, dtype=np.int64), np.sort(np.array(tally.answered, dtype=np.int64))
        place = np.searchsorted(answered, asked, side="right")
        met, of_late = place < len(answered), (asked >= month) & (asked <= newest)
        hours = ((answered[place[met]] - asked[met]) / 3600).astype(np.float32)
        recent += int(of_late.sum())
        waiting += int((of_late & ~met).sum())
        taken.append(hours)
        if len(hours) >= _FEWEST_ANSWERS:
            by_client.append((client, float(np.median(hours)), len(hours)))
    by_client.sort(key=lambda one: -one[1])
    slowest = tuple((masks.client(client), hours, count) for client, hours, count in by_client[:6])
    every = np.concatenate(taken) if taken else np.zeros(0)
    return Answers(float(np.median(every)) if len(every) else None, slowest, Share(waiting, recent))
