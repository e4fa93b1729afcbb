"""What a client's messages come to, over HTTP: the listing, the signs of parting, and addresses that are merged."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.records import Assessment
from data.taxonomy import Label
from service.client_schemas import ClientOut, ClientsOut
from service.settings import Settings
from service.store import open_store
from tests.service.stored import ANA, tell

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
Served = Callable[[], AbstractContextManager[httpx.Client]]

HOME = "ana.reyes@home.example"
NEWEST = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


class Past:
    """Assessments made by hand, put into the store before the service runs."""

    def __init__(self, url: str, assessed: Assessed) -> None:
        self.url = url
        self._assessed = assessed

    def add(self, days_ago: float, *labels: Label, client: str = ANA, **fields: Any) -> str:
        """Store one message that came so many days before the newest; its id."""
        message_id = f"{client}-{days_ago}"
        sent_at = NEWEST - timedelta(days=days_ago)
        with closing(open_store(self.url)) as store:
            store.add(self._assessed(message_id, labels, client=client, sent_at=sent_at, **fields), sent_at)
        return message_id


@pytest.fixture
def past(store_url: str, assessed: Assessed) -> Past:
    return Past(store_url, assessed)


@pytest.fixture
def served(tmp_path: Path, past: Past, running: Running) -> Served:
    """The service on the store of the past; no model is needed for what is stored."""
    return lambda: running(Settings(home=tmp_path, database_url=past.url))


def signs(client: httpx.Client, name: str = ANA, **query: str) -> dict[str, list[str]]:
    """The signs that hold, with their messages; the suggestion is there exactly where one does."""
    report = client.get(f"/v1/clients/{name}", params=query).json()
    ClientOut.model_validate(report, extra="forbid")
    assert (report["consider_parting"] is not None) is bool(report["signs"])
    return {sign["id"]: sign["messages"] for sign in report["signs"]}


def test_the_listing_counts_and_goes_on(past: Past, served: Served) -> None:
    """Clients who wrote last come first, with counts, commonest signals and signs; next_cursor leads on."""
    for days in (0, 5, 10):
        past.add(days, "scope_growth", *(("micro_managing",) if days else ()))
    for number in range(1, 5):
        past.add(number, client=f"c{number}@x.example")
    with served() as client:
        first = client.get("/v1/clients", params={"limit": 3}).json()
        rest = client.get("/v1/clients", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    ClientsOut.model_validate(first, extra="forbid")
    names = [row["client"] for row in first["clients"] + rest["clients"]]
    assert names == [ANA, *(f"c{number}@x.example" for number in range(1, 5))]
    assert rest["next_cursor"] is None
    row = first["clients"][0]
    assert (row["messages"], row["signs"]) == (3, ["unpaid_scope_growth"])
    assert [(s["label"], s["messages"]) for s in row["signals"]] == [("scope_growth", 3), ("micro_managing", 2)]


def test_involvement_that_prolongs_is_a_sign(past: Past, served: Served) -> None:
    """Three days of it hold once an agreed date moved or passed, with the very messages; six where none is known."""
    ids = [past.add(days, "micro_managing") for days in (20, 10, 0)]
    with served() as client:
        assert signs(client) == {}
        tell(client, agreed_date="2026-04-20")
        assert signs(client) == {}
        tell(client, agreed_date="2026-04-27")
        assert signs(client) == {"prolonged_by_involvement": ids}
        tell(client, agreed_dates=["2026-03-20"])
        assert signs(client) == {"prolonged_by_involvement": ids}
        tell(client, agreed_dates=None)
        assert signs(client) == {}
    for days in (1, 2, 3):
        past.add(days, "take_over")
    with served() as client:
        assert len(signs(client)["prolonged_by_involvement"]) == 6


@pytest.mark.parametrize(
    ("label", "sign"), [("unpaid_rework", "unpaid_rework"), ("scope_growth", "unpaid_scope_growth")]
)
def test_unpaid_work_is_a_sign_on_its_second_day(past: Past, served: Served, label: Label, sign: str) -> None:
    """Two messages on different days within the window hold; one, two of a day, and one long ago do not."""
    first = past.add(0, label)
    past.add(0.1, label)
    past.add(61, label)
    with served() as client:
        assert signs(client) == {}
    other = past.add(59, label)
    with served() as client:
        assert signs(client) == {sign: [other, f"{ANA}-0.1", first]}
        assert signs(client, as_of="2026-03-20T00:00:00+00:00") == {sign: [f"{ANA}-61", other]}


def test_a_client_who_crowds_out_the_others_is_a_sign(past: Past, served: Served) -> None:
    """From 20 messages of three clients on, a share of 40 % holds; the others have no sign."""
    for number in range(8):
        past.add(number)
    for number in range(6):
        past.add(number, client="b@x.example")
        past.add(number, client="c@x.example")
    with served() as client:
        assert len(signs(client)["crowds_out_others"]) == 8
        assert signs(client, "b@x.example") == {}


def test_who_wrote_more_than_is_looked_back_on_crowds_out_the_others_too(
    past: Past, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The share is that of all a client wrote, also where only the latest messages are looked at."""
    for place in ("clientele", "client_report"):
        monkeypatch.setattr(f"service.{place}.REMEMBERED", 5)
    for number in range(8):
        past.add(number)
        past.add(number, client="b@x.example")
    for number in range(4):
        past.add(number, client="c@x.example")
    with served() as client:
        assert len(signs(client)["crowds_out_others"]) == 5
        assert signs(client, "c@x.example") == {}


def test_parting_is_told_whole_in_the_clients_language(past: Past, served: Served) -> None:
    """What to try first in the order of the commonest signals, how to say it, what to hand over; in Malay for Malay."""
    for days in (9, 5, 0):
        past.add(days, "scope_growth", *(("micro_managing",) if days == 9 else ()), lang="ms")
    with served() as client:
        report = client.get(f"/v1/clients/{ANA}").json()
        english = client.get(f"/v1/clients/{ANA}", params={"lang": "en"}).json()
    advice = report["consider_parting"]
    assert advice["id"] == "consider-parting-ways"
    assert [tried["id"] for tried in advice["first_tries"]][:3] == [
        "set-expectations", "recap-in-writing", "set-boundaries",
    ]  # fmt: skip
    assert report["lang"] == "ms"
    assert "Salam" in advice["reply"]
    assert advice["hand_over"]
    assert "Hi" in english["consider_parting"]["reply"]
    assert report["strategies"][0]["messages"]


def test_merged_addresses_are_one_client(past: Past, served: Served) -> None:
    """Messages and facts of both count for one; parted again, the messages go back."""
    past.add(9, "unpaid_rework")
    past.add(0, "unpaid_rework", client=HOME)
    with served() as client:
        assert signs(client) == {}
        tell(client, HOME, timezone="Asia/Manila")
        assert client.post(f"/v1/clients/{ANA}/aliases", json={"alias": HOME.upper()}).status_code == 201
        for name in (ANA, HOME):
            report = client.get(f"/v1/clients/{name}").json()
            assert (report["client"], report["messages"], report["aliases"]) == (ANA, 2, [HOME])
            assert report["context"]["timezone"] == "Asia/Manila"
            assert [sign["id"] for sign in report["signs"]] == ["unpaid_rework"]
        assert len(client.get("/v1/messages", params={"client": ANA}).json()["messages"]) == 2
        assert client.delete(f"/v1/clients/{ANA}/aliases/{HOME}").status_code == 204
        assert client.get(f"/v1/clients/{HOME}").json()["messages"] == 1
        assert client.delete(f"/v1/clients/{ANA}/aliases/{HOME}").status_code == 404
