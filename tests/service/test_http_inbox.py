"""The inbox as a browser without JavaScript gets it: narrowed down, searched, paged, with what people said."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from data.labels.opinion import Opinion
from data.records import Assessment, Urgency
from service import listing
from service.inbox_filter import PAGE
from service.listing import Query
from service.settings import Settings
from service.store import Store, open_store
from service.wiring import build_records

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def level(number: int) -> Urgency:
    """An urgency of one level."""
    return Urgency(number, (0, 0, 0, 1))


@pytest.fixture
def settings(tmp_path: Path, store_url: str) -> Settings:
    """A fresh store, and no model: none is needed to read."""
    return Settings(home=tmp_path, database_url=SecretStr(store_url))


@pytest.fixture
def served(settings: Settings, assessed: Assessed, running: Running) -> Iterator[httpx.Client]:
    """A store with three messages of two clients, one of them corrected."""
    with closing((kept := build_records(settings)).store) as store:
        for own_id, labels, sender, subject, urgency in (
            ("old", ("distrust",), "ben@x.example", "Hours in 100% of February", 1),
            ("mid", ("micro_managing",), "ana@brightloom.example", "Drafts_2", 3),
            ("new", (), "ana@brightloom.example", "Thanks for the LOGO", 0),
        ):
            at = NOON + timedelta(days=("old", "mid", "new").index(own_id))
            fields = {"client": sender, "subject": subject, "sent_at": at, "urgency": level(urgency)}
            store.add(assessed(own_id, labels, **fields), at)
        message = store.get("mid")
        assert message is not None
        kept.corrections.put(message, Opinion("me", {"micro_managing": False, "take_over": True}, urgency=1))
    with running(settings) as client:
        yield client


def listed(page: str) -> list[str]:
    """The messages of the list, in its order."""
    return re.findall(r'href="/messages/(\w+)" data-row', page)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ["new", "mid", "old"]),
        ("/?label=distrust", ["old"]),
        ("/?urgency=1", ["mid", "old"]),
        ("/?client=ana@brightloom.example", ["new", "mid"]),
        ("/?client=ana@brightloom.example&urgency=3", ["mid"]),
        ("/?q=logo", ["new"]),
        ("/?q=ben%40x", ["old"]),
        ("/?q=message+arrive", ["new", "mid", "old"]),
        ("/?q=logo+drafts", []),
        ("/?q=100%25", ["old"]),
        ("/?q=s_2", ["mid"]),
        ("/?q=1_0", []),
        ("/?label=nonsense&urgency=9", ["new", "mid", "old"]),
        ("/?q=%00", ["new", "mid", "old"]),
    ],
)
def test_the_inbox_is_narrowed_down(served: httpx.Client, address: str, expected: list[str]) -> None:
    """Newest first, by label, urgency, client and words; all words must be there, and % and _ mean themselves."""
    page = served.get(address)
    assert page.status_code == 200
    assert listed(page.text) == expected


def test_a_row_shows_what_people_said(served: httpx.Client) -> None:
    """The chips of a corrected message are those that hold, and the row says that somebody checked it."""
    row = re.findall(r'<a href="/messages/mid".*?</a>', served.get("/").text, re.S)[0]
    assert "Taking over" in row
    assert "Micro-managing" not in row
    assert ">Routine<" in re.sub(r"<span[^>]*hidden.*?</span>", "", row)
    assert "checked" in row


def test_a_corrected_deadline_and_claim_hold(settings: Settings, assessed: Assessed, running: Running) -> None:
    """Another day, or no more "only claimed", in the row and on the page; where people differ, what kyp said stays."""
    said = Urgency(1, (0, 1, 0, 0), True, 0.9, (NOON + timedelta(days=4)).date())
    other = said.deadline + timedelta(days=5) if said.deadline else None
    opinions = {
        "moved": (Opinion("me", urgency_claimed=False, deadline=other, deadline_told=True),),
        "gone": (Opinion("me", urgency=2, deadline_told=True),),
        "open": (Opinion("me", deadline=other, deadline_told=True), Opinion("bo", deadline_told=True)),
    }
    with closing((kept := build_records(settings)).store) as store:
        for own_id, told in opinions.items():
            message = assessed(own_id, (), urgency=said, sent_at=NOON)
            store.add(message, NOON)
            for opinion in told:
                kept.corrections.put(message, opinion)
    with running(settings) as client:
        inbox = client.get("/").text
        for own_id, day, hollow in (("moved", "25 Mar", False), ("gone", "", False), ("open", "20 Mar", True)):
            row = re.findall(rf'<a href="/messages/{own_id}".*?</a>', inbox, re.S)[0]
            card = re.findall(r'id="urgency".*?</section>', client.get(f"/messages/{own_id}").text, re.S)[0]
            for shown in (row, card):
                assert re.findall(r"\d+ Mar", shown.partition('class="what"')[2] or shown) == ([day] if day else [])
                assert ("Only claimed" in shown) is hollow


def test_the_filter_keeps_what_was_chosen(served: httpx.Client) -> None:
    """The form shows what the list is narrowed down to, hostile words escaped, and how to see all again."""
    page = served.get('/?label=distrust&urgency=1&q=<script>"').text
    assert '<option value="distrust" selected>' in page
    assert '<option value="1" selected>' in page
    assert "<script>&" not in page
    assert 'value="&lt;script&gt;&#34;"' in page
    assert "No message is like that." in page
    assert 'href="/">Show all</a>' in page


def test_a_wrong_cursor_is_refused_with_a_sentence(served: httpx.Client) -> None:
    """An address that somebody cut off tells the way out."""
    answer = served.get("/?cursor=xyz")
    assert answer.status_code == 422
    assert "cursor" in answer.json()["detail"]


def test_pages_follow_one_another(settings: Settings, assessed: Assessed, running: Running) -> None:
    """Every message once, over the links that the pages give; the filter goes along."""
    with closing(open_store(settings.store_url)) as store:
        for number in range(PAGE + 5):
            at = NOON + timedelta(hours=number)
            labels = ("goodwill",) if number != 7 else ()
            store.add(assessed(f"m{number}", labels, sent_at=at, text=f"Text {number}"), at)
    with running(settings) as client:
        first = client.get("/?label=goodwill").text
        following = re.findall(r'<a class="button" href="([^"]+)"', first)[-1].replace("&amp;", "&")
        second = client.get(following).text
    assert len(listed(first)) == PAGE
    assert listed(first) + listed(second) == [f"m{n}" for n in reversed(range(PAGE + 5)) if n != 7]
    assert "Newest" in second


@pytest.fixture
def store(store_url: str, assessed: Assessed) -> Iterator[Store]:
    """Ten messages, the oldest alone with a word of its own."""
    with closing(open_store(store_url)) as store:
        for number in range(10):
            at = NOON + timedelta(hours=number)
            store.add(assessed(f"m{number}", sent_at=at, subject="needle" if number == 0 else f"hay {number}"), at)
        yield store


def test_a_search_looks_through_so_many_messages_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that finds nothing among them says where to go on; the pages together look through everything."""
    monkeypatch.setattr(listing, "SEARCHED", 4)
    query: Query | None = Query(words=("needle",))
    looks, found = 0, list[str]()
    while query:
        page = store.page(query)
        found += [message.id for message in page.messages]
        looks += 1
        query = Query(words=("needle",), after=page.next) if page.next else None
    assert found == ["m0"]
    assert looks == 3
