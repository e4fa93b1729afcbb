"""What the service writes about its requests."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from service.logs import log_to
from service.serving_settings import LogFormat
from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
SECRET = "Zebra-Quokka-77"
LOG_FORMATS: tuple[LogFormat, ...] = ("json", "console")


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
    lines = [vars(record) for record in caplog.records if record.name == "kyp.access"]
    assert {(line["method"], line["route"], line["status"]) for line in lines} == {
        ("POST", "/v1/messages", 201),
        ("GET", "/v1/messages/{message_id}", 200),
        ("GET", "/v1/messages", 200),
        ("GET", "/static/*", 200),
        ("GET", "(none)", 404),
    }
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
        (record,) = [vars(record) for record in caplog.records if record.name == "kyp.errors"]
        assert record["error"] == "OperationalError"
        assert any("store.py" in place for place in record["where"])
        assert client.get("/healthz").status_code == 200
    for said in (answer.text, caplog.text):
        assert SECRET not in said
        assert "sqlite" not in said or said is caplog.text


@pytest.mark.usefixtures("own_logging")
def test_the_log_is_json_with_the_id_of_the_request(home: Path, tmp_path: Path, running: Running) -> None:
    """Each line is one JSON object with moment, level and the request's id; nothing of a mail or an address."""
    stream = io.StringIO()
    log_to(stream, "auto")
    with running(Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")) as client:
        body = {"body": f"Please call me, {SECRET}.", "from": "ana@brightloom.example"}
        assert client.post("/v1/messages", json=body, headers={"X-Request-ID": "abc-1"}).status_code == 201
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["request"], line["route"], line["status"], line["level"]) == ("abc-1", "/v1/messages", 201, "info")
    assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
    assert SECRET not in stream.getvalue()
    assert "brightloom" not in stream.getvalue()


@pytest.mark.usefixtures("own_logging")
def test_of_an_exception_the_place_alone_is_logged() -> None:
    """Whoever logs an exception: its type and its frames are written, its text is not; a person can read it too."""
    for log_format in LOG_FORMATS:
        stream = io.StringIO()
        log_to(stream, log_format)
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("some.library").exception("went wrong")
        assert "went wrong" in stream.getvalue()
        assert "ValueError" in stream.getvalue()
        assert "test_http_log.py" in stream.getvalue()
        assert SECRET not in stream.getvalue()


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Put the process's logging back as it was."""
    loggers = [logging.getLogger(), logging.getLogger("kyp")]
    before = [(logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)
