"""The mails of a .pst, folder by folder: a damaged item costs itself only, and what is no mail is passed over."""

from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from data.mail.archives import open_mails
from data.mail.outlook import to_email
from data.mail.pst import messages


class Message:
    """A message in memory, as libpff shows it."""

    client_submit_time = datetime(2026, 3, 5, 17, 42)  # noqa: DTZ001  libpff gives naive moments in UTC
    number_of_attachments = 0
    transport_headers = rtf_body = html_body = None
    number_of_record_sets = 1

    def __init__(self, subject: str, text: str, kind: str = "IPM.Note") -> None:
        self.subject = subject
        self.sender_name = "Ana Cruz"
        self.plain_text_body = text.encode()
        self.texts = {0x001A: kind, 0x5D01: "ana@brightloom.example", 0x0E04: "tala@studio.example"}

    def get_record_set(self, _: int) -> SimpleNamespace:
        """The properties that have no accessor of their own."""
        entries = [
            SimpleNamespace(entry_type=tag, get_data_as_string=lambda text=text: text)
            for tag, text in self.texts.items()
        ]
        return SimpleNamespace(number_of_entries=len(entries), get_entry=entries.__getitem__)


class Folder:
    """A folder in memory; None stands for an item that libpff cannot open."""

    def __init__(self, items: list[Message | None], inside: "list[Folder | None]") -> None:
        self.items, self.inside = items, inside
        self.number_of_sub_messages = len(items)
        self.number_of_sub_folders = len(inside)

    def get_sub_message(self, index: int) -> Any:
        """A message, or libpff's error."""
        return opened(self.items[index])

    def get_sub_folder(self, index: int) -> Any:
        """A folder inside, or libpff's error."""
        return opened(self.inside[index])


def opened(item: object) -> object:
    if item is None:
        raise OSError("pypff: unable to read descriptor")
    return item


def test_folders_are_read_through_and_damage_costs_one_item() -> None:
    """Mails come in the file's order, with a None for each item or folder that cannot be opened."""
    inner = Folder([Message("Two", "Second.")], [])
    root = Folder([Message("One", "First."), None, Message("Contact", "no mail", "IPM.Contact")], [None, inner])
    emails = [to_email(item, "x") for item in messages(root)]
    assert [email.error.code if email.error else email.text for email in emails] == [
        "First.",
        "unreadable_mail",
        "unreadable_mail",
        "Second.",
    ]
    assert (emails[0].client, emails[0].recipients) == ("ana@brightloom.example", ("tala@studio.example",))
    assert emails[0].sent_at is not None
    assert emails[0].sent_at.isoformat() == "2026-03-05T17:42:00+00:00"


def test_a_store_without_a_root_is_one_error_row(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage that libpff tells as a want of memory is a row, not a crash (found by fuzzing)."""

    def root() -> Folder:
        raise MemoryError("unable to create folder object")

    library = ModuleType("pypff")
    library.file = lambda: SimpleNamespace(open=str, close=bool, get_root_folder=root)  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "pypff", library)
    (tmp_path / "a.pst").write_bytes(b"!BDN")
    (email,) = open_mails(tmp_path / "a.pst")
    assert email.error is not None
    assert (email.error.code, email.source) == ("damaged_archive", "a.pst#1")
