"""What several people say of one message comes to what most of them say, and to nothing where they differ evenly."""

from datetime import date

import pytest

from data.labels.opinion import Opinion, agree


def test_the_majority_settles_a_label_and_a_tie_leaves_it_unsure() -> None:
    """Two against one is settled, one against one is not; what nobody spoke of is unsure."""
    opinions = [
        Opinion("a", {"distrust": True, "goodwill": True}),
        Opinion("b", {"distrust": True, "goodwill": False}),
        Opinion("c", {"distrust": False}),
    ]
    told = agree(opinions)
    assert told.labels == {"distrust": True}
    assert {"goodwill", "take_over", "urgency", "deadline"} <= told.unsure
    assert told.set_labels == {"distrust"}


@pytest.mark.parametrize(("levels", "settled"), [([3], 3), ([1, 3, 3], 3), ([0, 1, 3], 1), ([1, 2], None), ([], None)])
def test_urgency_is_the_middle_one(levels: list[int], settled: int | None) -> None:
    """The median, where that is one level."""
    told = agree([Opinion(str(n), urgency=level) for n, level in enumerate(levels)])
    assert (None if "urgency" in told.unsure else told.urgency) == settled


def test_no_deadline_is_an_opinion_too() -> None:
    """Saying that there is none differs from saying nothing."""
    none, silent, day = (
        Opinion("a", deadline_told=True),
        Opinion("b"),
        Opinion("c", {}, {}, None, None, date(2026, 3, 6), True),
    )
    assert "deadline" not in agree([none, silent]).unsure
    assert agree([day, silent]).deadline == date(2026, 3, 6)
    assert "deadline" in agree([none, day]).unsure
    assert "deadline" in agree([silent]).unsure


def test_an_opinion_quotes_what_stands_there() -> None:
    """A passage must be verbatim and belong to a label that is set; an empty opinion says so."""
    text = "Drafts\nAre you sure you can do this?"
    assert not list(Opinion("a", {"distrust": True}, {"distrust": ("Are you sure",)}).faults(text))
    assert "does not stand" in next(Opinion("a", {"distrust": True}, {"distrust": ("You cannot",)}).faults(text))
    assert "not set" in next(Opinion("a", {"distrust": False}, {"distrust": ("Are you sure",)}).faults(text))
    assert "says nothing" in next(Opinion("a").faults(text))
