"""The service under 50 clients for a minute: errors, and p99 of POST /v1/messages beside that of an empty endpoint."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import numpy as np

CLIENTS, SECONDS, AIM = 50, 60.0, 3.0
EMPTY, POST = "GET /healthz", "POST /v1/messages"
WARM_UP = 3.0  # seconds that do not count
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Tally:
    """What came back: seconds by kind of request, and what was no success."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {EMPTY: [], POST: []})
    errors: list[str] = field(default_factory=list)

    def percentile(self, kind: str, percent: float) -> float:
        """Milliseconds within which so many percent were answered."""
        return float(np.percentile(self.seconds[kind], percent)) * 1000


def main() -> None:
    """Serve with a fresh store, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kyp-bench-") as folder:
        command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
        environment = os.environ | {"KYP_DATABASE_URL": f"sqlite:///{folder}/kyp.db", "KYP_LOG_FORMAT": "json"}
        log = Path(folder) / "log"
        with log.open("wb") as sink, subprocess.Popen(command, stderr=sink, env=environment, cwd=_ROOT) as serving:  # noqa: S603 (kyp itself)
            try:
                tally = asyncio.run(_ask(_port(log, serving), given.clients, given.seconds))
            finally:
                serving.terminate()
    _print(tally, given.clients, given.seconds)


def _port(log: Path, serving: "subprocess.Popen[bytes]") -> int:
    """Wait until the service tells where it listens; a first model may have to be trained."""
    while serving.poll() is None:
        for line in log.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "listening":
                return int(event["url"].rpartition(":")[2])
        time.sleep(0.1)
    sys.exit(f"the service did not start: {log.read_text()}")


async def _ask(port: int, clients: int, seconds: float) -> Tally:
    tally, bodies = Tally(), _messages()
    await _client(port, Tally(), bodies, time.perf_counter() + WARM_UP)
    end = time.perf_counter() + seconds
    await asyncio.gather(*(_client(port, tally, bodies, end) for _ in range(clients)))
    return tally


async def _client(port: int, tally: Tally, bodies: Iterator[bytes], end: float) -> None:
    """One connection: an empty request, a message, an empty request, and so on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for kind in cycle((EMPTY, POST)):
        if time.perf_counter() >= end:
            break
        began = time.perf_counter()
        writer.write(_request(kind, next(bodies) if kind == POST else b""))
        status = await _status(reader)
        tally.seconds[kind].append(time.perf_counter() - began)
        if status not in (200, 201):
            tally.errors.append(f"{kind}: {status}")
    writer.close()


def _request(kind: str, body: bytes) -> bytes:
    head = (
        f"{kind} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
    await reader.readexactly(length)
    return int(head.split()[1])


def _messages() -> Iterator[bytes]:
    """The shipped labelled messages over and over, each time in other words, so that every one is new."""
    shipped = [
        json.loads(line)
        for path in sorted((_ROOT / "data" / "labelled").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    numbers = count()
    for message in cycle(shipped):
        number = next(numbers)
        text = f"{message.get('text') or message.get('body')}\n\nReference {number}."
        fields = {"subject": message.get("subject", ""), "body": text, "from": f"client{number % 500}@bench.example"}
        yield json.dumps(fields).encode()


def _print(tally: Tally, clients: int, seconds: float) -> None:
    print(f"{clients} clients for {seconds:g} s on {os.cpu_count()} cores, one process")  # noqa: T201 (a bench prints)
    for kind, taken in tally.seconds.items():
        shares = ", ".join(f"p{percent} {tally.percentile(kind, percent):.0f} ms" for percent in (50, 95, 99))
        print(f"{kind:18} {len(taken):6} requests, {len(taken) / seconds:.0f} a second, {shares}")  # noqa: T201
    ratio = tally.percentile(POST, 99) / tally.percentile(EMPTY, 99)
    print(f"errors: {len(tally.errors)} {sorted(set(tally.errors))[:5]}")  # noqa: T201
    print(f"p99 of {POST} is {ratio:.2f} times that of {EMPTY} (aim: at most {AIM:g})")  # noqa: T201
    if tally.errors:
        sys.exit(1)


if __name__ == "__main__":
    main()
