"""The quiet day: read from what the caller tells of the client's habit, or from what the client did before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.advice import Playbook
from data.records import Assessment, Signal, Suggestion, Urgency
from data.strategies import load_playbook
from data.taxonomy import LABELS
from model.facts import AgreedDate, ClientFacts, SeenMessage
from model.playbook import suggest

TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook()


def supervising() -> Assessment:
    signals = tuple(Signal(label, 0.9, label == "micro_managing") for label in LABELS)
    urgency = Urgency(1, (0.0, 1.0, 0.0, 0.0))
    return Assessment("m", "api", None, "a@b.example", TUESDAY, "en", "", "How far are you?", signals, urgency, "test")


def facts_in(suggestion: Suggestion) -> str:
    return " ".join(reason.fact or "" for reason in suggestion.because)


def test_the_quiet_day_is_named(playbook: Playbook) -> None:
    """Agreed date minus the usual lead, minus one day, in the advice and among the reasons."""
    told = ClientFacts(agreed_date=date(2026, 3, 20), usual_check_days_before=3)
    quiet = next(s for s in suggest(supervising(), told, playbook).strategies if s.id == "deliver-ahead-quietly")
    assert "16 March 2026" in quiet.advice
    assert "The quiet day to be done by is 16 March 2026." in facts_in(quiet)
    assert "16 March" not in quiet.reply


def test_the_habit_is_read_from_what_the_client_did_before(playbook: Playbook) -> None:
    """Asks 3 and 4 days ahead of two earlier dates make a lead of 4, the more careful one."""
    history = (
        SeenMessage("a", datetime(2026, 2, 3, 9, tzinfo=UTC), ("micro_managing",)),
        SeenMessage("b", datetime(2026, 2, 23, 9, tzinfo=UTC), ("micro_managing", "distrust")),
    )
    dates = (AgreedDate(date(2026, 2, 6)), AgreedDate(date(2026, 2, 27)))
    known = ClientFacts(history=history, agreed_date=date(2026, 3, 20), agreed_dates=dates)
    quiet = next(s for s in suggest(supervising(), known, playbook).strategies if s.id == "deliver-ahead-quietly")
    assert "15 March 2026" in quiet.advice


def test_a_quiet_day_gone_by_is_said_to_be_gone(playbook: Playbook) -> None:
    """Two asks ahead of one date make a habit, but the quiet day for this date lies behind."""
    known = ClientFacts(
        history=(SeenMessage("a", TUESDAY - timedelta(days=4), ("micro_managing",)),), agreed_date=date(2026, 3, 16)
    )
    quiet = next(s for s in suggest(supervising(), known, playbook).strategies if s.id == "deliver-ahead-quietly")
    assert "it has passed" in facts_in(quiet)
