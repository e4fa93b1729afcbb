"""The week over HTTP, the pages of clients, and the commands that tell the same."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from data.context import ClientContext
from data.labels.opinion import Opinion
from data.records import Assessment, Urgency
from service.cli import app
from service.client_schemas import AgendaOut, ClientOut
from service.settings import Settings
from service.timeline import draw
from service.wiring import build_records

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

ANA = "ana@brightloom.example"
NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def settings(tmp_path: Path, assessed: Assessed) -> Settings:
    """A store with two clients: one with signs and an agreed date, one whose project ended."""
    settings = Settings(home=tmp_path)
    with closing((kept := build_records(settings)).store):
        for days in (0, 5, 9, 70):
            sent_at = NOON - timedelta(days=days)
            labels = ("scope_growth", "micro_managing") if days else ("goodwill",)
            urgency = Urgency(3, (0, 0, 0, 1), True, 0.9, date(2026, 3, 18) if days == 5 else None)
            message = assessed(f"m{days}", labels, sent_at=sent_at, urgency=urgency, subject=f"{HOSTILE} {days}")
            kept.store.add(message, sent_at)
        kept.store.add(assessed("b", client="ben@x.example", sent_at=NOON, lang="ms"), NOON)
        kept.clients.patch(ANA, ClientContext(agreed_date=TODAY + timedelta(days=4)))
        kept.clients.patch("ben@x.example", ClientContext(finished_on=TODAY))
    return settings


@pytest.fixture
def served(settings: Settings, running: Running) -> Iterator[httpx.Client]:
    with running(settings) as client:
        yield client


def form_key(page: httpx.Response) -> str:
    """The key that the forms of a page bear."""
    found = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form as a browser does, and follow to the page it leads to."""
    key = form_key(client.get(f"/clients/{ANA}"))
    return client.post(f"/clients/{ANA}{path}", data={"form_key": key, **fields}, follow_redirects=True)


def test_the_week_is_told_over_http(served: httpx.Client) -> None:
    """Deadline, agreed date and feedback round, the earliest first, with the messages behind them."""
    answer = served.get("/v1/agenda", params={"today": TODAY.isoformat(), "lang": "fil"})
    AgendaOut.model_validate(answer.json(), extra="forbid")
    items = answer.json()["items"]
    assert [(item["kind"], item["client"]) for item in items] == [
        ("feedback", "ben@x.example"), ("deadline", ANA), ("agreed", ANA),
    ]  # fmt: skip
    assert items[1]["messages"] == ["m5"]
    assert "Marso" in items[2]["why"]
    assert served.get("/v1/agenda", params={"today": "1"}).status_code == 422
    assert served.get("/v1/agenda", params={"lang": "../x"}).status_code == 422


def test_a_corrected_deadline_holds_in_the_week_too(settings: Settings, running: Running) -> None:
    """Where somebody put the deadline off, the week lists the day that holds; where there is none, none."""
    for day in (TODAY + timedelta(days=3), None):
        with closing((kept := build_records(settings)).store) as store:
            message = store.get("m5")
            assert message is not None
            kept.corrections.put(message, Opinion("me", deadline=day, deadline_told=True))
        with running(settings) as client:
            items = client.get("/v1/agenda", params={"today": TODAY.isoformat()}).json()["items"]
        assert [item["due"] for item in items if item["kind"] == "deadline"] == ([str(day)] if day else [])


@pytest.mark.parametrize("path", ["/clients", f"/clients/{ANA}", "/clients/ben@x.example", "/agenda"])
def test_a_page_is_whole_and_brings_nothing_from_elsewhere(served: httpx.Client, path: str) -> None:
    """Every link is our own and there; no inline code or style; what clients wrote is escaped."""
    page = served.get(path)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert not re.search(r"<style|style=|<script>|\son[a-z]+=", page.text)
    links = set(re.findall(r'href="([^"#]+)"', page.text))
    assert all(link.startswith("/") and not link.startswith("//") for link in links)
    assert {served.get(link).status_code for link in links} == {200}


def test_the_page_of_a_client_shows_signs_plot_and_messages(served: httpx.Client) -> None:
    """The plot holds a bar for each message and a dot for each label; the sign links to the messages behind it."""
    page = served.get(f"/clients/{ANA}").text
    assert page.count('class="bar-of') == 4
    assert page.count('class="dot-of') == 7
    assert "Consider parting ways" in page
    assert "The work grows and the pay does not" in page
    signs = page.split('class="signs"')[1].split("</ul>")[0]
    assert re.findall(r"/messages/(\w+)", signs) == ["m5", "m9"]


def test_a_client_s_page_advises_in_the_reader_s_language(
    settings: Settings, assessed: Assessed, running: Running
) -> None:
    """Advice and signs come as the browser asks, the draft of how to part as the client writes."""
    with closing(build_records(settings).store) as store:
        for days in (0, 5, 9, 70):
            at = NOON - timedelta(days=days)
            store.add(assessed(f"c{days}", ("scope_growth",), client="cik@x.example", lang="ms", sent_at=at), at)
    with running(settings) as client:
        page = client.get("/clients/cik@x.example", headers={"Accept-Language": "fil"}).text
    assert '<strong lang="fil">Lumalaki ang trabaho pero hindi ang bayad</strong>' in page
    assert re.search(r'<pre id="reply-parting"[^>]* lang="ms">Salam', page)
    (fitting,) = re.findall(r'aria-labelledby="fitting".*?</section>', page, re.S)
    assert 'lang="fil"' in fitting
    assert 'lang="ms"' not in fitting


def test_a_sign_is_dated_by_the_messages_that_carry_it(served: httpx.Client) -> None:
    """From the first to the last of them, not over the whole span that is looked back on; no weeks are claimed."""
    (parting,) = re.findall(r'<section class="card parting".*?</section>', served.get(f"/clients/{ANA}").text, re.S)
    assert "2 messages, 7 March 2026 to 11 March 2026" in parting
    assert "January" not in parting
    assert "weeks" not in parting


def test_facts_are_told_on_the_page(served: httpx.Client) -> None:
    """The form keeps what was changed; what cannot be used comes back with the reason and what was typed."""
    page = post(served, "/facts", agreed_date="2026-03-27", project_finished="no", usual_check_days_before="2.5")
    assert page.status_code == 200
    known = served.get(f"/v1/clients/{ANA}/context").json()
    assert (known["agreed_date"], known["project_finished"], known["usual_check_days_before"]) == (
        "2026-03-27", False, 2.5,
    )  # fmt: skip
    assert len(known["agreed_dates"]) == 2
    wrong = post(served, "/facts", working_hours="nine to five", agreed_date="2026-03-27")
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    assert 'value="nine to five"' in wrong.text
    assert served.get(f"/v1/clients/{ANA}/context").json() == known


def test_addresses_are_merged_and_parted_on_the_page(served: httpx.Client) -> None:
    """Merge, part again; a wrong one comes back with the reason."""
    assert "ben@x.example" in post(served, "/aliases", alias="ben@x.example").text
    assert served.get("/v1/clients/ben@x.example").json()["client"] == ANA
    post(served, "/aliases", part="ben@x.example")
    assert served.get("/v1/clients/ben@x.example").json()["client"] == "ben@x.example"
    assert post(served, "/aliases", alias="@gmail.com").status_code == 422


def test_a_client_is_forgotten_only_where_the_box_is_ticked(served: httpx.Client) -> None:
    """Without the tick the page says so; with it the client is gone."""
    assert post(served, "/forget").status_code == 422
    assert post(served, "/forget", sure="yes").url.path == "/clients"
    assert served.get(f"/clients/{ANA}").status_code == 404


def test_another_site_cannot_send_the_forms(served: httpx.Client) -> None:
    """A form that a browser sends from elsewhere is refused, and changes nothing."""
    for path in ("facts", "aliases", "forget"):
        answer = served.post(f"/clients/{ANA}/{path}", data={"sure": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert served.get(f"/clients/{ANA}").status_code == 200


def test_every_message_has_its_place_on_the_plot(settings: Settings) -> None:
    """Places lie within the drawing, in the order of time; dates on the axis too; one message alone is drawn."""
    with closing((kept := build_records(settings)).store):
        moments = kept.clients.timeline(ANA)
    for shown in (moments, moments[:1]):
        plot = draw(shown, None, settings.zone)
        assert plot is not None
        places = [mark.x for mark in plot.marks]
        assert places == sorted(places)
        assert all(0 < x < 100 for x in [*places, *(tick.x for tick in plot.ticks)])
        assert 1 <= len(plot.ticks) <= 6
    assert draw((), None, settings.zone) is None


def test_the_command_line_tells_the_same(settings: Settings) -> None:
    """`kyp clients` and `kyp agenda` print text for people and, with --json, the objects of the HTTP interface."""
    run = CliRunner(env={"KYP_HOME": str(settings.home)}).invoke
    listed = run(app, ["clients", "list"]).output.splitlines()
    assert len(listed) == 2
    assert any(ANA in line and "unpaid_scope_growth" in line for line in listed)
    shown = run(app, ["clients", "show", ANA]).output
    assert "The work grows and the pay does not: m9, m5" in shown
    ClientOut.model_validate(json.loads(run(app, ["clients", "show", ANA, "--json"]).output), extra="forbid")
    week = ["agenda", "--today", TODAY.isoformat()]
    assert "You agreed to deliver on 20 March 2026." in run(app, week).output
    AgendaOut.model_validate(json.loads(run(app, [*week, "--json"]).output), extra="forbid")
    for wrong in (["clients", "show", "nobody"], ["agenda", "--today", "soon"]):
        assert run(app, wrong).exit_code == 2
