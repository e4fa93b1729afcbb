"""Mail by SMTP or LMTP: taken for our own recipients, said to be taken only once it is on disk, never sent on.

Refusals are 5xx, so that the sender is told at once; trouble on our side is 4xx, so that the mail is sent again.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from data.errors import InputError
from service.handling import Receipt
from service.inbound.delivery import Delivery
from service.inbound.settings import SmtpSettings
from service.logs import places
from service.serving_settings import is_loopback

log = logging.getLogger("kyp.smtp")

LINE = 1_000_000  # bytes; RFC 5321 says 1,000, and there are mails that do not keep to it
TRY_AGAIN = "451 4.3.0 Not kept, because of trouble here: send it again later"
Take = Callable[[Delivery, str], Receipt]


class Entrance:
    """What is said to a sender; ``take`` keeps a mail, in a thread of its own."""

    def __init__(self, settings: SmtpSettings, take: Take) -> None:
        self._settings = settings
        self._recipients = tuple(name.lower() for name in settings.smtp_recipients)
        self._take = take

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer no logging in: there is nothing that it would allow."""
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for our own recipients only, and for so many at once."""
        if not self.serves(address):
            return "550 5.7.1 This server takes mail for its own recipients only"
        if len(envelope.rcpt_tos) >= self._settings.smtp_max_recipients:
            return "452 4.5.3 Too many recipients in one mail"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        """Keep the mail, then say so; LMTP wants one answer for each recipient."""
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        content = envelope.original_content or b""
        try:
            receipt = await asyncio.to_thread(self._take, Delivery(content, sender), self._settings.smtp_protocol)
            log.info("mail taken", extra={"mail": receipt.assessment.id, "new": receipt.new})
            said = f"250 2.0.0 Kept as {receipt.assessment.id}"
        except Exception as error:  # noqa: BLE001 (the one catch-all of this entrance)
            _log_trouble(error)
            said = TRY_AGAIN
        return "\r\n".join([said] * (len(envelope.rcpt_tos) if isinstance(server, LMTP) else 1))

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong in the conversation itself is no reason to give a mail up."""
        _log_trouble(error)
        return TRY_AGAIN

    def serves(self, address: str) -> bool:
        """Whether mail for this address is taken: listed itself, with a +tag, or by its @domain; all where none is."""
        if not self._recipients:
            return True
        local, _, domain = address.lower().rpartition("@")
        names = (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}", f"@{domain}")
        return any(name in self._recipients for name in names)


class MailServer:
    """Listens for mail in the running event loop."""

    def __init__(self, settings: SmtpSettings, take: Take) -> None:
        self._settings = settings
        self._entrance = Entrance(settings, take)
        self._tls = _tls(settings)
        self._sessions: set[asyncio.BaseProtocol] = set()
        self._server: asyncio.Server | None = None

    async def start(self, listener: Any) -> None:  # noqa: ANN401 (a socket)
        """Listen on a socket that is bound already."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells who writes to whom
        self._server = await asyncio.get_running_loop().create_server(self._session, sock=listener)

    async def stop(self, grace: float) -> None:
        """Take no new connections, and let those that are open end within ``grace`` seconds."""
        if self._server is None:
            return
        self._server.close()
        end = asyncio.get_running_loop().time() + grace
        while self._sessions and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        for session in tuple(self._sessions):
            if isinstance(session, SMTP) and session.transport is not None:
                session.transport.close()

    def _session(self) -> asyncio.BaseProtocol:
        if len(self._sessions) >= self._settings.smtp_max_connections:
            return _Busy()
        kind = _LmtpSession if self._settings.smtp_protocol == "lmtp" else _Session
        session = kind(
            self._entrance,
            data_size_limit=self._settings.smtp_max_bytes,
            enable_SMTPUTF8=True,
            hostname="kyp",
            ident="kyp",
            tls_context=self._tls,
            require_starttls=self._settings.smtp_require_tls,
            timeout=self._settings.smtp_timeout,
            loop=asyncio.get_running_loop(),
        )
        self._sessions.add(session)
        session.on_end = self._sessions.discard
        return session


class _Session(SMTP):
    """One conversation, which tells when it has ended."""

    on_end: Callable[[asyncio.BaseProtocol], None]
    line_length_limit = LINE

    def connection_lost(self, error: Exception | None) -> None:
        self.on_end(self)
        super().connection_lost(error)


class _LmtpSession(_Session, LMTP):
    """The same by LMTP."""


class _Busy(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.7.0 kyp has too many connections: try again later\r\n")
        transport.close()


def check_smtp(settings: SmtpSettings) -> None:
    """Refuse settings that would open a relay's door, or cannot work (InputError)."""
    if settings.smtp_port is None:
        return
    if not settings.smtp_recipients and not is_loopback(settings.smtp_host):
        raise InputError(
            f"kyp will not take mail on {settings.smtp_host} for everybody: name the recipients in "
            "KYP_SMTP_RECIPIENTS (triage@example.com or @example.com, by comma)"
        )
    if settings.smtp_require_tls and settings.smtp_tls_cert is None:
        raise InputError("KYP_SMTP_REQUIRE_TLS needs a certificate: set KYP_SMTP_TLS_CERT and KYP_SMTP_TLS_KEY")
    _tls(settings)


def _tls(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.smtp_tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.smtp_tls_cert, settings.smtp_tls_key)
    except (OSError, ssl.SSLError) as error:
        where = f"{settings.smtp_tls_cert} and {settings.smtp_tls_key or settings.smtp_tls_cert}"
        raise InputError(
            f"No certificate with its key is in {where}: see KYP_SMTP_TLS_CERT, KYP_SMTP_TLS_KEY"
        ) from error
    return context


def _log_trouble(error: Exception) -> None:
    """Log what happened where, but not the exception's own text, which may quote a mail."""
    log.error("mail not taken", extra={"error": type(error).__name__, "where": places(error.__traceback__)})
