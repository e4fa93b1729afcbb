"""Many mails as a stream."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from data.mail.reading import compose
from data.records import Assessment, Email, Problem
from model.registry import Registry
from service.batch import CHUNK, advised, in_chunks, judged_here
from service.champion import Champion
from service.judgement import Order
from service.judging import build_adviser
from service.parcels import packed_outcomes, unpacked_outcomes
from service.past import HELD, Memory
from service.pools import processes
from service.settings import Settings
from service.workers import UNDER_WAY, judged_by_workers

Assessed = Callable[..., Assessment]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Counted:
    """An endless stream of mails that knows how many were taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[Email]:
        while True:
            self.taken += 1
            sent = START + timedelta(hours=self.taken)
            yield compose("Drafts", f"Where is draft {self.taken}?", "x", sender="ana@x.example", sent_at=sent)


def test_reading_never_runs_far_ahead(home: Path) -> None:
    """To give one row, no more than one chunk is read: memory does not grow with the mailbox."""
    mails = Counted()
    rows = advised(judged_here(in_chunks(mails), Champion(Registry(home / "models")).judge), build_adviser(Settings()))
    assert len(list(islice(rows, CHUNK + 1))) == CHUNK + 1
    assert mails.taken == 2 * CHUNK


def test_workers_never_read_far_ahead_either(home: Path) -> None:
    """With several processes at most two chunks each are under way, and rows come in order."""
    mails = Counted()
    with processes(2, Order(home / "models", Registry(home / "models").champion_version() or "")) as pool:
        judged = judged_by_workers(in_chunks(mails, 4), pool, print)
        rows = [outcome.assessment for outcomes in islice(judged, 5) for outcome in outcomes]
    assert [row and row.text for row in rows] == [f"Where is draft {n}?" for n in range(1, 21)]
    assert mails.taken <= 20 + 4 * UNDER_WAY * 2


def test_a_client_is_remembered_in_little(home: Path) -> None:
    """Of a client who writes without end only the latest messages are kept, their number and the first date beside."""
    memory = Memory()
    (row,) = Champion(Registry(home / "models")).judge(list(islice(Counted(), 1)))
    for _ in range(HELD + 100):
        memory.remember(row)
    past = memory.past("ana@x.example")
    assert (past.count, len(past.latest), past.first_at) == (HELD + 100, HELD, START + timedelta(hours=1))


@pytest.mark.parametrize("year", [1, 9999])
def test_a_client_whose_clock_is_broken_is_remembered(assessed: Assessed, year: int) -> None:
    """Rows of an earlier run may bear any year; no days are counted from it."""
    memory = Memory()
    for number in range(HELD + 100):
        memory.remember(assessed(str(number), sent_at=datetime(year, 1, 1, tzinfo=UTC)))
    past = memory.past("ana@brightloom.example")
    assert past.count == HELD + 100
    assert {seen.sent_at for seen in past.latest} == {None}


def test_outcomes_travel_whole(home: Path) -> None:
    """What a worker sends is what it concluded, of every kind of mail."""
    order = Order(home / "models", Registry(home / "models").champion_version() or "", frozenset({"me@x.example"}))
    text = "Send me a screenshot now. It must be live by tomorrow!"
    alarm = compose("URGENT", text, "a#1", sender="A <a@x.example>", sent_at=START)
    own = compose("Re: URGENT", "Here it is.", "a#2", sender="me@x.example", sent_at=START)
    outcomes = order.carry_out([alarm, own, Email("a#3", error=Problem("empty_message", "No text."))])
    assert unpacked_outcomes(packed_outcomes(outcomes)) == outcomes
    assert [outcome.assessment is None for outcome in outcomes] == [False, True, False]
