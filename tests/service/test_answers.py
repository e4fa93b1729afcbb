"""Answers by e-mail to whoever forwarded a message, taken by a real SMTP peer."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from model.registry import Registry
from service.answers.settings import check_answers
from service.champion import Champion
from service.inbound.delivery import Delivery
from service.listing import Query
from service.settings import Settings
from service.wiring import Service, build_service
from tests.service.letter_peer import Peer, listening
from tests.service.stored import bytes_of_the_files, rows_of_all_tables

FORWARD = """\
From: Tomas Reyes <tomas@studio.example>\r
To: triage@studio.example\r
Subject: Fwd: =?utf-8?q?Drafts_=E2=80=93_again?=\r
Message-ID: <forward@studio.example>\r
References: <zero@studio.example>\r
Date: Thu, 5 Mar 2026 18:00:00 +0000\r
Content-Type: text/plain; charset=utf-8\r
\r
---------- Forwarded message ---------\r
From: Ana Cruz <ana@brightloom.example>\r
Date: Thu, Mar 5, 2026 at 5:42 PM\r
Subject: Drafts <b>now</b>\r
To: <tomas@studio.example>\r
\r
Did my message from this morning arrive? Copy me on every single step and send me a status tonight.\r
"""
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that tests turn."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        """The moment that was set."""
        return self.moment


@pytest.fixture
def peer() -> Iterator[Peer]:
    """The operator's mail server."""
    with listening() as peer:
        yield peer


@pytest.fixture(scope="module")
def champion(home: Path) -> Champion:
    """The model, loaded once."""
    return Champion(Registry(home / "models"))


@pytest.fixture
def clock() -> Clock:
    """Noon."""
    return Clock()


Made = Callable[..., Service]


@pytest.fixture
def made(home: Path, store_url: str, peer: Peer, clock: Clock, champion: Champion) -> Iterator[Made]:
    """Build services that answer by the peer."""
    built: list[Service] = []

    def make(**given: Any) -> Service:
        whole: dict[str, Any] = {
                "home": home, "database_url": store_url, "smtp_recipients": ("triage@studio.example",),
                "answer_host": "127.0.0.1", "answer_port": peer.port, "answer_transport": "none",
                "answer_from": "triage@studio.example", "answer_to": ("@studio.example",),
                "public_url": "https://kyp.studio.example/",
        }  # fmt: skip
        settings = Settings(**whole | given)
        built.append(build_service(settings, clock, champion))
        return built[-1]

    yield make
    for service in built:
        service.store.close()


def take(service: Service, mail: str = FORWARD, sender: str | None = "tomas@studio.example") -> str:
    """Hand a mail in; its id."""
    return service.intake.take(Delivery(mail.encode(), sender), "smtp").assessment.id


def send_all(service: Service) -> None:
    """Send until nothing is due."""
    assert service.answering is not None
    while service.answering.send_next(service.clock()) == 0:
        pass


def test_the_forwarder_gets_an_answer_in_his_thread(made: Made, peer: Peer) -> None:
    """Signals, urgency, strategies and a draft, plain and HTML, threaded, marked as automatic, sent once."""
    service = made()
    message_id = take(service)
    send_all(service)
    send_all(service)
    ((sender, recipient, letter),) = peer.letters
    assert (sender, recipient, letter["To"]) == (
        "triage@studio.example",
        "tomas@studio.example",
        "tomas@studio.example",
    )
    assert (letter["In-Reply-To"], letter["Subject"]) == ("<forward@studio.example>", "Re: Fwd: Drafts – again")
    assert letter["References"] == "<zero@studio.example> <forward@studio.example>"
    assert (letter["Auto-Submitted"], letter["X-Kyp-Answer"]) == ("auto-replied", "1")
    assert "ana@brightloom" not in str(letter["To"]) + str(letter["Cc"])
    kept = service.store.get(message_id)
    assert kept is not None
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        text = body.get_content().replace("&#39;", "'")
        for shown in ("Micro-managing", "Urgency".upper() if kind == "plain" else "Urgency", f"/messages/{message_id}"):
            assert shown in text
        assert kept.strategies[0].title in text
        assert kept.strategies[0].reply.splitlines()[0] in text
        assert "every single step" in text
        assert ("<b>now" in text) is (kind == "plain")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("From: Tomas Reyes <tomas@studio.example>\r\nTo", "From: Eve <eve@elsewhere.example>\r\nTo"),
        ("From: Tomas Reyes <tomas@studio.example>\r\nTo", "From: Triage <triage@studio.example>\r\nTo"),
        ("From: Tomas Reyes <tomas@studio.example>\r\nTo", "From: no-reply@studio.example\r\nTo"),
        ("References:", "Auto-Submitted: auto-forwarded\r\nReferences:"),
        ("References:", "Precedence: bulk\r\nReferences:"),
        ("References:", "List-Id: <all.studio.example>\r\nReferences:"),
        ("References:", "X-Kyp-Answer: 1\r\nReferences:"),
        ("References:", "Return-Path: <>\r\nReferences:"),
    ],
)
def test_others_get_none(made: Made, peer: Peer, old: str, new: str) -> None:
    """Strangers, ourselves, robots, programs, lists and our own answers are kept, and not answered."""
    assert old in FORWARD
    service = made()
    take(service, FORWARD.replace(old, new))
    send_all(service)
    assert peer.letters == []


def test_a_mail_that_is_no_forward_gets_none(made: Made, peer: Peer) -> None:
    """Whoever writes himself is the client, also from an address that may get answers."""
    service = made()
    head, _, body = FORWARD.replace("Fwd: ", "").partition("---------- Forwarded message ---------\r\n")
    take(service, head + body.partition("\r\n\r\n")[2])
    send_all(service)
    assert peer.letters == []
    assert service.store.page(Query()).messages[0].client == "tomas@studio.example"


def test_a_bounce_gets_none(made: Made, peer: Peer) -> None:
    """The null sender is never answered."""
    service = made()
    take(service, sender="")
    send_all(service)
    assert peer.letters == []


@pytest.mark.parametrize("name", ["ana", "assistant"])
def test_a_client_gets_none_by_any_address(made: Made, peer: Peer, name: str) -> None:
    """Who wrote the message, and whoever was merged into that client, is never answered."""
    service = made(answer_to=("@studio.example", "@brightloom.example"))
    service.clients.merge("ana@brightloom.example", "assistant@brightloom.example")
    take(service, FORWARD.replace("tomas@studio.example>\r\nTo", f"{name}@brightloom.example>\r\nTo"))
    send_all(service)
    assert peer.letters == []


def test_two_forwarders_of_one_message_get_one_answer_each(made: Made, peer: Peer) -> None:
    """The message is one row; whoever forwarded it, however often, gets one answer."""
    service = made()
    by_mia = FORWARD.replace("Tomas Reyes <tomas@", "Mia <mia@").replace("<forward@", "<other@")
    for mail in (FORWARD, by_mia, FORWARD, by_mia):
        take(service, mail)
    send_all(service)
    assert sorted(recipient for _, recipient, _ in peer.letters) == ["mia@studio.example", "tomas@studio.example"]


def test_an_answer_is_tried_again_until_it_is_sent(made: Made, peer: Peer, clock: Clock) -> None:
    """After 4xx it waits longer each time; another process, or this one started anew, sends it, once."""
    peer.said = ["451 later", "451 later"]
    take(made())
    for minutes, letters in ((0, 0), (1, 0), (2, 0), (3, 0), (8, 1), (500, 1)):
        clock.moment = NOON + timedelta(minutes=minutes)
        send_all(made())
        assert len(peer.letters) == letters


def test_an_answer_that_is_refused_is_given_up(made: Made, peer: Peer, clock: Clock) -> None:
    """5xx is final."""
    service = made()
    peer.said = ["550 no"]
    take(service)
    send_all(service)
    clock.moment += timedelta(days=3)
    send_all(service)
    assert peer.letters == []
    assert peer.said == []


def test_a_crash_while_sending_sends_it_again_later(made: Made, peer: Peer, clock: Clock) -> None:
    """An answer that a process took and never sent is due again, as the same letter."""
    service = made()
    take(service)
    assert service.answering is not None
    assert service.answering._outbox.take() is not None
    send_all(service)
    assert peer.letters == []
    clock.moment += timedelta(minutes=5)
    send_all(service)
    assert len(peer.letters) == 1


def test_of_several_processes_one_sends(made: Made, peer: Peer) -> None:
    """Eight senders on one store send each of five answers once."""
    services = [made() for _ in range(8)]
    for n in range(5):
        take(services[0], FORWARD.replace("tomas@studio.example>\r\nTo", f"t{n}@studio.example>\r\nTo"))
    threads = [threading.Thread(target=send_all, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recipient for _, recipient, _ in peer.letters) == [f"t{n}@studio.example" for n in range(5)]


def test_an_hour_has_so_many_answers(made: Made, peer: Peer, clock: Clock) -> None:
    """A loop that nothing else stopped ends here; an hour later there are answers again."""
    service = made(answers_per_hour=3)
    for n in range(5):
        take(service, FORWARD.replace("arrive?", f"arrive? It was number {n}."))
    send_all(service)
    assert len(peer.letters) == 3
    clock.moment += timedelta(minutes=61)
    take(service, FORWARD.replace("arrive?", "arrive? It was the last."))
    send_all(service)
    assert len(peer.letters) == 4


def test_what_was_forgotten_is_not_answered(made: Made, peer: Peer, store_url: str) -> None:
    """A client who is forgotten takes answers along, waiting and sent ones: no table knows of them."""
    service = made()
    take(service)
    send_all(service)
    peer.letters.clear()
    take(service, FORWARD.replace("arrive?", "arrive? I wait."))
    assert len(rows_of_all_tables(store_url)["answers"]) == 2
    service.clients.forget("ana@brightloom.example")
    send_all(service)
    assert peer.letters == []
    assert rows_of_all_tables(store_url)["answers"] == []
    assert "brightloom" not in str(rows_of_all_tables(store_url)) + bytes_of_the_files(store_url)


@pytest.mark.parametrize("missing", ["answer_from", "answer_to"])
def test_settings_that_answer_nobody_are_told(missing: str) -> None:
    """The error names the setting that is missing."""
    given: dict[str, Any] = {"answer_from": "a@x.example", "answer_to": ("b@x.example",)} | {missing: ()}
    given["answer_from"] = given["answer_from"] or ""
    with pytest.raises(Exception, match=f"KYP_{missing.upper()}"):
        check_answers(Settings(answer_host="localhost", **given))
