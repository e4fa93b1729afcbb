"""The service under 50 clients for a minute: errors, and p99 of POST /v1/messages beside that of an empty endpoint.

Each client asks for nothing, then sends a message, again and again: once without a pause, where the figure tells how
long the queue is of a service that is asked for more than it can do, and once with pauses, as people and programs ask.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import numpy as np

CLIENTS, SECONDS, PAUSES, AIM = 50, 60.0, (0.0, 5.0), 3.0
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
    """One run for each pause."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pause", type=float, nargs="+", default=PAUSES, help="seconds on average, one run for each")
    given = parser.parse_args()
    runs = [_run(given.clients, given.seconds, pause) for pause in given.pause]
    if any(tally.errors for tally in runs):
        sys.exit(1)


def _run(clients: int, seconds: float, pause: float) -> Tally:
    """Serve with a fresh store, ask, print."""
    with tempfile.TemporaryDirectory(prefix="kyp-bench-") as folder:
        command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
        environment = os.environ | {"KYP_DATABASE_URL": f"sqlite:///{folder}/kyp.db", "KYP_LOG_FORMAT": "json"}
        log = Path(folder) / "log"
        with log.open("wb") as sink, subprocess.Popen(command, stderr=sink, env=environment, cwd=_ROOT) as serving:  # noqa: S603 (kyp itself)
            try:
                tally = asyncio.run(_ask(_port(log, serving), clients, seconds, pause))
            finally:
                serving.terminate()
    told = f"{clients} clients for {seconds:g} s, " + (
        f"pausing {pause:g} s on average" if pause else "without a pause"
    )
    print(f"{told}; one process, {os.cpu_count()} cores, load of the machine {os.getloadavg()[0]:.1f}")  # noqa: T201 (a bench prints)
    _print(tally, seconds)
    return tally


def _port(log: Path, serving: "subprocess.Popen[bytes]") -> int:
    """Wait until the service tells where it listens; a first model may have to be trained."""
    while serving.poll() is None:
        for line in log.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "listening":
                return int(event["url"].rpartition(":")[2])
        time.sleep(0.1)
    sys.exit(f"the service did not start: {log.read_text()}")


async def _ask(port: int, clients: int, seconds: float, pause: float) -> Tally:
    tally, bodies = Tally(), _messages()
    await _client(port, Tally(), bodies, _Pace(0, 0, time.perf_counter() + WARM_UP))
    end = time.perf_counter() + seconds
    paces = [_Pace(number, pause, end) for number in range(clients)]
    await asyncio.gather(*(_client(port, tally, bodies, pace) for pace in paces))
    return tally


class _Pace:
    """When one client asks."""

    def __init__(self, seed: int, pause: float, end: float) -> None:
        self._random = random.Random(seed)  # noqa: S311 (a bench, not a secret)
        self._pause = pause
        self._end = end

    async def pause(self) -> bool:
        """Wait; False where the time is over."""
        if self._pause:
            left = max(0.0, self._end - time.perf_counter())
            await asyncio.sleep(min(left, self._random.expovariate(1 / self._pause)))
        return time.perf_counter() < self._end


async def _client(port: int, tally: Tally, bodies: Iterator[bytes], pace: _Pace) -> None:
    """A pause, an empty request, a message, and again; a connection for each pair, as clients that come and go."""
    while await pace.pause():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _pair(reader, writer, tally, next(bodies))
        writer.close()


async def _pair(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tally: Tally, body: bytes) -> None:
    for kind in (EMPTY, POST):
        began = time.perf_counter()
        writer.write(_request(kind, body if kind == POST else b""))
        status = await _status(reader)
        tally.seconds[kind].append(time.perf_counter() - began)
        if status not in (200, 201):
            tally.errors.append(f"{kind}: {status}")


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


def _print(tally: Tally, seconds: float) -> None:
    for kind, taken in tally.seconds.items():
        shares = ", ".join(f"p{percent} {tally.percentile(kind, percent):.0f} ms" for percent in (50, 95, 99))
        print(f"{kind:18} {len(taken):6} requests, {len(taken) / seconds:.0f} a second, {shares}")  # noqa: T201
    ratio = tally.percentile(POST, 99) / tally.percentile(EMPTY, 99)
    print(f"errors: {len(tally.errors)} {sorted(set(tally.errors))[:5]}")  # noqa: T201
    print(f"p99 of {POST} is {ratio:.2f} times that of {EMPTY} (aim: at most {AIM:g})")  # noqa: T201


if __name__ == "__main__":
    main()
