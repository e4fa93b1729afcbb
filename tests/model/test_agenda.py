"""The list of the week: what is on it, from which day to which, and what is not."""

from datetime import date, timedelta
from typing import Any

import pytest

from data.advice import Playbook
from data.strategies import load_playbook
from model.agenda import ClientWeek, LateMessage, agenda

TODAY = date(2026, 3, 16)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook()


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def late(days_ago: int, text: str = "Thanks, noted.", deadline: int | None = None) -> LateMessage:
    return LateMessage(f"m{days_ago}", day(-days_ago), text, None if deadline is None else day(deadline))


ENDED = {"project_finished": True}
RUNS = {"project_finished": False}
TALK = "As discussed on the phone yesterday, we take the blue one."


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, []),
        ({"last_heard": day(-90)}, []),  # nobody said that a project is running
        ({"last_heard": day(-29)} | RUNS, []),
        ({"last_heard": day(-30)} | RUNS, [("unheard", 0)]),
        ({"last_heard": day(-90)} | RUNS, [("unheard", -60)]),
        ({"last_heard": day(-40), "last_written_to": day(-5)} | RUNS, []),
        ({"last_heard": day(-40), "ever_agreed": (day(-20),)}, [("unheard", -10)]),
        ({"last_heard": day(-40), "ever_agreed": (day(-50),)}, []),
        ({"last_heard": day(-40), "ever_agreed": (day(-20),)} | ENDED, []),
        ({"finished_on": day(-14)} | ENDED, [("feedback", -14)]),
        ({"finished_on": day(-15)} | ENDED, []),
        ({"finished_on": day(-24)} | ENDED, [("feedback_again", 6)]),
        ({"finished_on": day(-44)} | ENDED, [("feedback_again", -14)]),
        ({"finished_on": day(-45)} | ENDED, []),
        ({"agreed": (day(6),)}, [("agreed", 6)]),
        ({"agreed": (day(7),)}, []),
        ({"agreed": (day(-1),)}, []),
        ({"agreed": (day(3),)} | ENDED, []),
        ({"agreed": (day(6),), "usual_check_days_before": 2}, [("quiet", 3), ("agreed", 6)]),
        ({"agreed": (day(8),), "usual_check_days_before": 1.5}, [("quiet", 5)]),
        ({"messages": (late(2, deadline=3), late(1, deadline=3))}, [("deadline", 3)]),
        ({"messages": (late(2, deadline=3),), "agreed": (day(3),)}, [("agreed", 3)]),
        ({"messages": (late(2, deadline=-1),)}, []),
        ({"messages": (late(2, TALK),)}, [("recap", -2)]),
        ({"messages": (late(8, TALK),)}, []),
    ],
)
def test_the_week_holds_what_facts_call_for(
    playbook: Playbook, known: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    """Each kind stands on the list from its day on, for as long as it is of use, and never without a fact."""
    items = agenda([ClientWeek("ana@x.example", **known)], TODAY, playbook, "en")
    assert [(item.kind, (item.due - TODAY).days) for item in items] == expected


@pytest.mark.parametrize("language", ["en", "fil", "ms"])
def test_every_kind_is_worded_in_every_language(playbook: Playbook, language: str) -> None:
    """No blank stays open, and the title is that of the strategy."""
    clients = [
        ClientWeek("a", last_heard=day(-40), project_finished=False, agreed=(day(5),), usual_check_days_before=2),
        ClientWeek("b", project_finished=True, finished_on=day(-1), messages=(late(1, TALK),)),
        ClientWeek("c", project_finished=True, finished_on=day(-30)),
        ClientWeek("d", messages=(late(1, deadline=2),)),
    ]
    items = agenda(clients, TODAY, playbook, language)
    assert {item.kind for item in items} == {
        "unheard", "agreed", "quiet", "feedback", "feedback_again", "recap", "deadline",
    }  # fmt: skip
    for item in items:
        assert "{" not in item.why
        assert item.title == playbook.text(item.strategy, language).title
