"""Cursors, highlighting, settings, and telling a raw mail from a text."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records import Passage
from service.cursor import Cursor
from service.highlight import cut
from service.pasted import looks_raw
from service.settings import default_home, read_settings

RAW = "Return-Path: <a@b.example>\nFrom: Ana <a@b.example>\nSubject: Hi\n\nHello"
EXPORTED = "From: Ana <a@b.example>\nSubject: Hi\nDate: Thu, 5 Mar 2026 17:42:00 +0000\n\nHello"
SHOWN_BY_OUTLOOK = "From: Ana <a@b.example>\nSent: Thursday, 5 March 2026 17:42\nTo: Tomas\nSubject: Hi\n\nHello"
FORWARD = "---------- Forwarded message ---------\nFrom: Ana\nDate: Thu, 5 Mar 2026\nSubject: Hi\n\nHello"


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
)
def test_a_cursor_survives_its_token(at: datetime, last: str) -> None:
    """The token of a cursor gives the cursor back."""
    assert Cursor.from_token(Cursor(at, last).token()) == Cursor(at, last)


@given(st.text())
def test_a_foreign_cursor_is_refused_in_words(token: str) -> None:
    """Whatever is no cursor of ours is an InputError, nothing worse."""
    try:
        Cursor.from_token(token)
    except InputError as error:
        assert "next_cursor" in str(error)


edges = st.integers(-5, 60)
marks = st.lists(st.tuples(st.builds(Passage, edges, edges, st.just("")), st.sampled_from("abc")))


@given(st.text(max_size=40), marks)
def test_a_highlighted_text_is_the_whole_text(text: str, marked: list[tuple[Passage, str]]) -> None:
    """However passages overlap or stick out, the segments joined are the text."""
    assert "".join(segment.text for segment in cut(text, marked)) == text


def test_overlapping_passages_bear_both_names() -> None:
    """Where two passages overlap, the stretch speaks for both."""
    found = cut("abcdef", [(Passage(0, 4, "abcd"), "x"), (Passage(2, 6, "cdef"), "y")])
    assert [(segment.text, segment.names) for segment in found] == [("ab", ("x",)), ("cd", ("x", "y")), ("ef", ("y",))]


@pytest.mark.parametrize("text", [RAW, EXPORTED, "\n" + RAW, RAW.replace("\n", "\r\n")])
def test_a_raw_mail_is_known_by_its_headers(text: str) -> None:
    """A pasted source of a mail is read as such."""
    assert looks_raw(text)


@pytest.mark.parametrize("text", ["", "Hello", "Note: call me\n\nHi", SHOWN_BY_OUTLOOK, FORWARD])
def test_what_mail_programs_show_is_text(text: str) -> None:
    """Words, and the header lines that mail programs show, are no raw mail."""
    assert not looks_raw(text)


def test_a_checkout_keeps_its_home_beside_the_code() -> None:
    """From a checkout, models and store live in its .kyp."""
    assert default_home() == Path(__file__).parents[2] / ".kyp"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """KYP_ variables set things; what a caller gives goes before them."""
    monkeypatch.setenv("KYP_PORT", "9000")
    monkeypatch.setenv("KYP_ALLOWED_HOSTS", "kyp.example, 127.0.0.1")
    assert read_settings().port == 9000
    assert read_settings(port=9001).port == 9001
    assert read_settings().allowed_hosts == ("kyp.example", "127.0.0.1")
    monkeypatch.setenv("KYP_HOLIDAYS", "2026-06-12, 2026-12-25")
    assert read_settings().holidays == {date(2026, 6, 12), date(2026, 12, 25)}


@pytest.mark.parametrize(
    ("name", "value"), [("KYP_PORT", "eighty"), ("KYP_TIMEZONE", "Mars/Base"), ("KYP_HOLIDAYS", "soon")]
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the variable that is wrong."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=name):
        read_settings()
