"""When parting is worth a thought: four signs over a rolling window, and what is said about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.advice import Playbook
from data.strategies import load_playbook
from data.taxonomy import Label
from model.facts import AgreedDate, SeenMessage
from model.parting import ClientHistory, InboxCount, consider_parting, first_tries, parting_signs, parting_window

NEWEST = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook()


def seen(days_ago: float, *labels: Label) -> SeenMessage:
    return SeenMessage(f"m{days_ago}", NEWEST - timedelta(days=days_ago), labels)


def signs(history: ClientHistory, playbook: Playbook) -> dict[str, tuple[str, ...]]:
    return {sign.id: sign.messages for sign in parting_signs(history, playbook.thresholds)}


INVOLVED = (seen(20, "micro_managing"), seen(10, "take_over"), seen(0, "micro_managing", "goodwill"))
SAME_DAY = (seen(10, "micro_managing"), seen(0.1, "take_over"), seen(0, "micro_managing"))


@pytest.mark.parametrize(
    ("messages", "dates", "holds"),
    [
        (INVOLVED, (AgreedDate(date(2026, 5, 20)),), True),  # passed
        (INVOLVED, (AgreedDate(date(2026, 6, 20)),), False),  # still ahead
        (
            INVOLVED,
            (AgreedDate(date(2026, 6, 5), NEWEST - timedelta(days=30)), AgreedDate(date(2026, 6, 20), NEWEST)),
            True,
        ),
        (
            INVOLVED,
            (AgreedDate(date(2026, 1, 5)),),
            False,
        ),  # of an older project: no date known, and only three messages
        (INVOLVED[1:], (AgreedDate(date(2026, 5, 20)),), False),
        (SAME_DAY, (AgreedDate(date(2026, 5, 20)),), False),
        (INVOLVED, (), False),
        (tuple(seen(days, "take_over") for days in range(6)), (), True),
        (tuple(seen(days, "take_over") for days in range(5)), (), False),
        (tuple(seen(days, "take_over") for days in range(6)), (AgreedDate(date(2026, 6, 20)),), False),
    ],
)
def test_work_is_prolonged_by_involvement(
    playbook: Playbook, messages: tuple[SeenMessage, ...], dates: tuple[AgreedDate, ...], holds: bool
) -> None:
    """Three days of involvement with the agreed date moved or passed, or six messages where none is known."""
    assert ("prolonged_by_involvement" in signs(ClientHistory(messages, dates), playbook)) is holds


@pytest.mark.parametrize(
    ("label", "sign"), [("unpaid_rework", "unpaid_rework"), ("scope_growth", "unpaid_scope_growth")]
)
def test_unpaid_work_needs_two_different_days(playbook: Playbook, label: Label, sign: str) -> None:
    """Two messages on two days make the sign, with the ids that carry it; two on one day do not."""
    two_days = ClientHistory((seen(9, label), seen(5, "goodwill"), seen(0, label)))
    assert signs(two_days, playbook) == {sign: ("m9", "m0")}
    assert signs(ClientHistory((seen(0.2, label), seen(0, label))), playbook) == {}


def test_the_window_rolls(playbook: Playbook) -> None:
    """What lies more than sixty days back no longer counts, and the window can end later than the newest message."""
    history = ClientHistory((seen(59, "unpaid_rework"), seen(0, "unpaid_rework")))
    assert signs(history, playbook)
    assert signs(replace(history, as_of=NEWEST + timedelta(days=2)), playbook) == {}
    window = parting_window(history, playbook.thresholds)
    assert window == (NEWEST - timedelta(days=60), NEWEST)


@pytest.mark.parametrize(
    ("kept", "inbox", "holds"),
    [
        (8, InboxCount(20, 3, 8), True),
        (8, InboxCount(20, 3, 7), False),
        (8, InboxCount(19, 3, 8), False),
        (8, InboxCount(20, 2, 8), False),
        (8, InboxCount(200, 3, 80), True),
        (20, None, False),
    ],
)
def test_a_client_crowds_out_the_others(playbook: Playbook, kept: int, inbox: InboxCount | None, holds: bool) -> None:
    """Two fifths of at least twenty messages from at least three clients, by count; unknown others make no sign."""
    history = ClientHistory(tuple(seen(days) for days in range(kept)), inbox=inbox)
    assert ("crowds_out_others" in signs(history, playbook)) is holds


@pytest.mark.parametrize("label", ["micro_managing", "take_over", "unpaid_rework", "scope_growth"])
def test_parting_is_never_suggested_from_a_single_message(playbook: Playbook, label: Label) -> None:
    """One message, however bad, holds no sign."""
    lone = ClientHistory((seen(0, label),), (AgreedDate(date(2026, 5, 1)),), InboxCount(20, 3, 1))
    assert consider_parting(lone, playbook, "en") is None


def test_messages_without_a_date_are_left_out(playbook: Playbook) -> None:
    """What cannot be placed in time carries no sign."""
    undated = tuple(SeenMessage(str(number), None, ("unpaid_rework",)) for number in range(5))
    assert signs(ClientHistory(undated), playbook) == {}


def test_days_are_the_providers_days(playbook: Playbook) -> None:
    """Two messages around midnight UTC are one working day in Manila."""
    from zoneinfo import ZoneInfo

    night = (
        SeenMessage("a", datetime(2026, 6, 1, 23, 30, tzinfo=UTC), ("unpaid_rework",)),
        SeenMessage("b", datetime(2026, 6, 2, 0, 30, tzinfo=UTC), ("unpaid_rework",)),
    )
    assert signs(ClientHistory(night), playbook)
    assert signs(ClientHistory(night, timezone=ZoneInfo("Asia/Manila")), playbook) == {}


def test_what_to_try_first_follows_the_commonest_signals(playbook: Playbook) -> None:
    """The client's commonest signal leads, each strategy stands once, and praise adds none."""
    history = ClientHistory(
        (
            seen(3, "unpaid_rework"),
            seen(2, "unpaid_rework", "client_delay"),
            seen(1, "goodwill"),
            seen(0, "scope_growth"),
        )
    )
    assert first_tries(history, playbook.thresholds) == ("set-expectations", "recap-in-writing", "hold-accountable")


@pytest.mark.parametrize(
    ("language", "sign"), [("en", "again and again"), ("fil", "walang bayad"), ("ms", "tanpa bayaran")]
)
def test_the_suggestion_says_what_to_try_how_to_say_it_and_what_to_hand_over(
    playbook: Playbook, language: str, sign: str
) -> None:
    """All parts come in the language asked for, with the client named and the date left open."""
    history = ClientHistory((seen(9, "unpaid_rework"), seen(0, "unpaid_rework")))
    advice = consider_parting(history, playbook, language, client_name="Ana Reyes")
    assert advice is not None
    assert advice.id == "consider-parting-ways"
    assert sign in advice.sign_titles[0]
    assert advice.first_tries[0].id == "set-expectations"
    assert advice.first_tries[0].title == playbook.text("set-expectations", language).title
    assert "Ana Reyes" in advice.reply
    assert "{handover_date}" in advice.reply
    assert advice.hand_over
