"""`kyp label`: keys change what kyp says, Enter keeps it at once, and the next sitting goes on from there."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from data.records import Email
from service.champion import Champion
from service.commands.label import Session
from service.judging import build_registry
from service.settings import Settings
from service.wiring import Service, build_service

MAILS = (
    "Did my message from this morning arrive? Copy me on every single step and send me a status tonight.",
    "Are you sure that you have done this before? Another firm told me that your hours are padded.",
    "Thank you for the new brochure, the whole team loves the photographs of the workshop.",
)


@pytest.fixture
def service(home: Path, tmp_path: Path) -> Iterator[Service]:
    """A service with three stored messages."""
    settings = Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")
    service = build_service(settings, champion=Champion(build_registry(settings)))
    for number, text in enumerate(MAILS):
        service.desk.receive(Email(f"t{number}", "Drafts", text, f"client{number}@x.example"))
    yield service
    service.store.close()


def sit(service: Service, keys: str, *, second: bool = False, annotator: str = "mia") -> tuple[int, str]:
    """One sitting with these keys; how many were labelled, and what was shown."""
    shown = io.StringIO()
    pressed = iter(keys)
    console = Console(file=shown, width=100)
    return Session(service, annotator, console, lambda: next(pressed), second=second).run(), shown.getvalue()


def test_enter_keeps_what_kyp_says(service: Service) -> None:
    """Every message once; then the queue is empty and says so."""
    done, shown = sit(service, "\r\r\r")
    assert done == 3
    assert "queue is empty" in shown
    for message in service.corrections.messages():
        kept = service.store.get(message.id)
        assert kept is not None
        assert message.consensus.set_labels == set(kept.labels)
        assert not message.consensus.unsure


def test_keys_change_labels_urgency_and_claim(service: Service) -> None:
    """A digit turns a label over, u goes through the levels, c turns the claim over."""
    first = service.queue.next("mia", 1)[0].message
    sit(service, "1uc\rq")
    (correction,) = service.corrections.of(first.id).current
    assert correction.opinion.labels["micro_managing"] is not first.signal("micro_managing").present
    assert correction.opinion.urgency == (first.urgency.level + 1) % 4
    assert correction.opinion.urgency_claimed is not first.urgency.claimed


def test_the_next_sitting_goes_on(service: Service) -> None:
    """What is labelled is not shown again, a skipped message comes back next time."""
    assert sit(service, "\rsq")[0] == 1
    assert sit(service, "\r\r")[0] == 2


def test_one_can_go_back(service: Service) -> None:
    """B brings the last message back as it was labelled; labelling it again replaces it."""
    first = service.queue.next("mia", 1)[0].message
    sit(service, "2\rb2\rq")
    history = service.corrections.of(first.id).history
    assert [one.opinion.labels["distrust"] for one in history] == [
        not first.signal("distrust").present,
        first.signal("distrust").present,
    ]


def test_a_second_person_labels_what_the_first_did(service: Service) -> None:
    """--second shows what others labelled and this person did not."""
    sit(service, "\rq")
    assert sit(service, "q", second=True)[0] == 0
    done, shown = sit(service, "\r", second=True, annotator="jun")
    assert done == 1
    assert "queue is empty" in shown
