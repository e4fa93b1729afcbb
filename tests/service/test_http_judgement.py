"""Correcting messages on the page and in the label queue, as a browser without JavaScript does."""

import re
from collections.abc import Iterator

import httpx
import pytest

from data.taxonomy import LABELS

MICRO = "Did my message from this morning arrive? Copy me on every single step and send me a status tonight."
TEXTS = (MICRO, "Thank you so much for the logo, we love it.", "Please add five more pages, free of charge of course.")


@pytest.fixture
def messages(client: httpx.Client) -> list[str]:
    """Three stored messages, by their ids."""
    answers = [
        client.post("/v1/messages", json={"subject": f"Mail {n}", "body": text, "from": "ana@brightloom.example"})
        for n, text in enumerate(TEXTS)
    ]
    return [answer.json()["id"] for answer in answers]


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the judgement's form as it stands."""
    form = page.split("data-judgement", 1)[1].split("</form>", 1)[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told["type"] not in ("checkbox", "radio") or " checked" in tag:
            fields.setdefault(told["name"], []).append(told["value"])
    return fields


def turned(fields: dict[str, list[str]], label: str) -> dict[str, list[str]]:
    """The form with one label turned over."""
    ticked = fields.get("label", [])
    return fields | {"label": [one for one in ticked if one != label] if label in ticked else [*ticked, label]}


@pytest.fixture
def page(client: httpx.Client, messages: list[str]) -> Iterator[str]:
    yield client.get(f"/messages/{messages[0]}").text


def said(client: httpx.Client, message: str) -> list[dict[str, object]]:
    """The corrections of a message, oldest first."""
    corrections: list[dict[str, object]] = client.get(f"/v1/messages/{message}/labels").json()["corrections"]
    return corrections


def test_a_label_is_corrected_by_a_tick_and_a_button(client: httpx.Client, messages: list[str], page: str) -> None:
    """What was turned over is kept, the rest is confirmed; page, list and history show it."""
    fields = turned(form_of(page), "take_over")
    answer = client.post(f"/messages/{messages[0]}/labels", data=fields, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url.path == f"/messages/{messages[0]}"
    kept = said(client, messages[0])[-1]
    labels = kept["labels"]
    assert isinstance(labels, dict)
    assert labels.keys() == set(LABELS)
    assert labels["take_over"]
    assert kept["annotator"] == "me"
    for part in ("Who said what", "Taking over: yes", "kyp said no", "Kept"):
        assert part in answer.text
    assert "take_over" in form_of(answer.text)["label"]
    assert "checked" in client.get("/").text


def test_the_same_twice_is_kept_once(client: httpx.Client, messages: list[str], page: str) -> None:
    """A form that is sent again adds nothing."""
    for _ in range(2):
        client.post(f"/messages/{messages[0]}/labels", data=turned(form_of(page), "goodwill"))
    assert len(said(client, messages[0])) == 1


def test_urgency_claim_and_deadline_are_corrected(client: httpx.Client, messages: list[str], page: str) -> None:
    """All that the page shows can be put right in one go."""
    fields = form_of(page) | {"urgency": ["3"], "claimed": ["yes"], "deadline": ["2026-03-09"]}
    answer = client.post(f"/messages/{messages[0]}/labels", data=fields, follow_redirects=True)
    kept = said(client, messages[0])[-1]
    assert (kept["urgency"], kept["urgency_claimed"], kept["deadline"]) == (3, True, "2026-03-09")
    for part in ("Urgency: Now", "presses for haste", "Deadline: 9 March 2026", "Act at once."):
        assert part in answer.text


def test_agreeing_is_said_too(client: httpx.Client, messages: list[str], page: str) -> None:
    """A form that is kept as it stands confirms what kyp says."""
    answer = client.post(f"/messages/{messages[0]}/labels", data=form_of(page), follow_redirects=True)
    assert "Agreed with kyp on everything." in answer.text


@pytest.mark.parametrize(("field", "value"), [("deadline", "tomorrow"), ("urgency", "4"), ("urgency", "x")])
def test_what_cannot_be_read_is_told(
    client: httpx.Client, messages: list[str], page: str, field: str, value: str
) -> None:
    """A value that no browser would send brings the page back with a sentence, and nothing is kept."""
    answer = client.post(f"/messages/{messages[0]}/labels", data=form_of(page) | {field: [value]})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert said(client, messages[0]) == []


def test_a_message_that_is_not_there_is_told_as_a_page(client: httpx.Client) -> None:
    """A browser gets a page with the way out, a program problem details."""
    page = client.get("/messages/nothing", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Nothing is here" in page.text
    assert client.get("/nowhere", headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")
    assert client.get("/v1/nowhere", headers={"Accept": "text/html"}).json()["status"] == 404
    assert client.get("/messages/nothing").json()["status"] == 404


def test_the_queue_leads_through_all_messages(client: httpx.Client, messages: list[str]) -> None:
    """Keep, pass over, keep: each message comes once; what was passed over comes back when it is asked for."""
    page = client.get("/labels").text
    first = form_of(page)["message"][0]
    page = client.post("/labels", data=form_of(page), follow_redirects=True).text
    assert f'href="/messages/{first}#judgement">Back to the last one' in page
    assert "1 message labelled" in page
    second = form_of(page)["message"][0]
    page = client.post("/labels", data=form_of(page) | {"pass": ["1"]}, follow_redirects=True).text
    assert "1 left for later" in page
    third = form_of(page)["message"][0]
    assert {first, second, third} == set(messages)
    page = client.post("/labels", data=form_of(page), follow_redirects=True).text
    assert "Nothing is left to label" in page
    assert form_of(client.get("/labels").text)["message"] == [second]
    assert [len(said(client, one)) for one in (first, second, third)] == [1, 0, 1]


def test_the_queue_says_why_and_what_is_next(client: httpx.Client, messages: list[str]) -> None:
    """A reason stands below the message of which the model is least sure, and the others wait in line."""
    body = "I expected this to be done by now. Are you quite sure about that?"
    client.post("/v1/messages", json={"subject": "Draft", "body": body, "from": "ana@brightloom.example"})
    page = client.get("/labels").text
    assert 'class="reason"' in page
    assert page.split("Next in line", 1)[1].count("<li>") == len(messages)
