"""Texts that have had their time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from data.labels.opinion import Opinion
from data.records import Assessment
from service.corrections import Corrections
from service.listing import Query
from service.retention import AT_ONCE, Retention
from service.store import Store, open_store

Assessed = Callable[..., Assessment]
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SECRET = "zinnober"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store."""
    store = open_store(store_url)
    yield store
    store.close()


def everything(store: Store) -> str:
    """All rows of all tables that hold words."""
    with store.engine.connect() as connection:
        return str([connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("messages", "corrections")])  # noqa: S608


def test_old_texts_are_dropped_and_figures_stay(store: Store, assessed: Assessed) -> None:
    """Subject, text, passages, quotes and drafts go; labels, probabilities, urgency and deadline stay."""
    words = f"Where is the {SECRET} draft? Copy me on every step."
    old = assessed("old", ("distrust",), text=words, subject=SECRET)
    store.add(old, NOON - timedelta(days=31))
    store.add(assessed("new"), NOON - timedelta(days=29))
    corrections = Corrections(store.engine, lambda: NOON)
    corrections.put(old, Opinion("mia", {"distrust": True}, {"distrust": (f"the {SECRET} draft",)}))
    assert Retention(store.engine, 30, lambda: NOON).run() == 1
    assert SECRET not in everything(store)
    kept, young = store.get("old"), store.get("new")
    assert kept is not None
    assert young is not None
    assert (kept.text, kept.subject, kept.labels, kept.urgency.deadline) == (
        "",
        "",
        ("distrust",),
        old.urgency.deadline,
    )
    assert [signal.probability for signal in kept.signals] == [round(s.probability, 4) for s in old.signals]
    assert [strategy.id for strategy in kept.strategies] == ["set-boundaries"]
    assert "Did my message arrive?" not in str(kept)
    assert young.text == assessed().text
    assert corrections.of("old").current[0].opinion.labels == {"distrust": True}
    assert list(corrections.messages()) == []


def test_a_message_whose_text_is_gone_is_still_known(store: Store, assessed: Assessed) -> None:
    """The same mail again, and a copy of it, bring nothing back."""
    message = assessed("old")
    store.add(message, NOON - timedelta(days=31))
    Retention(store.engine, 30, lambda: NOON).run()
    assert not store.add(message, NOON)
    assert not store.add(assessed("copy", message_id=message.message_id, text=message.text + " Ana"), NOON)
    assert [kept.text for kept in store.page(Query()).messages] == [""]


def test_many_are_dropped_in_turns(store: Store, assessed: Assessed) -> None:
    """More than one transaction takes are all dropped, once."""
    for n in range(AT_ONCE + 3):
        store.add(assessed(f"m{n}"), NOON - timedelta(days=9))
    retention = Retention(store.engine, 7, lambda: NOON)
    assert (retention.run(), retention.run()) == (AT_ONCE + 3, 0)


def test_without_a_setting_texts_stay(store: Store, assessed: Assessed) -> None:
    """Nobody asked for it."""
    store.add(assessed(), NOON - timedelta(days=9999))
    assert Retention(store.engine, None, lambda: NOON).run() == 0
    kept = store.get("m1")
    assert kept is not None
    assert kept.text
