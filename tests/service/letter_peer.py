"""A mail server that takes the answers which the service sends."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Peer:
    """The operator's mail server: keeps what it takes; ``said`` is what it says to the next letters."""

    port: int = 0
    letters: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        """Take a letter."""
        if self.said:
            return self.said.pop(0)
        letter = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        self.letters.append((str(envelope.mail_from), envelope.rcpt_tos[0], letter))
        return "250 OK"


@contextmanager
def listening() -> Iterator[Peer]:
    """A mail server on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        peer = Peer(port=free.getsockname()[1])
    controller = Controller(peer, hostname="127.0.0.1", port=peer.port, server_hostname="peer")
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()
