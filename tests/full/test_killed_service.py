"""A service that is killed under load, again and again, loses nothing that it acknowledged and keeps nothing twice."""

import contextlib
import json
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from service.store import open_store
from service.tables import ClientRow, MessageRow, SignalRow

ROOT = Path(__file__).parents[2]
TRIAGE = "triage@studio.example"
MAIL = (
    "From: {sender}@brightloom.example\r\nTo: tomas@studio.example\r\nSubject: {name}\r\n"
    "Message-ID: <{name}@x.example>\r\nDate: Thu, 5 Mar 2026 17:42:00 +0000\r\n\r\n"
    "Did my message {name} arrive? Copy me on every single step.\r\n"
)
SENDERS = 4  # threads by each way


@dataclass
class Sent:
    """What the senders know: mails by name, and which of them were acknowledged under which id."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    acknowledged: dict[str, str] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    number: int = 0

    def next_name(self) -> str:
        """A mail whose acknowledgement did not come goes first, as a mail server has it; else a new one."""
        with self.lock:
            if self.unsure:
                return self.unsure.pop()
            self.number += 1
            return f"m{self.number}"

    def settle(self, name: str, message_id: str | None) -> None:
        """Note an acknowledgement, or its lack."""
        with self.lock:
            if message_id is None:
                self.unsure.append(name)
            else:
                assert self.acknowledged.setdefault(name, message_id) == message_id


@pytest.mark.parametrize(("database", "rounds"), [("store_url", 50), ("postgresql_url", 10)])
def test_a_killed_service_loses_nothing(home: Path, request: pytest.FixtureRequest, database: str, rounds: int) -> None:
    """Each mail that was acknowledged by HTTP or SMTP is stored, whole, once; so is each that was sent again."""
    url, sent, chance = request.getfixturevalue(database), Sent(), random.Random(7)  # noqa: S311 (no secret)
    with _host(home, url) as services:
        for number in range(rounds):
            service = next(services)
            with _load(service, sent):
                _until_more_came(sent)
                time.sleep(chance.random() * 0.15)
                os.kill(service["pid"], signal.SIGKILL)
            assert number < 2 or len(sent.acknowledged) > number
        service = next(services)
        while sent.unsure:
            _post(service["http"], sent, sent.next_name())
        os.kill(service["pid"], signal.SIGKILL)
    _check(url, sent)


def _check(url: str, sent: Sent) -> None:
    with closing(open_store(url)) as store, store.engine.connect() as connection:
        stored = {row.subject: row.id for row in connection.execute(select(MessageRow.subject, MessageRow.id))}
        count = connection.scalar(select(func.count()).select_from(MessageRow))
        assert len(stored) == count == sent.number
        assert stored == sent.acknowledged
        signals = connection.execute(select(func.count()).select_from(SignalRow).group_by(SignalRow.message_id))
        assert Counter(signals.scalars()) == {9: count}
        assert connection.scalar(select(func.sum(ClientRow.messages))) == count
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]


@contextmanager
def _host(home: Path, url: str) -> Iterator[Iterator[dict[str, int]]]:
    """A process that forks services; each next one is ready to answer."""
    command = [sys.executable, str(Path(__file__).with_name("kill_host.py")), str(home), url]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 (our own program)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        yield _services(host)
        host.stdin.close()
        assert host.wait(30) == 0


def _services(host: "subprocess.Popen[str]") -> Iterator[dict[str, int]]:
    while True:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write("\n")
        host.stdin.flush()
        service: dict[str, int] = json.loads(host.stdout.readline())
        _wait(service["http"])
        yield service


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200:
                return
        time.sleep(0.02)
    raise AssertionError("the service did not start")


@contextmanager
def _load(service: dict[str, int], sent: Sent) -> Iterator[None]:
    """Senders by both ways, until their service is gone."""
    threads = [
        *(threading.Thread(target=_send_by_http, args=(service["http"], sent)) for _ in range(SENDERS)),
        *(threading.Thread(target=_send_by_smtp, args=(service["smtp"], sent)) for _ in range(SENDERS)),
    ]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _until_more_came(sent: Sent) -> None:
    before, end = len(sent.acknowledged), time.monotonic() + 60
    while len(sent.acknowledged) == before:
        assert time.monotonic() < end, "nothing was acknowledged"
        time.sleep(0.005)


def _mail(name: str) -> bytes:
    return MAIL.format(name=name, sender=f"c{int(name[1:]) % 7}").encode()


def _send_by_http(port: int, sent: Sent) -> None:
    while _post(port, sent, sent.next_name()):
        pass


def _post(port: int, sent: Sent, name: str) -> bool:
    try:
        answer = httpx.post(
            f"http://127.0.0.1:{port}/v1/messages", content=_mail(name), headers={"Content-Type": "message/rfc822"},
            timeout=30,
        )  # fmt: skip
    except httpx.TransportError:
        sent.settle(name, None)
        return False
    assert answer.status_code in (200, 201), answer.text
    sent.settle(name, answer.json()["id"])
    return True


def _send_by_smtp(port: int, sent: Sent) -> None:
    name = sent.next_name()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
            while True:
                smtp.ehlo_or_helo_if_needed()
                smtp.mail("tomas@studio.example")
                smtp.rcpt(TRIAGE)
                code, said = smtp.data(_mail(name))
                assert code == 250, said
                sent.settle(name, said.split()[-1].decode())
                name = sent.next_name()
    except (OSError, smtplib.SMTPException):
        sent.settle(name, None)
