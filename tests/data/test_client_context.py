"""What a caller tells about a client: read where it can be used, refused by name where it cannot."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from data.context import read_context
from data.errors import InputError
from data.hours import WorkingHours
from model.facts import ClientFacts


def test_a_full_context_becomes_facts() -> None:
    """Every key of the contract is read, and facts known before stay where the context is silent."""
    known = ClientFacts(known_messages=3, client_name="Ana", project_finished=True)
    facts = known.told(
        read_context(
            {
                "relationship_start": "2026-01-05",
                "agreed_date": "2026-03-20",
                "usual_check_days_before": 2.5,
                "asked_for_input_recently": True,
                "project_finished": None,
                "working_hours": "Mon-Fri 09:00-18:00",
                "timezone": "Asia/Manila",
            }
        )
    )
    assert facts.relationship_start == date(2026, 1, 5)
    assert facts.agreed_date == date(2026, 3, 20)
    assert facts.usual_check_days_before == 3  # half a day more is looked at a day earlier
    assert facts.asked_for_input_recently
    assert facts.project_finished
    assert facts.working_hours == WorkingHours.parse("Mon-Fri 09:00-18:00")
    assert facts.timezone == ZoneInfo("Asia/Manila")
    assert (facts.known_messages, facts.client_name) == (3, "Ana")


@pytest.mark.parametrize("context", [None, {}, {"agreed_date": None}])
def test_no_context_leaves_everything_unknown(context: object) -> None:
    """Nothing told means nothing known."""
    assert ClientFacts().told(read_context(context)) == ClientFacts()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("relationship_start", "yesterday"),
        ("relationship_start", 1767225600),
        ("agreed_date", "2026-13-01"),
        ("agreed_date", "0001-01-01"),
        ("agreed_date", ["2026-01-01"]),
        ("usual_check_days_before", "three"),
        ("usual_check_days_before", True),
        ("usual_check_days_before", -1),
        ("usual_check_days_before", float("nan")),
        ("usual_check_days_before", 10**400),
        ("asked_for_input_recently", "yes"),
        ("project_finished", 1),
        ("working_hours", "nine to five"),
        ("working_hours", 9),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Asia"),
        ("timezone", ""),
        ("timezone", "Asia/\x00Manila"),
        ("time_zone", "Asia/Manila"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(key: str, value: object) -> None:
    """The error names the key and a way out, and quotes no more than a short piece of the value."""
    with pytest.raises(InputError, match=key) as caught:
        read_context({key: value})
    assert ":" in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("context", ["Mon-Fri", 5, ["agreed_date"], [("agreed_date", "2026-01-01")]])
def test_a_context_that_is_no_object_is_refused(context: object) -> None:
    """Anything but an object is refused with the keys that may be given."""
    with pytest.raises(InputError, match="agreed_date"):
        read_context(context)


@pytest.mark.parametrize(
    ("hours", "moment", "inside"),
    [
        ("Mon-Fri 09:00-18:00", "2026-03-10 09:00", True),
        ("Mon-Fri 09:00-18:00", "2026-03-10 17:59", True),
        ("Mon-Fri 09:00-18:00", "2026-03-10 18:00", False),
        ("Mon-Fri 09:00-18:00", "2026-03-07 12:00", False),
        ("mon-fri 9:00-18:00, Saturday 09:00-12:00", "2026-03-07 11:00", True),
        ("Mon, Wed 09:00-17:00", "2026-03-11 10:00", True),
        ("Mon, Wed 09:00-17:00", "2026-03-10 10:00", False),
        ("Sun-Thu 08:00-17:00", "2026-03-08 10:00", True),
        ("Sun-Thu 08:00-17:00", "2026-03-06 10:00", False),
        ("Fri 22:00-06:00", "2026-03-07 05:00", True),
        ("Fri 22:00-06:00", "2026-03-06 05:00", False),
        ("Mon-Sun 00:00-24:00", "2026-03-08 23:59", True),
    ],
)
def test_hours_tell_inside_from_outside(hours: str, moment: str, inside: bool) -> None:
    """Days, spans over the weekend, several spans, and nights are understood."""
    assert WorkingHours.parse(hours).cover(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is inside


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Mon",
        "Mon-Fri",
        "Mon 9-17",
        "Mon 25:00-26:00",
        "Mon 09:60-10:00",
        "Mon 24:00-00:00",
        "Xyz 09:00-10:00",
        "Mon 09:00-10:00," * 99,
    ],
)
def test_hours_that_cannot_be_read_are_refused(words: str) -> None:
    """The error shows how hours are written."""
    with pytest.raises(InputError, match="Mon-Fri 09:00-18:00"):
        WorkingHours.parse(words)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-06 22:05", "2026-03-09 09:00"),
        ("2026-03-09 06:30", "2026-03-09 09:00"),
        ("2026-03-09 09:00", "2026-03-09 09:00"),
        ("2026-03-09 09:00:30", "2026-03-10 09:00"),
        ("2026-03-27 20:00", "2026-03-30 09:00"),  # summer time begins in between
        ("2026-12-31 19:00", "2027-01-01 09:00"),
    ],
)
def test_the_next_opening_keeps_to_the_wall_clock(moment: str, opening: str) -> None:
    """Work begins at the hour that the provider's clock shows, over weekends, years and summer time."""
    zone = ZoneInfo("Europe/Berlin")
    hours = WorkingHours.parse("Mon-Fri 09:00-18:00")
    asked = datetime.fromisoformat(moment).replace(tzinfo=zone)
    assert hours.next_opening(asked) == datetime.fromisoformat(opening).replace(tzinfo=zone)


def test_a_client_may_have_holidays_of_its_own() -> None:
    """They are added to the firm's, and a day that is none is refused by name."""
    firm = ClientFacts(holidays=frozenset({date(2026, 12, 25)}))
    assert firm.told(read_context({"holidays": ["2026-06-12"]})).holidays == {date(2026, 12, 25), date(2026, 6, 12)}
    with pytest.raises(InputError, match=r"holidays.*give a list of dates"):
        read_context({"holidays": ["payday"]})
