"""Corrections over HTTP: kept with who, when and what the model had said; several people; all of them exported."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from data.datasets import from_record
from data.taxonomy import LABELS
from service.label_schemas import LabelsOut

MAIL: dict[str, Any] = {
    "subject": "Drafts",
    "body": "Did my message from this morning arrive? Copy me on every single step and send me a status tonight.",
    "from": "ana@brightloom.example",
    "sent_at": "2026-03-05T21:42:00+08:00",
}


@pytest.fixture
def message(client: httpx.Client) -> dict[str, Any]:
    """A stored message."""
    answer: dict[str, Any] = client.post("/v1/messages", json=MAIL).json()
    return answer


def labels_of(client: httpx.Client, message: dict[str, Any], **opinion: Any) -> httpx.Response:
    return client.put(f"/v1/messages/{message['id']}/labels", json=opinion)


def test_a_correction_is_kept_with_what_the_model_had_said(client: httpx.Client, message: dict[str, Any]) -> None:
    """Who, when, which model and its labels; GET gives what PUT gave."""
    answer = labels_of(client, message, labels={"distrust": True, "micro_managing": False}, urgency=1, annotator="mia")
    assert answer.status_code == 200
    told = LabelsOut.model_validate(answer.json(), extra="forbid")
    (kept,) = told.corrections
    assert (kept.annotator, kept.said.model, kept.current) == ("mia", message["model"], True)
    assert kept.said.labels == [one["label"] for one in message["signals"] if one["present"]]
    assert kept.given_at.tzinfo is not None
    assert (told.labels["distrust"], told.labels["micro_managing"], told.labels["goodwill"]) == (True, False, None)
    assert client.get(f"/v1/messages/{message['id']}/labels").json() == answer.json()


def test_a_list_names_all_that_hold(client: httpx.Client, message: dict[str, Any]) -> None:
    """With a list every other label is said not to hold."""
    told = labels_of(client, message, labels=["distrust"], deadline=None).json()
    assert told["labels"] == {label: label == "distrust" for label in LABELS}
    assert set(told["unsure"]) == {"urgency", "urgency_claimed"}


def test_the_same_twice_is_kept_once_and_the_history_stays(client: httpx.Client, message: dict[str, Any]) -> None:
    """An unchanged correction adds nothing; a changed one counts, and the earlier one stays to be seen."""
    for opinion in (["distrust"], ["distrust"], ["goodwill"]):
        told = labels_of(client, message, labels=opinion, annotator="mia").json()
    assert [one["labels"]["distrust"] for one in told["corrections"]] == [True, False]
    assert [one["current"] for one in told["corrections"]] == [False, True]
    assert told["labels"]["goodwill"] is True


def test_several_people_on_one_message(client: httpx.Client, message: dict[str, Any]) -> None:
    """Where two differ the label is unsure; a third settles it."""
    for name, opinion in (("a", ["distrust"]), ("b", [])):
        told = labels_of(client, message, labels=opinion, annotator=name).json()
    assert told["labels"]["distrust"] is None
    told = labels_of(client, message, labels=["distrust"], annotator="c").json()
    assert told["labels"]["distrust"] is True


@pytest.mark.parametrize(
    ("opinion", "detail"),
    [
        ({}, "says nothing"),
        ({"labels": {}, "urgency": None}, "says nothing"),
        (
            {"labels": ["goodwill", "anger"]},
            "labels: 'anger' is no label; there are micro_managing, distrust, take_over, ",
        ),
        ({"labels": {"anger": True}}, "labels: 'anger' is no label; there are "),
        ({"labels": ["Did my message arrive?"]}, "labels: what stands there is no label; there are "),
        ({"labels": {"distrust": 1}}, "labels: give true or false for each label."),
        ({"labels": "distrust"}, "labels: give an object of labels"),
        ({"labels": [["distrust"]]}, "labels: what stands there is no label"),
        ({"labels": [], "evidence": {"anger": ["x"]}}, "evidence: 'anger' is no label"),
        ({"urgency": 4}, "urgency"),
        ({"labels": ["distrust"], "evidence": {"distrust": ["not in the mail"]}}, "does not stand in subject or text"),
        ({"labels": ["distrust"], "colour": "red"}, "not known here"),
        ({"labels": ["distrust"], "deadline": 3}, "deadline"),
    ],
)
def test_a_correction_that_makes_no_sense(
    client: httpx.Client, message: dict[str, Any], opinion: dict[str, Any], detail: str
) -> None:
    """422 names the field, or what this message does not bear out; nothing is kept."""
    answer = labels_of(client, message, **opinion)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kyp:problem:invalid_labels")
    assert detail in answer.json()["detail"]
    assert "literal" not in answer.text
    assert client.get(f"/v1/messages/{message['id']}/labels").json()["corrections"] == []


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_correction_is_json_and_says_so(client: httpx.Client, message: dict[str, Any], kind: str | None) -> None:
    """415 for any other Content-Type, as the document names no other."""
    headers = {"Content-Type": kind} if kind else {}
    answer = client.put(f"/v1/messages/{message['id']}/labels", content=b'{"labels": []}', headers=headers)
    assert (answer.status_code, "application/json" in answer.json()["detail"]) == (415, True)
    taken = client.get("/openapi.json").json()["paths"]["/v1/messages/{message_id}/labels"]["put"]["requestBody"]
    assert list(taken["content"]) == ["application/json"]


def test_an_unknown_message(client: httpx.Client) -> None:
    """404 for both."""
    assert labels_of(client, {"id": "no-such"}, labels=[]).status_code == 404
    assert client.get("/v1/messages/no-such/labels").status_code == 404


def test_all_corrections_are_exported(client: httpx.Client, message: dict[str, Any]) -> None:
    """Records to learn from, a sheet with one column a label, tasks of Label Studio; no correction, no row."""
    client.post("/v1/messages", json=MAIL | {"subject": "Another"})
    labels_of(client, message, labels=["micro_managing"], evidence={"micro_managing": [MAIL["body"][:20]]}, urgency=2)
    jsonl = client.get("/v1/labels/export")
    (record,) = [from_record(json.loads(line)) for line in jsonl.text.splitlines()]
    assert (record.id, record.body, set(record.labels)) == (message["id"], MAIL["body"], {"micro_managing"})
    (row,) = csv.DictReader(io.StringIO(client.get("/v1/labels/export?format=csv").text))
    assert (row["micro_managing"], row["distrust"], row["urgency"], row["deadline"]) == ("1", "0", "2", "")
    (task,) = client.get("/v1/labels/export?format=label-studio").json()
    assert task["data"]["id"] == message["id"]
    assert task["predictions"][0]["model_version"] == message["model"]
    assert client.get("/v1/labels/export?format=xlsx").status_code == 422


def test_a_forgotten_client_s_corrections_are_gone(client: httpx.Client, message: dict[str, Any]) -> None:
    """DELETE of the client leaves no correction behind."""
    labels_of(client, message, labels=["distrust"])
    assert client.delete(f"/v1/clients/{message['client']}").status_code < 300
    assert client.get("/v1/labels/export").text == ""
    client.post("/v1/messages", json=MAIL)
    assert client.get(f"/v1/messages/{message['id']}/labels").json()["corrections"] == []
