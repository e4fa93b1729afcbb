"""The store."""

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from data.records import Assessment, Problem
from data.taxonomy import Label
from data.wire import to_json
from service.listing import Query
from service.store import Store, open_store

Assessed = Callable[..., Assessment]
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store."""
    store = open_store(store_url)
    yield store
    store.close()


def test_a_message_comes_back_as_it_was(store: Store, assessed: Assessed) -> None:
    """What is stored is the contract's object, whole."""
    message = assessed(labels=("micro_managing", "goodwill"))
    assert store.add(message, NOON)
    kept = store.get("m1")
    assert kept is not None
    assert to_json(kept) == to_json(message)
    assert store.get("m2") is None


def test_the_same_message_is_stored_once(store: Store, assessed: Assessed) -> None:
    """A second arrival changes nothing and says that it was not new."""
    assert store.add(assessed(), NOON)
    assert not store.add(assessed(subject="changed"), NOON)
    kept = store.get("m1")
    assert kept is not None
    assert kept.subject == "Drafts"


def test_the_same_message_at_the_same_time_is_stored_once(store_url: str, assessed: Assessed) -> None:
    """Of many arrivals at once, over two stores on one database, one is new; the others wait and do not fail."""
    stores = [open_store(store_url) for _ in range(2)]
    with ThreadPoolExecutor(16) as pool:
        new = list(pool.map(lambda n: stores[n % 2].add(assessed(f"m{n // 16}"), NOON), range(128)))
    assert sum(new) == 8
    assert len(stores[0].page(Query()).messages) == 8
    for store in stores:
        store.close()


def test_a_message_is_never_half_there(store: Store, assessed: Assessed) -> None:
    """Where its signals cannot be stored, the message is not stored either."""
    twice = assessed(labels=("distrust",))
    with pytest.raises(IntegrityError):
        store.add(dataclasses.replace(twice, signals=twice.signals * 2), NOON)
    assert store.get("m1") is None


def test_pages_follow_one_another(store: Store, assessed: Assessed) -> None:
    """Page by page every message comes once, newest first, also where many bear the same moment."""
    for n in range(25):
        store.add(assessed(f"m{n:02}", sent_at=NOON - timedelta(hours=n // 5)), NOON)
    seen = listed(store, Query(limit=7))
    assert len(seen) == len(set(seen)) == 25
    assert seen[:5] == ["m04", "m03", "m02", "m01", "m00"]


def test_filters_narrow_a_listing(store: Store, assessed: Assessed) -> None:
    """Client, label, urgency and date each leave out what does not fit; a message without a date counts as received."""
    urgent = dataclasses.replace(assessed().urgency, level=3)
    store.add(assessed("a", labels=("distrust",)), NOON)
    store.add(assessed("b", client="ben@x.example", urgency=urgent), NOON)
    store.add(assessed("c", client=None, sent_at=None), NOON)

    def ids(query: Query) -> set[str]:
        return {message.id for message in store.page(query).messages}

    assert ids(Query(client="ana@brightloom.example")) == {"a"}
    assert ids(Query(label="distrust")) == {"a"}
    assert ids(Query(label="goodwill")) == set()
    assert ids(Query(urgency_min=3)) == {"b"}
    assert ids(Query(since=NOON)) == {"c"}


def test_the_past_is_what_came_before(store: Store, assessed: Assessed) -> None:
    """A client's past holds earlier readable messages with their labels, oldest first, and nobody else's."""
    store.add(assessed("old", labels=("micro_managing", "distrust"), sent_at=NOON - timedelta(days=9)), NOON)
    store.add(assessed("new", sent_at=NOON), NOON)
    store.add(assessed("late", sent_at=NOON + timedelta(days=1)), NOON)
    store.add(assessed("broken", sent_at=NOON, error=Problem("x", "y")), NOON)
    store.add(assessed("other", client="ben@x.example", sent_at=NOON - timedelta(days=3)), NOON)
    past = store.past("ana@brightloom.example", before=NOON + timedelta(hours=1))
    assert (past.count, past.first_at) == (2, NOON - timedelta(days=9))
    assert [(seen.id, seen.sent_at, set(seen.labels)) for seen in past.latest] == [
        ("old", NOON - timedelta(days=9), {"micro_managing", "distrust"}),
        ("new", NOON, set()),
    ]
    assert store.past("nobody", before=None).count == 0


def test_a_mail_may_claim_an_impossible_year(store: Store, assessed: Assessed) -> None:
    """A date at the edge of time neither stops the store nor gets lost from the assessment."""
    edge = datetime.fromisoformat("0001-01-01T00:00:00+14:00")
    assert store.add(assessed(sent_at=edge), NOON)
    kept = store.get("m1")
    assert kept is not None
    assert kept.sent_at == edge
    assert store.past("ana@brightloom.example", before=edge).count == 1


def test_a_store_survives_its_closing(store_url: str, assessed: Assessed) -> None:
    """What was stored is there after a restart."""
    first = open_store(store_url)
    first.add(assessed(), NOON)
    first.close()
    second = open_store(store_url)
    assert second.get("m1") is not None
    second.close()


def test_two_copies_of_one_mail_are_one_message(store: Store, assessed: Assessed) -> None:
    """The same Message-ID from the same client, signed or wrapped otherwise, is known, and the first copy stays."""
    text = assessed().text
    assert store.add(assessed("plain"), NOON)
    forwarded = assessed(
        "forwarded", message_id="<plain@mail.example>", text=f"{text}\n\nAna, Brightloom", sent_at=None
    )
    assert not store.add(forwarded, NOON)
    twin = store.twin(forwarded)
    assert twin is not None
    assert twin.id == "plain"


def test_a_message_id_used_for_several_mails_loses_none(store: Store, assessed: Assessed) -> None:
    """Other words, another client or another day under a Message-ID that is there already are messages of their own."""
    store.add(assessed("first"), NOON)
    same = {"message_id": "<first@mail.example>"}
    assert store.add(assessed("words", text="The invoice has a wrong total, please send a new one.", **same), NOON)
    assert store.add(assessed("client", client="ben@x.example", **same), NOON)
    assert store.add(assessed("subject", subject="Call me today", text="", **same), NOON)
    assert store.add(assessed("other subject", subject="The site is down", text="", **same), NOON)
    assert store.add(assessed("day", sent_at=NOON + timedelta(days=9), **same), NOON)


def test_copies_that_come_at_once_are_one_message(store_url: str, assessed: Assessed) -> None:
    """Of sixteen copies with ids of their own that two processes store at the same moment, one is kept."""
    stores = [open_store(store_url) for _ in range(2)]
    copies = [assessed(f"c{n}", message_id="<same@mail.example>", subject=f"Drafts {n}") for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        new = list(pool.map(lambda n: stores[n % 2].add(copies[n], NOON), range(16)))
    assert sum(new) == 1
    for store in stores:
        store.close()


def test_what_stands_beside_a_message_is_kept_with_it_or_not_at_all(store: Store, assessed: Assessed) -> None:
    """What fails beside a message takes the message back with it."""

    def fail(_connection: Connection, message_id: str) -> None:
        raise RuntimeError(message_id)

    with pytest.raises(RuntimeError, match="m1"):
        store.add(assessed(), NOON, fail)
    assert store.get("m1") is None


@pytest.mark.parametrize("least", [1, 2, 3])
@pytest.mark.parametrize("label", [None, "distrust"])
def test_urgent_messages_are_listed_in_order(store: Store, assessed: Assessed, least: int, label: Label | None) -> None:
    """Messages of several levels come newest first, page by page, each once; a label narrows them."""
    calm = assessed().urgency
    for n in range(40):
        fields = {"urgency": dataclasses.replace(calm, level=n % 4), "sent_at": NOON - timedelta(hours=n)}
        store.add(assessed(f"m{n:02}", ("distrust",) if n % 3 else (), **fields), NOON)
    expected = [f"m{n:02}" for n in range(40) if n % 4 >= least and (label is None or n % 3)]
    assert listed(store, Query(urgency_min=least, label=label, limit=7)) == expected
    since = NOON - timedelta(hours=20)
    assert listed(store, Query(urgency_min=least, label=label, limit=7, since=since)) == [
        name for name in expected if name <= "m20"
    ]


def listed(store: Store, query: Query) -> list[str]:
    """The ids on all pages."""
    seen: list[str] = []
    while True:
        page = store.page(query)
        seen += [message.id for message in page.messages]
        if page.next is None:
            return seen
        query = dataclasses.replace(query, after=page.next)
