"""Promises about the days that a mail names."""

from datetime import date, timedelta, timezone

import pytest

from tests.days import TUESDAY, day_of, find_dates

EVENING = TUESDAY.replace(hour=20)


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
        ("by 19.03., same size", 3, 19),
        ("until Thu 19.3.", 3, 19),
        ("sebelum 12.12 ya", 12, 12),
        ("by Fri 20th please", 3, 20),
        ("Saturday the fourteenth", 3, 14),
        ("by the twenty-first", 3, 21),
        ("on the first of next month", 4, 1),
        ("by the first of the month", 4, 1),
        ("by the last Friday of the month", 3, 27),
        ("the first Monday of next month", 4, 6),
        ("sebelum 24 hari bulan", 3, 24),
        ("sa petsa 15", 3, 15),
        ("sa kinse po", 3, 15),
        ("on Christmas Eve", 12, 24),
        ("New Year's Eve", 12, 31),
        ("17 April (Friday)", 4, 17),
        ("17 April 2026 (Jumaat)", 4, 17),
    ],
)
def test_a_date_is_read_in_each_way_of_writing_it(text: str, month: int, day: int) -> None:
    """Day and month are found in words, digits and clipped forms of three languages; a bare day is the next one."""
    found = day_of(text)
    assert found is not None
    assert (found.month, found.day) == (month, day)


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
        ("today (Tuesday)", 0),
        ("within two weeks from today", 14),
        ("lima hari dari hari ini", 5),
        ("seminggu lagi", 7),
        ("lagi dua hari", 2),
        ("a week from Monday", 13),
        ("this day week", 7),
        ("tomorrow fortnight", 15),
        ("sa Biyernes pa po sa susunod na linggo", 10),
        ("Jumaat dalam minggu depan", 10),
        ("sa Linggo ng gabi", 5),
        ("within 24h", 1),
        ("sa loob ng kalahating oras", 0),
        ("not past Monday", 6),
        ("lepas Jumaat", 3),
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
    "text",
    [
        "next week",
        "minggu depan",
        "sa susunod na linggo",
        "soon",
        "24/7",
        "may 3 days left?",
        "the second week of May",
        "on 1.2 acres",
    ],
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
        ("before 4.30.", 16.5),
        ("by 14.30, please", 14.5),
        ("by half past four", 16.5),
        ("by quarter to five", 16.75),
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
