"""Promises about days that are told by what stands around them: other days, prepositions, the day of sending."""

from datetime import date, datetime, timedelta

import pytest

from model.dates import scan_dates
from model.spelling import Written
from tests.days import TUESDAY, day_of, find_dates


@pytest.mark.parametrize("text", ["by Monday the 24th", "by Monday 24", "before Mon 24"])
def test_a_weekday_and_a_day_that_fit_two_months_are_still_to_come(text: str) -> None:
    """In a March after 28 days of February both months have a Monday the 24th."""
    assert day_of(text, TUESDAY.replace(year=2025, day=5)) == date(2025, 3, 24)


def test_weekday_and_date_and_hour_are_one_mention() -> None:
    """What tells one day in several words is one mention, with the words' place and the preposition before it."""
    scan = scan_dates(Written.of("Please send it before Friday, 13 March at 4pm."), TUESDAY)
    (found,) = scan.mentions
    assert scan.text.words[found.first : found.last] == ["friday", ",", "13", "march", "at", "4", "pm"]
    assert (found.date, found.hour, found.lead) == (date(2026, 3, 13), 16, "before")


def test_a_weekday_tells_which_month_a_bare_day_is_in() -> None:
    """A weekday with a bare day ("Friday the 10th") means the nearest month in which the 10th is a Friday."""
    assert day_of("Friday the 10th") == date(2026, 4, 10)
    assert day_of("Monday the 9th") == date(2026, 3, 9)
    assert day_of("Wednesday the 4th", datetime(2026, 2, 27, 9, 0, tzinfo=TUESDAY.tzinfo)) == date(2026, 3, 4)


def test_what_is_to_be_done_by_a_day_is_still_to_come() -> None:
    """In years of 28 days February's Mondays are March's: "by Monday the 23rd" in early March is not in February."""
    assert day_of("by Monday the 23rd", datetime(2026, 3, 3, 9, 0, tzinfo=TUESDAY.tzinfo)) == date(2026, 3, 23)
    assert day_of("Monday the 23rd", datetime(2026, 3, 3, 9, 0, tzinfo=TUESDAY.tzinfo)) == date(2026, 2, 23)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("We meet on 26 March. Send it the day before.", 1),
        ("We meet on 26 March from nine to noon. Send it the day before at the latest.", 1),
        ("We meet on 26 March, the papers go out a week before that.", 7),
        ("Opening is 26 March; I need it two days prior to the opening.", 2),
        ("Auditor's visit: 26 March. Ten days earlier I want the file.", 10),
        ("Majlis pada 26 Mac, hantar sehari sebelum itu.", 1),
        ("We cut on the 26th. Drawings one day ahead of that.", 1),
        ("Sa Marso 26 ang training, isang araw bago iyon ang salin.", 1),
        ("Board is on 26 March, the Friday prior would do.", 6),
        ("Board is on 26 March, I need it the Friday before.", 6),
        ("The opening is on 26 March (Thursday). Banners up the day before.", 1),
        ("Visitors on 26 March, so two working days before that.", 2),
    ],
)
def test_a_day_is_counted_back_from_the_day_told_before_it(text: str, days: int) -> None:
    """The day before, a week before that, the Friday prior: whatever hours stand between."""
    assert find_dates(text, TUESDAY)[-1].date == date(2026, 3, 26) - timedelta(days=days)


def test_a_day_before_another_is_the_nearer_one() -> None:
    """With a meeting at the end of the month, "the 15th" is the one before it."""
    assert find_dates("We meet on 31 March; the file by mid-month (15th).", TUESDAY)[-1].date == date(2026, 3, 15)


@pytest.mark.parametrize("text", ["We meet on 26 March. Tell me by Monday latest.", "On 26 March, before the 20th."])
def test_a_day_of_its_own_is_not_counted_back(text: str) -> None:
    """What has a date behind "before", or says "latest", is told by itself."""
    assert find_dates(text, TUESDAY)[-1].date in (date(2026, 3, 16), date(2026, 3, 20))


def test_a_bare_day_follows_the_month_named_before_it() -> None:
    """After "They sit on 23 June", "the 20th" is the 20th of June."""
    assert [one.date for one in find_dates("They sit on 23 June, papers go out on the 20th.", TUESDAY)] == [
        date(2026, 6, 23),
        date(2026, 6, 20),
    ]


def test_a_date_just_gone_is_not_next_years() -> None:
    """A month and day a few weeks back belong to the past, one long back to the next year."""
    assert day_of("your invoice of 2 February") == date(2026, 2, 2)
    assert day_of("on 2 October") == date(2026, 10, 2)
    assert day_of("on 5 January", TUESDAY.replace(month=11)) == date(2027, 1, 5)


def test_what_is_due_by_a_date_is_not_over_for_months() -> None:
    """In March "by 31 December" is this year's, while "on 31 December" may be told of the last one."""
    assert day_of("ready by 31 December") == date(2026, 12, 31)
    assert day_of("it failed on 31 December") == date(2025, 12, 31)
    assert day_of("due 20 February") == date(2026, 2, 20)


def test_a_preposition_is_read_with_the_word_before_it() -> None:
    """No later than: by; rather than, later, and the s of "it's" say nothing."""
    assert [one.lead for one in find_dates("no later than Friday", TUESDAY)] == ["by"]
    assert [one.lead for one in find_dates("Thursday rather than Friday", TUESDAY)] == ["none", "none"]
    assert [one.lead for one in find_dates("later today", TUESDAY)] == ["none"]
    assert [one.lead for one in find_dates("b4 Friday", TUESDAY)] == ["before"]
    assert find_dates("It's 9. Tell me more", TUESDAY) == []


def test_without_the_time_of_sending_only_full_dates_are_found() -> None:
    """Nothing is counted from a day that is not known."""
    found = find_dates("by Friday, 3 March, today or 9 March 2026", None)
    assert [one.date for one in found] == [date(2026, 3, 9)]
