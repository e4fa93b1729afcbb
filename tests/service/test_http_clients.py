"""Clients over HTTP: facts that are kept, addresses that are merged, signs with their messages, and forgetting."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from data.records import Assessment
from data.taxonomy import Label
from service.client_schemas import ClientOut, ClientsOut
from service.settings import Settings
from service.store import open_store

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
Served = Callable[[], AbstractContextManager[httpx.Client]]

ANA, HOME = "ana@brightloom.example", "ana.reyes@home.example"
NEWEST = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
SUPERVISES = "Did my message from this morning arrive? Copy me on every single step and send me a status tonight."


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


def rows_of_all_tables(url: str) -> dict[str, list[Any]]:
    """Everything that the database holds."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = {name: list(connection.execute(text(f"SELECT * FROM {name}"))) for name in names}  # noqa: S608
    engine.dispose()
    return rows


def bytes_of_the_files(url: str) -> str:
    """A SQLite file and its journal; what a server writes to its disk is not ours to read."""
    if make_url(url).get_backend_name() != "sqlite":
        return ""
    path = Path(str(make_url(url).database))
    return "".join(file.read_bytes().decode("latin-1") for file in path.parent.glob(f"{path.name}*") if file.is_file())


def tell(client: httpx.Client, name: str = ANA, **facts: object) -> dict[str, Any]:
    """Tell facts about a client; what is known then."""
    answer = client.put(f"/v1/clients/{name}/context", json=facts)
    assert answer.status_code == 200, answer.text
    known: dict[str, Any] = answer.json()
    return known


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
