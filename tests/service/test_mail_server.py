"""Mail by SMTP and LMTP, sent by a real client over a real socket."""

import asyncio
import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy.exc import OperationalError

from data.errors import InputError
from model.registry import Registry
from service.champion import Champion
from service.inbound.intake import Intake
from service.inbound.smtp import MailServer, check_smtp
from service.listening import taken
from service.listing import Query
from service.settings import Settings
from service.wiring import Service, build_service

Post = Callable[..., AbstractContextManager[tuple[Service, int]]]

FORWARD = """\
From: Tomas Reyes <tomas@studio.example>\r
To: triage@studio.example\r
Subject: Fwd: Drafts\r
Message-ID: <forward@studio.example>\r
In-Reply-To: <one@brightloom.example>\r
Date: Thu, 5 Mar 2026 18:00:00 +0000\r
Content-Type: text/plain; charset=utf-8\r
\r
---------- Forwarded message ---------\r
From: Ana Cruz <ana@brightloom.example>\r
Date: Thu, Mar 5, 2026 at 5:42 PM\r
Subject: Drafts\r
To: <tomas@studio.example>\r
\r
Did my message from this morning arrive? Copy me on every single step and send me a status tonight.\r
"""
SECRET = "Zebra-Quokka"
TRIAGE = "triage@studio.example"


@pytest.fixture(scope="module")
def champion(home: Path) -> Champion:
    """The model, loaded once."""
    return Champion(Registry(home / "models"))


@pytest.fixture
def post(home: Path, store_url: str, champion: Champion) -> Post:
    """Run a mail server on a free port; gives the service behind it and the port."""

    @contextmanager
    def run(**given: Any) -> Iterator[tuple[Service, int]]:
        settings = Settings(home=home, database_url=store_url, smtp_port=0, smtp_recipients=(TRIAGE,), **given)
        service = build_service(settings, champion=champion)
        with closing(service.store), _serving(settings, service.intake) as port:
            yield service, port

    return run


@contextmanager
def _serving(settings: Settings, intake: Intake) -> Iterator[int]:
    check_smtp(settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = MailServer(settings, intake.take)
    listener = taken("127.0.0.1", 0, "--smtp-port")
    asyncio.run_coroutine_threadsafe(server.start(listener), loop).result(10)
    try:
        yield listener.getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(5), loop).result(10)
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def send(port: int, mail: str = FORWARD, to: str = TRIAGE, sender: str = "tomas@studio.example") -> None:
    """Send one mail."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.sendmail(sender, [to], mail.encode())


def test_a_forwarded_mail_is_judged_and_kept(post: Post) -> None:
    """After 250 the client's message is in the store; the same mail again is still one message."""
    with post() as (service, port):
        send(port)
        send(port)
        send(port, FORWARD.replace("Tomas Reyes <tomas@", "Mia <mia@").replace("<forward@", "<another@"))
        (message,) = service.store.page(Query()).messages
    assert (message.client, message.source) == ("ana@brightloom.example", "smtp")
    assert "micro_managing" in message.labels


@pytest.mark.parametrize("to", ["mia@studio.example", "ana@brightloom.example", "triage@elsewhere.example"])
def test_it_is_no_relay(post: Post, to: str) -> None:
    """Mail for anybody else is refused for good, before its content is sent."""
    with post() as (service, port):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(port, to=to)
        assert refused.value.recipients[to][0] == 550
        assert service.store.page(Query()).messages == ()


@pytest.mark.parametrize("to", ["Triage@Studio.example", "triage+acme@studio.example"])
def test_ways_to_write_the_address(post: Post, to: str) -> None:
    """Capitals and a +tag do not matter."""
    with post() as (service, port):
        send(port, to=to)
        assert len(service.store.page(Query()).messages) == 1


def test_a_bounce_has_no_sender(post: Post) -> None:
    """The null sender is taken like any other."""
    with post() as (service, port):
        send(port, sender="")
        assert len(service.store.page(Query()).messages) == 1


def test_a_mail_too_large_is_refused(post: Post) -> None:
    """552, whether its size was told before or not."""
    mail = FORWARD + ("x" * 70 + "\r\n") * 2000
    with post(smtp_max_bytes=100_000) as (service, port), smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused) as told:
            smtp.sendmail("tomas@studio.example", [TRIAGE], mail)
        smtp.rset()
        smtp.mail("tomas@studio.example")
        smtp.rcpt(TRIAGE)
        code, _ = smtp.data(mail)
        assert (told.value.smtp_code, code) == (552, 552)
        assert service.store.page(Query()).messages == ()


def test_lines_may_be_long(post: Post) -> None:
    """A mail that does not keep to a thousand bytes a line is read all the same."""
    with post() as (service, port):
        send(port, FORWARD.replace("tonight.", "tonight. " + "And again. " * 2000))
        assert len(service.store.page(Query()).messages) == 1


def test_recipients_of_one_mail_are_limited(post: Post) -> None:
    """One too many is told to come later, the others are served."""
    to = [f"triage+{n}@studio.example" for n in range(4)]
    with post(smtp_max_recipients=3) as (_, port), smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        assert smtp.sendmail("tomas@studio.example", to, FORWARD) == {
            to[3]: (452, b"4.5.3 Too many recipients in one mail")
        }


def test_connections_are_limited(post: Post) -> None:
    """One too many is told to come later; when one has ended, there is room again."""
    with post(smtp_max_connections=2) as (_, port):
        first, second = (smtplib.SMTP("127.0.0.1", port, timeout=10) for _ in range(2))
        with pytest.raises(smtplib.SMTPConnectError) as busy:
            smtplib.SMTP("127.0.0.1", port, timeout=10)
        assert busy.value.smtp_code == 421
        first.quit()
        second.quit()
        send(port)


def test_whoever_keeps_silent_is_cut_off(post: Post) -> None:
    """A connection on which nothing comes is closed."""
    with post(smtp_timeout=0.2) as (_, port), socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
        while silent.recv(100):
            pass


def test_trouble_here_is_no_reason_to_give_a_mail_up(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    """451 where there is no model or the store fails: the sender keeps the mail. The log holds nothing of it."""
    with post() as (service, _):

        def fail(*_: object) -> None:
            raise OperationalError(SECRET, {}, Exception("disk full"))

        broken = replace(service.desk, clients=_Failing(fail))  # type: ignore[arg-type]  # a store that fails
        serving = _serving(service.settings, Intake(broken))
        with caplog.at_level(logging.INFO), serving as port, pytest.raises(smtplib.SMTPDataError) as later:
            send(port)
    assert later.value.smtp_code == 451
    (told,) = [vars(record) for record in caplog.records if record.name == "kyp.smtp"]
    assert (told["error"], told["where"][-1].endswith(" fail")) == ("OperationalError", True)
    for secret in (SECRET, "brightloom", "tomas", "triage"):
        assert secret not in str([vars(record) for record in caplog.records])


def test_without_a_model_mail_is_sent_again_later(tmp_path: Path) -> None:
    """A service that cannot judge yet keeps nothing and says so."""
    service = build_service(Settings(home=tmp_path, smtp_port=0))
    with _serving(service.settings, service.intake) as port, pytest.raises(smtplib.SMTPDataError) as later:
        send(port)
    assert later.value.smtp_code == 451
    service.store.close()


class _Failing:
    def __init__(self, fail: Callable[..., None]) -> None:
        self.known = fail


def test_starttls(post: Post, tmp_path: Path) -> None:
    """With a certificate the conversation is encrypted where the client asks, and refused without where required."""
    cert, key = certificate(tmp_path)
    with post(smtp_tls_cert=cert, smtp_tls_key=key, smtp_require_tls=True) as (service, port):
        with pytest.raises(smtplib.SMTPSenderRefused) as bare:
            send(port)
        assert bare.value.smtp_code == 530
        with smtplib.SMTP("localhost", port, timeout=10) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(cert)))
            smtp.sendmail("tomas@studio.example", [TRIAGE], FORWARD)
        assert len(service.store.page(Query()).messages) == 1


def test_lmtp_answers_for_each_recipient(post: Post) -> None:
    """LHLO, and after the data one answer for each recipient that was taken."""
    with post(smtp_protocol="lmtp") as (service, port), socket.create_connection(("127.0.0.1", port), 10) as peer:
        said = peer.makefile("rb")

        def ask(line: str, answers: int = 1) -> list[str]:
            peer.sendall(f"{line}\r\n".encode())
            found: list[str] = []
            while len(found) < answers:
                answer = said.readline().decode()
                found += [answer[:3]] if answer[3] == " " else []
            return found

        assert said.readline().startswith(b"220")
        assert ask("EHLO x") == ["500"]
        assert ask("LHLO x") == ask("MAIL FROM:<tomas@studio.example>") == ask(f"RCPT TO:<{TRIAGE}>") == ["250"]
        assert ask("RCPT TO:<triage+b@studio.example>") == ["250"]
        assert ask("RCPT TO:<mia@studio.example>") == ["550"]
        assert ask("DATA") == ["354"]
        assert ask(FORWARD + ".", 2) == ["250", "250"]
        assert ask("QUIT") == ["221"]
        (message,) = service.store.page(Query()).messages
    assert message.source == "lmtp"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"smtp_host": "192.0.2.1"}, "KYP_SMTP_RECIPIENTS"),
        ({"smtp_require_tls": True}, "KYP_SMTP_TLS_CERT"),
        ({"smtp_tls_cert": Path("/none.pem")}, "KYP_SMTP_TLS_CERT"),
    ],
)
def test_settings_that_cannot_be_are_told(given: dict[str, Any], named: str) -> None:
    """An open door on the network, and encryption without a certificate, are refused before anything starts."""
    with pytest.raises(InputError, match=named):
        check_smtp(Settings(smtp_port=0, **given))


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of localhost, signed by itself, and its key."""
    key, name = generate_private_key(SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert, secret
