"""Who dawdles, floods or speaks no HTTP is cut off with a problem, and the others are served meanwhile."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from service.bounds import Patience
from service.pace import Crowd, Pace
from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
HEAD = (
    b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
)
QUICK = Patience(grace=0.05, rate=1e6, answer=0.1)


@pytest.fixture(scope="module")
def hurried(home: Path, tmp_path_factory: pytest.TempPathFactory, running: Running) -> Iterator[httpx.Client]:
    """A service that waits for almost nothing, and has room for a few."""
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{tmp_path_factory.mktemp('store') / 'kyp.db'}",
        head_seconds=0.3,
        body_grace_seconds=0.3,
        body_rate=1e6,
        stalled_seconds=0.3,
        max_connections=5,
    )
    with running(settings) as client:
        yield client


def connected(client: httpx.Client) -> socket.socket:
    """A bare connection."""
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=30)


def answer_of(connection: socket.socket) -> tuple[int, dict[str, object]]:
    """Read until the service closes: status and problem."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: loc", 408),
        (HEAD + b"{", 408),
        (b"\x16\x03\x01\x02\x00 TLS to a plain port \r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000, 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    ],
    ids=["half a head", "half a body", "no HTTP", "endless header", "wrong length"],
)
def test_half_a_request_is_cut_off(hurried: httpx.Client, sent: bytes, status: int) -> None:
    """Whatever stops half-way gets a problem, and the connection ends; others are served."""
    with connected(hurried) as connection:
        connection.sendall(sent)
        assert hurried.get("/healthz").status_code == 200
        found, problem = answer_of(connection)
    assert (found, problem["status"]) == (status, status)


def test_half_a_second_request_is_cut_off_too(hurried: httpx.Client) -> None:
    """Who asked well once gets no more time for the next head."""
    with connected(hurried) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while not received.endswith(b'{"status":"ok"}'):
            received += connection.recv(200)
        connection.sendall(b"GET /he")
        assert answer_of(connection)[0] == 408


def test_a_silent_connection_is_closed_without_a_word(hurried: httpx.Client) -> None:
    """A connection that was opened ahead of need gets no answer to a question that nobody asked."""
    with connected(hurried) as connection:
        assert connection.recv(100) == b""


def test_a_trickle_is_cut_off_in_spite_of_its_drops(hurried: httpx.Client) -> None:
    """A byte now and then does not keep a head or a body alive."""
    for start, drop in ((b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"), (HEAD, b"x")):
        ended = threading.Event()
        with connected(hurried) as connection:
            connection.sendall(start)
            trickle = threading.Thread(target=_trickled, args=(connection, drop, ended))
            trickle.start()
            status, _ = answer_of(connection)
            ended.set()
            trickle.join()
        assert status == 408


@pytest.mark.parametrize("start", [b"no HTTP at all\r\n\r\n", HEAD], ids=["by the server", "by the application"])
def test_who_sends_on_after_the_answer_sees_an_end_and_no_reset(hurried: httpx.Client, start: bytes) -> None:
    """What comes after a refusal is thrown away for a moment: a reset could overtake the reason."""
    with connected(hurried) as connection:
        connection.sendall(start)
        received = connection.recv(20)
        for _ in range(3):
            connection.sendall(b"x" * 1000)
            time.sleep(0.02)
        while piece := connection.recv(65536):
            received += piece
    assert received.split()[1] in (b"400", b"408")
    assert received.endswith(b"}")


def _trickled(connection: socket.socket, drop: bytes, ended: threading.Event) -> None:
    while not ended.wait(0.05):
        try:
            connection.sendall(drop)
        except OSError:
            return


def test_too_many_connections_are_told_so(hurried: httpx.Client) -> None:
    """One connection too many gets 503; when others have gone there is room again."""
    with ExitStack() as held:
        crowd = [held.enter_context(connected(hurried)) for _ in range(8)]
        status, problem = answer_of(crowd[-1])
        assert (status, problem["title"]) == (503, "Service Unavailable")
    for _ in range(200):
        if hurried.get("/healthz").status_code == 200:
            return
    pytest.fail("there is no room although everybody has gone")


def pass_through(middleware: Pace | Crowd, pieces: int = 0) -> list[int]:
    """Send a request of so many pieces through a layer and give the statuses that come out."""
    statuses = []

    async def receive() -> dict[str, object]:
        nonlocal pieces
        pieces -= 1
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": pieces > 0}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    asyncio.run(middleware({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send))  # type: ignore[arg-type]
    return statuses


async def hanging(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application that never answers."""
    await asyncio.Event().wait()


async def reading(_scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads all, then answers."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.sleep(0.3)  # a long answer, once begun, is not cut off
    await send({"type": "http.response.body", "body": b""})


def test_an_answer_that_does_not_begin_is_given_up() -> None:
    """503 for who waits for something that hangs."""
    assert pass_through(Pace(hanging, patience=QUICK)) == [503]


def test_a_long_body_is_read_as_long_as_it_comes_at_the_pace() -> None:
    """The time for a body grows with it; below the pace it is 408."""
    assert pass_through(Pace(reading, patience=Patience(grace=0.2, rate=1000, answer=5)), pieces=20) == [200]
    assert pass_through(Pace(reading, patience=Patience(grace=0.2, rate=1e9, answer=5)), pieces=1000) == [408]


def test_a_crowd_is_let_in_one_by_one() -> None:
    """Where there is no room it is 503; where there is, the request passes, and leaves its room behind."""
    assert pass_through(Crowd(reading, most=0)) == [503]
    crowd = Crowd(reading, most=1)
    assert [pass_through(crowd) for _ in range(3)] == [[200]] * 3
