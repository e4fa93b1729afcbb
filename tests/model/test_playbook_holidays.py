"""Days on which the provider does not work."""

from datetime import UTC, date, datetime

import pytest

from data.advice import Playbook
from data.hours import WorkingHours
from data.records import Assessment, Signal, Urgency
from data.strategies import load_playbook
from model.facts import ClientFacts
from model.playbook import suggest

HOURS = WorkingHours.parse("Mon-Fri 09:00-18:00")
FRIDAY = date(2026, 6, 12)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook()


@pytest.mark.parametrize(
    ("sent", "holidays", "reply_from"),
    [
        (datetime(2026, 6, 12, 10, 0, tzinfo=UTC), (), None),
        (datetime(2026, 6, 12, 10, 0, tzinfo=UTC), (FRIDAY,), "on Monday from 09:00"),
        (datetime(2026, 6, 11, 20, 0, tzinfo=UTC), (FRIDAY,), "on Monday from 09:00"),
        (datetime(2026, 6, 11, 20, 0, tzinfo=UTC), (FRIDAY, date(2026, 6, 15)), "on Tuesday from 09:00"),
        (datetime(2026, 6, 11, 20, 0, tzinfo=UTC), (date(2026, 12, 25),), "on Friday from 09:00"),
    ],
)
def test_a_holiday_is_outside_working_hours(
    playbook: Playbook, sent: datetime, holidays: tuple[date, ...], reply_from: str | None
) -> None:
    """A message on a holiday came out of hours, and the reply names the first hour after the holidays."""
    signals = (Signal("micro_managing", 0.9, present=True),)
    message = Assessment(
        "m", "api", None, "a@b.example", sent, "en", "", "Hello.", signals, Urgency(1, (0.0, 1.0, 0.0, 0.0)), "test"
    )
    facts = ClientFacts(working_hours=HOURS, holidays=frozenset(holidays), known_messages=3)
    (boundaries, *_) = suggest(message, facts, playbook).strategies
    assert boundaries.id == "set-boundaries"
    assert (reply_from or "{available_from}") in boundaries.reply
    assert any("outside your working hours" in (reason.fact or "") for reason in boundaries.because) is bool(reply_from)
