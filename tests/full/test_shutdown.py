"""Told to end, the service finishes what it began: SIGTERM while requests are under way, as a restart would send it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from service.store import open_store

BODY = json.dumps({"body": "Copy me on every single step.", "from": "ana@brightloom.example"}).encode()
HEAD = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
PATIENCE = 60.0  # seconds


@contextmanager
def serving(home: Path, url: str, **settings: str) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """Run `kyp serve` on a free port."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
    environment = os.environ | {"KYP_HOME": str(home), "KYP_DATABASE_URL": url, **settings}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 (kyp itself)
        assert process.stderr is not None
        port = next(int(event["url"].rpartition(":")[2]) for event in map(json.loads, process.stderr) if "url" in event)
        try:
            yield process, port
        finally:
            process.kill()


def begun(port: int) -> socket.socket:
    """A request whose body is half there, and at which the service is already at work."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(HEAD.format(len(BODY)).encode() + BODY[:10])
    while "kyp_requests_under_way 2.0" not in httpx.get(f"http://127.0.0.1:{port}/metrics").text:
        time.sleep(0.02)
    return connection


def refused(port: int) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as another:
        return another.connect_ex(("127.0.0.1", port)) != 0


def test_a_request_under_way_is_answered_and_kept(home: Path, tmp_path: Path) -> None:
    """SIGTERM in the middle of a body: nobody new gets in, the body is read on, 201, stored, exit 0."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    with serving(home, url) as (process, port), begun(port) as connection:
        process.send_signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while not refused(port):
            assert time.monotonic() < end
            time.sleep(0.02)
        connection.sendall(BODY[10:])
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 201")
        assert process.wait(PATIENCE) == 0
    store = open_store(url)
    assert store.get(json.loads(answer.partition(b"\r\n\r\n")[2])["id"]) is not None
    store.close()


def test_who_does_not_come_to_an_end_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    """A body that never comes holds up the end no longer than KYP_SHUTDOWN_SECONDS."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    with serving(home, url, KYP_SHUTDOWN_SECONDS="1") as (process, port), begun(port):
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_busy_service_drops_nobody(home: Path, tmp_path: Path, sent: signal.Signals) -> None:
    """Under load every request that got in is answered; what was turned away left no trace."""
    answered: list[int] = []
    told: list[str] = []
    turned_away: list[str] = []

    def ask(port: int, name: int) -> None:
        for number in range(100_000):
            text = f"Copy me on step {name}-{number}."
            try:
                body = {"body": text, "from": "ana@brightloom.example"}
                answered.append(httpx.post(f"http://127.0.0.1:{port}/v1/messages", json=body, timeout=60).status_code)
            except (httpx.ConnectError, httpx.ReadError):  # the kernel resets what waits to be let in
                turned_away.append(text)
                return
            told.append(text)

    with serving(home, f"sqlite:///{tmp_path / 'kyp.db'}") as (process, port):
        threads = [threading.Thread(target=ask, args=(port, name)) for name in range(4)]
        for thread in threads:
            thread.start()
        while len(answered) < 10:
            time.sleep(0.05)
        process.send_signal(sent)
        for thread in threads:
            thread.join()
        assert process.wait(PATIENCE) == 0
    assert set(answered) == {201}
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("kyp.db*"))
    assert all(text.encode() in stored for text in told)
    assert not any(text.encode() in stored for text in turned_away)
