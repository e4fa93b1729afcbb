"""Promises about the days that a mail names."""

from datetime import date, datetime, timedelta, timezone

import pytest

from model.dates import DateMention, scan_dates
from model.spelling import Written

# A Tuesday morning in Manila and Kuala Lumpur.
TUESDAY = datetime(2026, 3, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))
EVENING = TUESDAY.replace(hour=20)


def find_dates(text: str, sent_at: datetime | None) -> list[DateMention]:
    """The days that a text names, from left to right."""
    return list(scan_dates(Written.of(text), sent_at).mentions)


def day_of(text: str, sent_at: datetime | None = TUESDAY) -> date | None:
    """The one day that a text names, or None."""
    found = find_dates(text, sent_at)
    assert len(found) <= 1, found
    return found[0].date if found else None


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("by 19 March", 3, 19),
        ("March 19th, please", 3, 19),
        ("on the 19th of March", 3, 19),
        ("19/3", 3, 19),
        ("19.03.2026", 3, 19),
        ("2026-03-19", 3, 19),
        ("before the 19th", 3, 19),
        ("sa ika-15 ng Marso", 3, 15),
        ("hanggang a-30", 3, 30),
        ("bago mag-akinse", 3, 15),
        ("sa 15 po", 3, 15),
        ("sebelum 15hb", 3, 15),
        ("15 Mac", 3, 15),
        ("31 Ogos", 8, 31),
        ("Ene 20", 1, 20),
        ("before the 5th", 4, 5),
        ("unang araw ng Disyembre", 12, 1),
        ("unang Martes ng Mayo", 5, 5),
        ("bago mag-Agosto", 7, 31),
        ("19 March lunch", 3, 19),
        ("March 19 lunch", 3, 19),
        ("Mac 19 petang", 3, 19),
        ("Thursday night, March 19", 3, 19),
        ("Huwebes ng gabi, Marso 19", 3, 19),
        ("nominations close July 15.", 7, 15),
        ("by the 20th of this month", 3, 20),
        ("by the 9th of next month", 4, 9),
        ("30 bulan ini", 3, 30),
        ("20 bulan depan", 4, 20),
        ("by 28th instant", 3, 28),
        ("until Friday 20", 3, 20),
        ("the last day of May", 5, 31),
        ("the last working day of May", 5, 29),
        ("hujung bulan Mei", 5, 31),
        ("a-kinse ng Abril", 4, 15),
        ("a-bente kuwatro", 3, 24),
        ("sa a-bente kuwatro ng Abril", 4, 24),
        ("a-trenta'y uno", 3, 31),
    ],
)
def test_a_date_is_read_in_each_way_of_writing_it(text: str, month: int, day: int) -> None:
    """Day and month are found in words, digits and clipped forms of three languages; a bare day is the next one."""
    found = day_of(text)
    assert found is not None
    assert (found.month, found.day) == (month, day)


@pytest.mark.parametrize("text", ["by Monday the 24th", "by Monday 24", "before Mon 24"])
def test_a_weekday_and_a_day_that_fit_two_months_are_still_to_come(text: str) -> None:
    """In a March after 28 days of February both months have a Monday the 24th."""
    assert day_of(text, TUESDAY.replace(year=2025, day=5)) == date(2025, 3, 24)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("by Friday", 3),
        ("this Fri", 3),
        ("next Friday", 10),
        ("by Tuesday", 7),
        ("sa Martes", 7),
        ("this Tuesday", 0),
        ("Friday of next week", 10),
        ("Friday fortnight", 17),
        ("in a fortnight", 14),
        ("dalam seminggu", 7),
        ("in the morning", 1),
        ("at 9 in the morning", 1),
        ("at 11 in the morning", 0),
        ("on Monday in the morning", 6),
        ("Friday next week", 10),
        ("next week, Friday", 10),
        ("a week on Friday", 10),
        ("by Friday week", 10),
        ("sa Biyernes", 3),
        ("byernes", 3),
        ("sa susunod na Lunes", 6),
        ("sa darating na Martes", 7),
        ("Jumaat ini", 3),
        ("Jumaat depan", 10),
        ("minggu depan hari Jumaat", 10),
        ("sa Linggo", 5),
        ("today", 0),
        ("tonight", 0),
        ("by EOD", 0),
        ("tmrw", 1),
        ("the day after tomorrow", 2),
        ("ngayong hapon", 0),
        ("mamayang gabi", 0),
        ("bkas ng umaga", 1),
        ("sa makalawa", 2),
        ("hari ini", 0),
        ("petang ni", 0),
        ("esk pagi", 1),
        ("lusa", 2),
        ("tulat", 3),
        ("in three days", 3),
        ("within 48 hours", 2),
        ("a week from today", 7),
        ("sa loob ng tatlong araw", 3),
        ("dalam masa 3 hari", 3),
        ("2 minggu lagi", 14),
        ("end of the month", 21),
        ("katapusan ng buwan", 21),
        ("hujung bulan", 21),
        ("end of March", 21),
        ("hujung tahun", 296),
    ],
)
def test_a_day_is_counted_from_the_day_of_sending(text: str, days: int) -> None:
    """Weekdays, words like tomorrow, spans and ends of periods are counted from the day the mail was sent."""
    assert day_of(text) == TUESDAY.date() + timedelta(days=days)


@pytest.mark.parametrize(
    "text", ["next week", "minggu depan", "sa susunod na linggo", "soon", "24/7", "may 3 days left?"]
)
def test_what_names_no_day_gives_none(text: str) -> None:
    """A week, a vague word or a number gives no date."""
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("by 5pm", 17),
        ("at 17:00", 17),
        ("alas singko", 17),
        ("alas-3 ng hapon", 15),
        ("pukul 5 petang", 17),
        ("jam 9", 9),
        ("at noon", 12),
        ("sebelum 12 malam", 24),
        ("pkl 9 pagi", 9),
        ("by seven pm please", 19),
        ("we close at five and", 17),
        ("at 3 in the afternoon", 15),
    ],
)
def test_an_hour_alone_is_an_hour_of_today(text: str, hour: float) -> None:
    """An hour without a day belongs to the day of sending."""
    (found,) = find_dates(text, TUESDAY)
    assert (found.date, found.hour, found.kind) == (TUESDAY.date(), hour, "hour")


def test_an_hour_that_is_over_is_meant_for_the_next_morning() -> None:
    """In an evening mail "by 6 am" is tomorrow's."""
    assert day_of("spotless by 6 am", EVENING) == date(2026, 3, 11)


def test_an_hour_of_either_half_is_the_one_to_come() -> None:
    """In an evening mail "bago mag-9" is nine in the evening."""
    (found,) = find_dates("bago mag-9", EVENING)
    assert (found.date, found.hour) == (date(2026, 3, 10), 21)


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
    ],
)
def test_a_day_is_counted_back_from_the_day_told_before_it(text: str, days: int) -> None:
    """The day before, a week before that, the Friday prior: whatever hours stand between."""
    assert find_dates(text, TUESDAY)[-1].date == date(2026, 3, 26) - timedelta(days=days)


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


@pytest.mark.parametrize(
    "text", ["last Friday", "yesterday", "kahapon", "semalam", "noong Lunes", "Isnin lepas", "kagabi"]
)
def test_days_that_are_over_are_told_as_past(text: str) -> None:
    """Words for a past day give a mention of kind past before the day of sending."""
    (found,) = find_dates(text, TUESDAY)
    assert found.kind == "past"
    assert found.date < TUESDAY.date()


@pytest.mark.parametrize(("offset", "month"), [(-5, 3), (1, 4), (8, 4)])
def test_slashes_are_read_as_the_place_reads_them(offset: int, month: int) -> None:
    """3/4 is in March in America and in April elsewhere; 25/3 is in March everywhere."""
    sent_at = TUESDAY.replace(tzinfo=timezone(timedelta(hours=offset)), month=2)
    found, other = day_of("by 3/4", sent_at), day_of("by 25/3", sent_at)
    assert found is not None and found.month == month
    assert other == date(2026, 3, 25)


def test_a_date_just_gone_is_not_next_years() -> None:
    """A month and day a few weeks back belong to the past, one long back to the next year."""
    assert day_of("your invoice of 2 February") == date(2026, 2, 2)
    assert day_of("on 2 October") == date(2026, 10, 2)
    assert day_of("on 5 January", TUESDAY.replace(month=11)) == date(2027, 1, 5)


def test_without_the_time_of_sending_only_full_dates_are_found() -> None:
    """Nothing is counted from a day that is not known."""
    found = find_dates("by Friday, 3 March, today or 9 March 2026", None)
    assert [one.date for one in found] == [date(2026, 3, 9)]


def test_money_is_no_date() -> None:
    """A number after a currency is not taken for a day or an hour."""
    assert day_of("RM 15 hb") is None
    assert day_of("$5 pm") is None
    assert day_of("sa 2,000 tawag") is None
    assert day_of("clause 19.3.4") is None


def test_a_capital_tells_a_day_though_lowering_a_letter_changes_its_length() -> None:
    """Whether "sun" is a Sunday is told by its own capital, whatever stands before it."""
    assert day_of("İİİ out in the sun, sunny, send it Sun") == date(2026, 3, 15)
    assert day_of("İİİ Sunny. We like the sun") is None


@pytest.mark.parametrize(
    "text", ["9 " * 20000, "Friday " * 20000, "the " * 20000 + "9", "hari " * 20000, "9/" * 20000, "31 feb"]
)
def test_any_text_is_read_without_error(text: str) -> None:
    """Long runs of date words and days that do not exist neither hang nor fail."""
    assert isinstance(find_dates(text, TUESDAY), list)
