"""A forward from the sender's mail program to the answer in his inbox, through everything that runs beside HTTP."""

import asyncio
import email
import email.policy
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.companions import Companions
from service.listening import taken
from service.listing import Query
from service.settings import Settings
from service.wiring import build_service

FORWARD = Path(__file__).parents[2] / "data" / "samples" / "eml" / "01-gmail-forward-micro-management.eml"
PATIENCE = 30.0  # seconds for what other threads do


class Inbox:
    """The mail server of the firm, which brings answers to their readers."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        """Take a letter."""
        self.letters.append(email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default))
        return "250 OK"


def test_a_forward_is_answered(home: Path, tmp_path: Path) -> None:
    """Sent by SMTP to triage, the client's message is stored, and the forwarder reads what to do."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    peer = Controller(inbox, hostname="127.0.0.1", port=port, server_hostname="peer")
    peer.start()
    settings = Settings(
        home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}", smtp_port=0, smtp_recipients=("triage@x.example",),
        answer_host="127.0.0.1", answer_port=port, answer_transport="none", answer_from="triage@x.example",
        answer_to=("@talastudio.example",),
    )  # fmt: skip
    service = build_service(settings)
    with _running(Companions(service, mail := taken("127.0.0.1", 0, "--smtp-port"))):
        with smtplib.SMTP("127.0.0.1", mail.getsockname()[1], timeout=10) as smtp:
            smtp.sendmail("tala@talastudio.example", ["triage@x.example"], FORWARD.read_bytes())
        (message,) = service.store.page(Query()).messages
        end = time.monotonic() + PATIENCE
        while not inbox.letters and time.monotonic() < end:
            time.sleep(0.02)
    peer.stop()
    service.store.close()
    (letter,) = inbox.letters
    assert (message.client, letter["To"]) == ("ana@brightloom.example", "tala@talastudio.example")
    assert letter["Subject"] == "Re: Fwd: Homepage draft"
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Micro-managing" in body.get_content()


@contextmanager
def _running(companions: Companions) -> Iterator[None]:
    """Run them in an event loop of their own, as the HTTP server does in its one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(companions.start(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(companions.stop(), loop).result(30)
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
