"""What the service writes about its requests."""

import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
SECRET = "Zebra-Quokka-77"


def test_one_line_a_request_and_nothing_of_the_mail(
    home: Path, tmp_path: Path, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A line holds id, method, path template, status and time; no text, no address, no query."""
    caplog.set_level(logging.WARNING, logger="httpx")  # the client's own log
    caplog.set_level(logging.INFO)
    with running(Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")) as client:
        body = {"body": f"Please call me, {SECRET}.", "from": "ana@brightloom.example"}
        answer = client.post("/v1/messages", json=body, headers={"X-Request-ID": "abc-1"})
        client.get(answer.headers["location"])
        client.get("/v1/messages", params={"client": SECRET})
        client.get("/static/kyp.css")
        client.get(f"/{SECRET}")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "kyp.access"]
    assert {(line["method"], line["route"], line["status"]) for line in lines} == {
        ("POST", "/v1/messages", 201),
        ("GET", "/v1/messages/{message_id}", 200),
        ("GET", "/v1/messages", 200),
        ("GET", "/static/*", 200),
        ("GET", "(none)", 404),
    }
    assert "abc-1" in {line["request"] for line in lines}
    assert answer.headers["x-request-id"] == "abc-1"
    assert all(line["ms"] >= 0 for line in lines)
    assert SECRET not in caplog.text
    assert "brightloom" not in caplog.text


def test_what_nobody_expected_is_one_problem_and_the_service_goes_on(
    home: Path, tmp_path: Path, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault inside is a 500 without a trace of it; the log says where, under the request's id, without mail text."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    with running(Settings(home=home, database_url=url)) as client:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE signals RENAME TO elsewhere"))
            connection.execute(text("ALTER TABLE messages RENAME COLUMN subject TO topic"))
        engine.dispose()
        answer = client.post("/v1/messages", json={"subject": SECRET, "body": f"Please call me, {SECRET}."})
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"] in answer.json()["detail"]
        assert "OperationalError" in caplog.text
        assert answer.headers["x-request-id"] in caplog.text
        assert client.get("/healthz").status_code == 200
    for said in (answer.text, caplog.text):
        assert SECRET not in said
        assert "sqlite" not in said or said is caplog.text
