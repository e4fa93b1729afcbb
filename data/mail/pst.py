"""The messages of a .pst as Outlook items, folder by folder, through libpff; one bad item costs only itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from data.mail import rtf
from data.mail.charsets import decode
from data.mail.msg import Item

MAX_DEPTH = 60
MAX_ATTACHMENT = 64 * 1024 * 1024
_ADDRESS_TAGS = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_MAILS = ("ipm.note", "report.", "ipm.schedule", "ipm.post")  # contacts, tasks and notes are no mails
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError)


class Entry(Protocol):
    """What is used of a pypff record entry."""

    entry_type: int

    def get_data_as_string(self) -> str:
        """The value as text."""


class Message(Protocol):
    """What is used of a pypff message."""

    subject: str | None
    sender_name: str | None
    transport_headers: str | None
    plain_text_body: bytes | None
    html_body: bytes | None
    rtf_body: bytes | None
    client_submit_time: datetime | None
    number_of_record_sets: int


class Folder(Protocol):
    """What is used of a pypff folder."""

    number_of_sub_folders: int
    number_of_sub_messages: int

    def get_sub_folder(self, index: int) -> "Folder":
        """A folder inside."""

    def get_sub_message(self, index: int) -> Message:
        """A message inside."""


def messages(folder: Folder, depth: int = 0) -> Iterator[Item | None]:
    """Every mail of a folder and the folders inside, in the file's order; None for one that is damaged."""
    for index in range(_count(folder, "number_of_sub_messages")):
        try:
            message = folder.get_sub_message(index)
            if not hasattr(type(message), "client_submit_time"):
                continue  # libpff gives an item of another kind, such as a distribution list
            item = _item(message)
        except DAMAGE:
            yield None
            continue
        if item.kind.lower().startswith(_MAILS):
            yield item
    for index in range(_count(folder, "number_of_sub_folders") if depth < MAX_DEPTH else 0):
        try:
            inner = folder.get_sub_folder(index)
        except DAMAGE:
            yield None
            continue
        yield from messages(inner, depth + 1)


def _count(folder: Folder, name: str) -> int:
    try:
        return int(getattr(folder, name))
    except DAMAGE:
        return 0


def _item(message: Message) -> Item:
    fields = _texts(message)
    html = decode(_value(message, "html_body") or b"")
    body = decode(_value(message, "plain_text_body") or b"").rstrip("\x00")
    if not body.strip() and not html:
        wrapped, is_html = rtf.body(_value(message, "rtf_body") or b"")
        html, body = (wrapped, "") if is_html else ("", wrapped)
    sent = message.client_submit_time
    return Item(
        kind=fields.get(0x001A, "IPM.Note"),
        headers=message.transport_headers or "",
        subject=_plain_subject(message.subject or ""),
        sender_name=message.sender_name or "",
        sender_address=next((fields[tag] for tag in _ADDRESS_TAGS if "@" in fields.get(tag, "")), ""),
        to=fields.get(0x0E04, ""),
        cc=fields.get(0x0E03, ""),
        sent_at=sent.replace(tzinfo=UTC) if sent and sent.year > 1601 else None,
        message_id=fields.get(0x1035, ""),
        body=body,
        html=html,
        enclosed=tuple(_enclosed(message)),
    )


def _value(message: Message, name: str) -> bytes:
    """A body, where it is there and whole."""
    try:
        value = getattr(message, name)
    except DAMAGE:
        return b""
    return value if isinstance(value, bytes) else str(value or "").encode("utf-8", "replace")


def _plain_subject(subject: str) -> str:
    """A subject without the two control characters that tell the length of its prefix."""
    return subject[2:] if subject[:1] == "\x01" else subject


def _texts(message: Message) -> dict[int, str]:
    """The text properties that have no accessor of their own."""
    found: dict[int, str] = {}
    for index in range(message.number_of_record_sets):
        record_set = message.get_record_set(index)  # type: ignore[attr-defined]  # untyped C extension
        for number in range(record_set.number_of_entries):
            entry: Entry = record_set.get_entry(number)
            if entry.entry_type in (0x001A, 0x0E04, 0x0E03, 0x1035, *_ADDRESS_TAGS):
                try:
                    found[entry.entry_type] = entry.get_data_as_string()
                except DAMAGE:
                    continue
    return found


def _enclosed(message: Message) -> Iterator[bytes]:
    """The mails attached to a message."""
    for index in range(int(getattr(message, "number_of_attachments", 0))):
        try:
            attachment = message.get_attachment(index)  # type: ignore[attr-defined]  # untyped C extension
            name = str(getattr(attachment, "name", "") or "").lower()
            if name.endswith(".eml"):
                yield bytes(attachment.read_buffer(min(attachment.get_size(), MAX_ATTACHMENT)))
        except DAMAGE:
            continue
