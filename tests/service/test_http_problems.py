"""What is wrong with a request is said as RFC 9457 problem details, and the service stays up."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

JSON = {"Content-Type": "application/json"}
MAIL = {"Content-Type": "message/rfc822"}
NOISE = random.Random(0).randbytes(5000)  # noqa: S311 (noise, not a secret)
SECRET = "Zebra-Quokka-77"  # a word of a mail, which no answer to a wrong request may repeat
WHOLE: dict[str, Any] = {"body": SECRET}


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory, running: Running) -> Iterator[httpx.Client]:
    """One service for all of these requests: none of them may harm it."""
    store = tmp_path_factory.mktemp("store") / "kyp.db"
    with running(Settings(home=home, database_url=f"sqlite:///{store}", max_body_bytes=2_000_000)) as client:
        yield client


def said(answer: httpx.Response, status: int) -> str:
    """Check that an answer is a problem of this status and return its detail."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} == set(problem)
    assert problem["status"] == status
    assert problem["detail"].endswith((".", ")")) or " " in problem["detail"]
    assert "Traceback" not in answer.text
    assert SECRET not in answer.text
    return str(problem["detail"])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "no body"),
        (b"  \n ", "no body"),
        (b"{", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b"null", "object"),
        (b"[]", "object"),
        (b'"x"', "object"),
        (b"{}", "empty"),
        (b'{"body": ""}', "empty"),
        (b'{"body": 7}', "body"),
        (b'{"body": ["x"]}', "body"),
        (b'{"body": "x\\u0000y"}', "NUL"),
        (b'{"body": "x\\ud800y"}', "hex escape"),
        (b'{"body": "x", "sent_at": "yesterday"}', "sent_at"),
        (b'{"body": "x", "sent_at": 1772732520}', "sent_at"),
        (b'{"body": "x", "sent_at": "1772732520"}', "sent_at"),
        (b'{"body": "x", "sent_at": "2026-02-30T10:00:00Z"}', "sent_at"),
        (b'{"body": "x", "sent_at": "0001-01-01T00:00:00+14:00"}', "sent_at"),
        (b'{"body": "x", "from": {"a": 1}}', "from"),
        (b'{"body": "x", "client": ""}', "client"),
        (b'{"body": "x", "context": []}', "context"),
        (b'{"body": "x", "context": {"agreed_date": "soon"}}', "agreed_date"),
        (b'{"body": "x", "context": {"timezone": "../etc/passwd"}}', "timezone"),
        (b'{"body": "x", "context": {"working_hours": "whenever"}}', "such as Mon-Fri 09:00-18:00"),
        (b'{"body": "x", "context": {"timezone": "Mars"}}', "such as Asia/Manila"),
        (b'{"body": "x", "context": {"agreed_date": "soon"}}', "such as 2026-03-05"),
        (b'{"body": "x", "context": {"usual_check_days_before": 1e999}}', "usual_check_days_before"),
        (b'{"body": "x", "Zebra-Quokka-77": 1}', "not known"),
        (b'{"body": "x", "subject": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON"),
        (b'{"body": "x", "context": ' + b'{"context": ' * 50_000 + b"1" + b"}" * 50_000 + b"}", "JSON"),
        (b"[" * 1_000_000, "JSON"),
    ],
)
def test_json_of_a_wrong_shape(client: httpx.Client, body: bytes, word: str) -> None:
    """422, and the sentence names what is wrong."""
    assert word.lower() in said(client.post("/v1/messages", content=body, headers=JSON), 422).lower()


@pytest.mark.parametrize("field", ["sent_at", "client", "from", "context"])
def test_values_are_not_repeated(client: httpx.Client, field: str) -> None:
    """A problem names the field, never what stood in it."""
    said(client.post("/v1/messages", json={"body": SECRET, field: [SECRET]}), 422)


@pytest.mark.parametrize("body", [NOISE, b"\x00" * 100, b"\x89PNG\r\n\x1a\n" + NOISE])
def test_bytes_that_are_no_mail(client: httpx.Client, body: bytes) -> None:
    """422 for noise sent as a mail."""
    said(client.post("/v1/messages", content=body, headers=MAIL), 422)


def test_a_mail_without_text(client: httpx.Client) -> None:
    """422 for a mail in which there is nothing to judge: an answer without words."""
    said(client.post("/v1/messages", content=b"From: a@b.example\nSubject: Re: x\n\n", headers=MAIL), 422)


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/xml", "nonsense", "application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/batch"])
def test_an_unknown_content_type(client: httpx.Client, kind: str | None, path: str) -> None:
    """415 names the types that are taken."""
    headers = {} if kind is None else {"Content-Type": kind}
    assert "Content-Type" in said(client.post(path, content=SECRET.encode(), headers=headers), 415)


@pytest.mark.parametrize("path", ["/v1/messages", "/"])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large(client: httpx.Client, path: str, chunked: bool) -> None:
    """413 with the limit, whether the length was declared or not."""

    def pieces() -> Iterator[bytes]:
        yield from [b"x" * 100_000] * 30

    kind = JSON if path != "/" else {"Content-Type": "application/x-www-form-urlencoded"}
    content = pieces() if chunked else b"".join(pieces())
    assert "MiB" in said(client.post(path, content=content, headers=kind), 413)


def test_a_flood_without_end_is_cut_off(client: httpx.Client) -> None:
    """A body that never ends is not read on for ever."""
    sent = 0

    def flood() -> Iterator[bytes]:
        nonlocal sent
        while sent < 500_000_000:
            sent += 1_000_000
            yield b"x" * 1_000_000

    with suppress(httpx.WriteError):  # that the service hangs up while we are sending is as good an answer
        said(client.post("/v1/messages", content=flood(), headers=JSON), 413)
    assert sent < 100_000_000
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/messages/none", 404),
        ("GET", "/messages/none", 404),
        ("GET", "/static/none.css", 404),
        ("GET", "/static/../settings.py", 404),
        ("GET", "/v1/messages/%00", 422),
        ("DELETE", "/v1/messages", 405),
        ("PUT", "/", 405),
        ("GET", "/v1/messages?urgency_min=9", 422),
        ("GET", "/v1/messages?urgency_min=x", 422),
        ("GET", "/v1/messages?label=Zebra-Quokka-77", 422),
        ("GET", "/v1/messages?since=yesterday", 422),
        ("GET", "/v1/messages?cursor=Zebra-Quokka-77", 422),
        ("GET", "/v1/messages?limit=0", 422),
        ("GET", "/v1/messages?client=%00", 422),
    ],
)
def test_addresses_methods_and_parameters(client: httpx.Client, method: str, path: str, status: int) -> None:
    """The framework's own errors are problems too."""
    said(client.request(method, path), status)


@pytest.mark.parametrize(
    ("kind", "body"), [("application/x-ndjson", b""), ("application/mbox", b""), ("application/mbox", NOISE)]
)
def test_a_batch_that_is_none(client: httpx.Client, kind: str, body: bytes) -> None:
    """An empty or unreadable batch is answered as a problem, or row by row with errors; never with a failure."""
    answer = client.post("/v1/batch", content=body, headers={"Content-Type": kind})
    if answer.status_code == 200:
        assert all(json.loads(line)["error"] for line in answer.text.splitlines())
    else:
        said(answer, 422)


def test_a_form_that_is_broken(client: httpx.Client) -> None:
    """A multipart body without its boundary, or cut in the middle, is the sender's fault."""
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = client.post("/", content=b"--x\r\nContent-Dis", headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500


def test_other_sites_and_other_names_are_kept_out(client: httpx.Client) -> None:
    """A form that another site sends, and a host name that is not ours (DNS rebinding), are refused."""
    said(client.post("/", data={"text": "x"}, headers={"Origin": "https://evil.example"}), 403)
    said(client.post("/v1/messages", json=WHOLE, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    said(client.get("/v1/messages", headers={"Host": "evil.example"}), 400)
    assert client.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 200
