"""Clients over HTTP: facts that are kept, addresses that are taken for one client, and forgetting."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from service.settings import Settings
from tests.service.stored import ANA, bytes_of_the_files, rows_of_all_tables, tell

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
Served = Callable[[], AbstractContextManager[httpx.Client]]

HOME = "ana.reyes@home.example"
SUPERVISES = "Did my message from this morning arrive? Copy me on every single step and send me a status tonight."


@pytest.fixture
def served(tmp_path: Path, store_url: str, running: Running) -> Served:
    """The service on an empty store; no model is needed for what is told."""
    return lambda: running(Settings(home=tmp_path, database_url=store_url))


def test_facts_sent_with_a_message_are_kept(client: httpx.Client) -> None:
    """An agreed date told once calls for breathing room later too; what was of that moment only is not kept."""
    message = {"body": SUPERVISES, "from": ANA, "sent_at": "2026-03-02T10:00:00+00:00"}
    told = {"agreed_date": "2026-03-20", "relationship_start": "2024-01-01", "asked_for_input_recently": True}
    client.post("/v1/messages", json=message | {"context": told})
    kept = client.get(f"/v1/clients/{ANA}/context").json()
    assert (kept["agreed_date"], kept["relationship_start"]) == ("2026-03-20", "2024-01-01")
    assert kept["asked_for_input_recently"] is None
    later = client.post("/v1/messages", json=message | {"sent_at": "2026-03-06T10:00:00+00:00"}).json()
    assert "build-breathing-room" in [strategy["id"] for strategy in later["strategies"]]


def test_a_known_message_with_a_context_is_advised_anew(client: httpx.Client) -> None:
    """Sent again with a fact, a message is still stored once, and its advice takes the fact in."""
    message = {"body": SUPERVISES, "from": ANA, "sent_at": "2026-03-02T10:00:00+00:00"}
    first = client.post("/v1/messages", json=message)
    again = client.post("/v1/messages", json=message | {"context": {"agreed_date": "2026-03-20"}})
    assert (first.status_code, again.status_code) == (201, 200)
    assert "build-breathing-room" in [strategy["id"] for strategy in again.json()["strategies"]]
    assert client.get(f"/v1/messages/{first.json()['id']}").json() == again.json()


def test_an_old_message_that_arrives_late_changes_no_newer_fact(client: httpx.Client) -> None:
    """What came with a message sent earlier only fills what is not known, and the message is the first one still."""
    new = {"body": SUPERVISES, "from": ANA, "sent_at": "2026-03-20T10:00:00+00:00"}
    client.post("/v1/messages", json=new | {"context": {"agreed_date": "2026-04-10", "timezone": "Asia/Manila"}})
    old = new | {"sent_at": "2026-01-20T10:00:00+00:00"}
    told = {"agreed_date": "2026-02-10", "timezone": "UTC", "working_hours": "Mon-Sun 00:00-24:00"}
    late = client.post("/v1/messages", json=old | {"context": told}).json()
    assert "know-how-they-work" in [strategy["id"] for strategy in late["strategies"]]
    kept = client.get(f"/v1/clients/{ANA}/context").json()
    assert (kept["agreed_date"], kept["timezone"], kept["working_hours"]) == (
        "2026-04-10", "Asia/Manila", "Mon-Sun 00:00-24:00",
    )  # fmt: skip


def test_a_patch_changes_what_it_names(served: Served) -> None:
    """Null forgets, a key left out stays, dates line up in the order of noting, and the end of a project is dated."""
    with served() as client:
        tell(client, working_hours="Mon-Fri 09:00-18:00", agreed_date="2026-03-20", project_finished=True)
        known = tell(client, working_hours=None, agreed_date="2026-03-27")
        assert (known["working_hours"], known["project_finished"], known["agreed_date"]) == (None, True, "2026-03-27")
        assert known["finished_on"] is not None
        assert [noted["date"] for noted in known["agreed_dates"]] == ["2026-03-20", "2026-03-27"]
        assert tell(client, project_finished=False)["finished_on"] is None
        assert tell(client, agreed_dates=["2026-05-01", "2026-06-01"])["agreed_date"] == "2026-05-01"
        assert tell(client, agreed_date=None)["agreed_dates"] is None
        assert tell(client, finished_on="2026-03-01")["project_finished"] is True


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"agreed_date": 1767225600}, "agreed_date"),
        ({"agreed_dates": [{"date": "2026-03-20", "noted_at": 5}]}, "agreed_dates"),
        ({"agreed_dates": [{"date": "2026-03-20", "noted_at": "0001-01-01T00:00:00+14:00"}]}, "agreed_dates"),
        ({"working_hours": "nine to five"}, "working_hours"),
        ({"timezone": "../etc"}, "timezone"),
        ({"display_name": ""}, "display_name"),
        ({"mood": "bad"}, "not known"),
        ([], "object"),
    ],
)
def test_a_wrong_fact_is_named(served: Served, body: object, part: str) -> None:
    """422 as a problem that names the field; nothing is kept."""
    with served() as client:
        answer = client.put(f"/v1/clients/{ANA}/context", json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert part in answer.json()["detail"]
        assert client.get(f"/v1/clients/{ANA}").status_code == 404


@pytest.mark.parametrize(("given", "kept"), [(" Ana\n\u202eMia\x00 ", "Ana Mia"), ("\u200b", None), ("伊藤", "伊藤")])
def test_a_name_is_one_line_of_what_can_be_seen(served: Served, given: str, kept: str | None) -> None:
    """Line breaks, marks of direction and other invisible signs are left out of a name."""
    with served() as client:
        assert tell(client, display_name=given)["display_name"] == kept


def test_a_domain_is_taken_as_one_client(client: httpx.Client) -> None:
    """Everybody at the company counts, those who write later too; an address merged elsewhere stays there."""
    for name in ("ana", "ben", "cy"):
        client.post("/v1/messages", json={"body": f"Hello from {name}, see you.", "from": f"{name}@acme.example"})
    client.post("/v1/clients/other/aliases", json={"alias": "cy@acme.example"})
    assert client.post("/v1/clients/Acme/aliases", json={"alias": "@Acme.example"}).status_code == 201
    client.post("/v1/messages", json={"body": "Hello from dee, see you.", "from": "dee@acme.example"})
    listed = {row["client"]: row["messages"] for row in client.get("/v1/clients").json()["clients"]}
    assert listed == {"Acme": 3, "other": 1}


@pytest.mark.parametrize(("alias", "status"), [(ANA, 409), ("@gmail.com", 422), ("taken@x.example", 409)])
def test_a_wrong_merge_is_refused(served: Served, alias: str, status: int) -> None:
    """Oneself, a provider of mail for everybody, and what belongs to another are refused in words."""
    with served() as client:
        assert client.post("/v1/clients/other/aliases", json={"alias": "taken@x.example"}).status_code == 201
        answer = client.post(f"/v1/clients/{ANA}/aliases", json={"alias": alias})
        assert answer.status_code == status
        assert alias in answer.json()["detail"]


def test_a_forgotten_client_leaves_no_trace(client: httpx.Client, store_url: str) -> None:
    """After DELETE no table, and no byte of the database's files, knows the client; the others stay."""
    secret = "Did the zinnober draft arrive? Copy me on every single step and send me a status tonight."
    for sender in (f"Ana Reyes <{ANA}>", HOME):
        context = {"agreed_date": "2026-03-20", "timezone": "Asia/Manila"}
        client.post("/v1/messages", json={"body": secret, "from": sender, "context": context})
    client.post("/v1/messages", json={"body": "Hello, see you.", "from": "ben@x.example"})
    tell(client, display_name="Zinnober Ltd")
    client.post(f"/v1/clients/{ANA}/aliases", json={"alias": HOME})
    assert client.delete(f"/v1/clients/{HOME}").status_code == 204
    for answer in (client.get(f"/v1/clients/{ANA}"), client.delete(f"/v1/clients/{ANA}")):
        assert answer.status_code == 404
    rows = rows_of_all_tables(store_url)
    assert {"messages", "signals", "aliases", "client_facts", "agreed_dates"} <= set(rows)
    everything = str(rows) + bytes_of_the_files(store_url)
    for trace in ("brightloom", "home.example", "innober", "Ana Reyes", "2026-03-20"):
        assert trace not in everything
    assert len(rows["messages"]) == 1
    assert len(rows["signals"]) == 9


def test_names_may_hold_anything(served: Served) -> None:
    """A client's own name with slashes, spaces and signs works in every address."""
    name = "Acme & Söhne/EU?#1"
    with served() as client:
        url = httpx.URL("/v1/clients/Acme%20%26%20S%C3%B6hne%2FEU%3F%231")
        assert client.put(f"{url}/context", json={"agreed_date": "2026-03-20"}).status_code == 200
        assert client.get(url).json()["client"] == name
        assert client.get(f"{url}".removeprefix("/v1")).status_code == 200
        assert client.delete(url).status_code == 204
