"""A watched IMAP folder, on a small server over a real socket."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from model.registry import Registry
from service.champion import Champion
from service.companions import Loop
from service.inbound.delivery import Delivery
from service.inbound.folder import Place
from service.inbound.imap import Watch
from service.listing import Query
from service.settings import Settings
from service.store import Beside
from service.wiring import Service, build_service
from tests.service.imap_peer import Folder, ImapPeer

MAIL = (
    "From: Ana Cruz <ana@brightloom.example>\r\nTo: tomas@studio.example\r\nSubject: Drafts {n}\r\n"
    "Message-ID: <{n}@brightloom.example>\r\nDate: Thu, 5 Mar 2026 17:{n:02}:00 +0000\r\n\r\n"
    "Did my message number {n} arrive? Copy me on every single step.\r\n"
)
PATIENCE = 20.0  # seconds for what happens in other threads


def mail(n: int) -> bytes:
    """One of many mails."""
    return MAIL.format(n=n).encode()


@pytest.fixture
def peer() -> Iterator[ImapPeer]:
    """A server with an empty folder."""
    with serving(Folder()) as peer:
        yield peer


@contextmanager
def serving(folder: Folder, port: int = 0) -> Iterator[ImapPeer]:
    """Serve a folder."""
    with ImapPeer(folder, port) as peer:
        thread = threading.Thread(target=peer.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield peer
        peer.shutdown()
        peer.hang_up()
        thread.join()


@pytest.fixture(scope="module")
def champion(home: Path) -> Champion:
    """The model, loaded once."""
    return Champion(Registry(home / "models"))


@pytest.fixture
def service(home: Path, store_url: str, peer: ImapPeer, champion: Champion) -> Iterator[Service]:
    """A service that may watch the peer's folder."""
    settings = Settings(
        home=home, database_url=store_url, imap_host="127.0.0.1", imap_port=peer.port, imap_transport="none",
        imap_user="triage", imap_password="secret",
    )  # fmt: skip
    service = build_service(settings, champion=champion)
    yield service
    service.store.close()


@contextmanager
def watching(service: Service, take: Callable[..., Any] | None = None, imap_seconds: float = 0.1) -> Iterator[Loop]:
    """Watch until the block ends."""
    place = Place(service.store.engine, "triage", service.clock)
    settings = service.settings.model_copy(update={"imap_seconds": imap_seconds})
    watch = Watch(settings, place, take or service.intake.take)
    loop = Loop("imap", watch.run, first_pause=0.05)
    loop.start()
    yield loop
    loop.stop()


def subjects(service: Service) -> list[str]:
    """What is stored, oldest first."""
    return [message.subject for message in service.store.page(Query(limit=200)).messages][::-1]


def until(true: Callable[[], bool]) -> None:
    """Wait for another thread."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("idles", [True, False])
def test_a_folder_is_read_along(service: Service, peer: ImapPeer, idles: bool) -> None:
    """What is there is read first, then what comes, whether the server tells of it or has to be asked; unchanged."""
    peer.folder.idles = idles
    for n in (1, 2):
        peer.folder.put(mail(n))
    seconds = 600 if idles else 0.1
    with watching(service, imap_seconds=seconds):
        until(lambda: subjects(service) == ["Drafts 1", "Drafts 2"])
        peer.folder.put(mail(3))
        until(lambda: subjects(service)[-1] == "Drafts 3")
    said = " ".join(peer.folder.commands)
    assert "EXAMINE" in said
    assert not any(word in said for word in ("STORE", "EXPUNGE", "SELECT", "BODY["))


def test_a_restart_goes_on_where_it_was(service: Service, peer: ImapPeer) -> None:
    """Mails that were read are not fetched again."""
    peer.folder.put(mail(1))
    with watching(service):
        until(lambda: len(subjects(service)) == 1)
    peer.folder.commands.clear()
    peer.folder.put(mail(2))
    with watching(service):
        until(lambda: len(subjects(service)) == 2)
    assert [said for said in peer.folder.commands if "FETCH" in said] == ["UID FETCH 2 (BODY.PEEK[]<0.67108864>)"]


def test_a_folder_built_anew_is_read_anew_and_stored_once(service: Service, peer: ImapPeer) -> None:
    """Another UIDVALIDITY: the same mails under other numbers are known by what they are, new ones are taken."""
    for n in (1, 2, 3):
        peer.folder.put(mail(n))
    with watching(service):
        until(lambda: len(subjects(service)) == 3)
    peer.folder.validity = 8
    peer.folder.mails = {1: mail(3), 2: mail(1), 3: mail(4)}
    with watching(service):
        until(lambda: "Drafts 4" in subjects(service))
    assert len(subjects(service)) == 4


def test_a_lost_connection_is_made_again(service: Service, peer: ImapPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs up is called again, and what came meanwhile is read."""
    monkeypatch.setattr("service.inbound.imap._AGAIN", 0.05)
    peer.folder.put(mail(1))
    with watching(service):
        until(lambda: len(subjects(service)) == 1)
        peer.hang_up()
        peer.folder.put(mail(2))
        until(lambda: len(subjects(service)) == 2)


def test_trouble_while_keeping_skips_no_mail(service: Service, peer: ImapPeer) -> None:
    """A mail that could not be kept is tried again before the next one."""
    troubles = [OSError("disk"), RuntimeError("model")]

    def take(delivery: Delivery, source: str, beside: Beside) -> object:
        if b"Drafts 2" in delivery.raw and troubles:
            raise troubles.pop()
        return service.intake.take(delivery, source, beside)

    for n in (1, 2, 3):
        peer.folder.put(mail(n))
    with watching(service, take):
        until(lambda: len(subjects(service)) == 3)
    assert troubles == []


def test_a_wrong_password_is_told_and_tried_again(
    service: Service, peer: ImapPeer, caplog: pytest.LogCaptureFixture
) -> None:
    """The watch does not end, and the log holds no password."""
    peer.folder.password = "another"
    peer.folder.put(mail(1))
    with watching(service):
        until(lambda: any(record.message == "work failed" for record in caplog.records))
        peer.folder.password = "secret"
        until(lambda: len(subjects(service)) == 1)
    assert not any("secret" in str(vars(record)) for record in caplog.records)


def test_a_mail_of_the_year_9999_does_not_hold_up_the_others(service: Service, peer: ImapPeer) -> None:
    """What cannot be counted from its date is not counted, and the folder is read on."""
    late = mail(2).replace(b"Mar 2026", b"Dec 9999").replace(b"5 Dec", b"31 Dec")
    for content in (mail(1), late + b"Send me the drafts tomorrow.\r\n", mail(3)):
        peer.folder.put(content)
    with watching(service):
        until(lambda: set(subjects(service)) == {"Drafts 1", "Drafts 2", "Drafts 3"})


def test_a_mail_that_was_taken_away_is_passed_over(service: Service, peer: ImapPeer) -> None:
    """A UID that holds nothing any more does not stop the others."""
    for n in (1, 2, 3):
        peer.folder.put(mail(n))

    def take(delivery: Delivery, source: str, beside: Beside) -> object:
        peer.folder.mails.pop(2, None)
        return service.intake.take(delivery, source, beside)

    with watching(service, take):
        until(lambda: subjects(service) == ["Drafts 1", "Drafts 3"])
