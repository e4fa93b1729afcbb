"""Outlook items as plain records, read from the streams of a .msg (MS-OXMSG), and turned into raw mails."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import IO, Protocol

from data.mail import rtf
from data.mail.charsets import decode

MAX_STREAM = 64 * 1024 * 1024
MAX_ATTACHMENTS = 200
MAX_RECIPIENTS = 500
MAX_DEPTH = 8
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_DROPPED = ("content-type:", "content-transfer-encoding:", "mime-version:", "content-disposition:")
_PAGES = {  # Windows' language numbers to code pages
    0x11: 932, 0x12: 949, 0x04: 936, 0x19: 1251, 0x22: 1251, 0x02: 1251, 0x08: 1253, 0x1F: 1254, 0x0D: 1255, 0x01: 1256,
    0x1E: 874, 0x05: 1250, 0x0E: 1250, 0x15: 1250, 0x18: 1250, 0x1A: 1250, 0x1B: 1250, 0x24: 1250, 0x2A: 1258,
}  # fmt: skip
_INTERNET = {50220: 932, 50221: 932, 50222: 932, 51932: 932, 51949: 949, 52936: 936, 20127: 1252, 28591: 1252}
_TO, _CC = 1, 2
_BOUNDARY = "kyp-outlook-part"


class Storage(Protocol):
    """What is used of an olefile.OleFileIO."""

    def exists(self, filename: Sequence[str]) -> bool:
        """Whether a stream or storage is there."""

    def openstream(self, filename: Sequence[str]) -> IO[bytes]:
        """Open a stream."""

    def listdir(self, streams: bool, storages: bool) -> list[list[str]]:
        """All paths."""


@dataclass(frozen=True, slots=True)
class Item:
    """One Outlook item: what its mail would say."""

    kind: str = "IPM.Note"
    headers: str = ""
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    to: str = ""
    cc: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    body: str = ""
    html: str = ""
    enclosed: tuple[bytes, ...] = ()


def raw_mail(item: Item) -> bytes:
    """An item as a raw mail: its transport headers where it has them, else headers made of its properties."""
    head = _transport(item.headers) if "from:" in item.headers.lower() else _made(item)
    text, subtype = (item.body, "plain") if item.body.strip() or not item.html else (item.html, "html")
    content = f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    if not item.enclosed:
        return f"{head}{content}".encode("utf-8", "replace")
    parts = [f"--{_BOUNDARY}\n{content}".encode("utf-8", "replace")]
    parts += [f"--{_BOUNDARY}\nContent-Type: message/rfc822\n\n".encode() + mail + b"\n" for mail in item.enclosed]
    top = f'{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{_BOUNDARY}"\n\n'.encode(
        "utf-8", "replace"
    )
    return top + b"".join(parts) + f"--{_BOUNDARY}--\n".encode()


def _transport(headers: str) -> str:
    """The headers that the mail came with, without those that told of its old form."""
    kept: list[str] = []
    keep = True
    for line in headers.replace("\r\n", "\n").split("\n"):
        if line[:1] not in (" ", "\t"):
            keep = bool(line.strip()) and ":" in line and not line.lower().startswith(_DROPPED)
        if keep:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _made(item: Item) -> str:
    address = item.sender_address if "@" in item.sender_address else ""
    sender = f'"{item.sender_name}" <{address}>' if address else item.sender_name
    fields = {
        "From": sender,
        "To": item.to,
        "Cc": item.cc,
        "Subject": item.subject,
        "Message-ID": item.message_id,
        "Date": format_datetime(item.sent_at) if item.sent_at else "",
    }
    lines = [f"{name}: {' '.join(value.split())}" for name, value in fields.items() if value.strip()]
    return "\n".join(["X-Kyp-Made: outlook", *lines]) + "\n"


def read_item(storage: Storage, path: tuple[str, ...], depth: int = 0) -> Item:
    """Read the item at a path of the file (the root, or a message enclosed in it)."""
    fixed = _fixed(storage, path, 32 if not path else 24)
    codec = _codec(fixed)

    def text(*tags: int) -> str:
        return next((found for tag in tags if (found := _text(storage, path, tag, codec))), "")

    html, body = _html(storage, path, codec), text(0x1000)
    if not body.strip() and not html:
        wrapped, is_html = rtf.body(rtf.decompress(_binary(storage, path, 0x1009)))
        html, body = (wrapped, body) if is_html else ("", wrapped)
    kind = text(0x001A) or "IPM.Note"
    return Item(
        kind=kind,
        headers=text(0x007D),
        subject=text(0x0037, 0x0E1D),
        sender_name=text(0x0C1A, 0x0042),
        sender_address=next((a for tag in (0x5D01, 0x5D02, 0x0C1F, 0x0065) if "@" in (a := text(tag))), ""),
        to=_recipients(storage, path, codec, _TO) or text(0x0E04),
        cc=_recipients(storage, path, codec, _CC) or text(0x0E03),
        sent_at=_moment(fixed.get(0x0039) or fixed.get(0x0E06)),
        message_id=text(0x1035),
        body=body,
        html=html,
        enclosed=_enclosed(storage, path, depth) if depth < MAX_DEPTH and kind.lower().startswith("ipm.note") else (),
    )


def _enclosed(storage: Storage, path: tuple[str, ...], depth: int) -> tuple[bytes, ...]:
    """The mails attached to an item: Outlook items, and .eml files."""
    found: list[bytes] = []
    for place in _inside(storage, path, "__attach_version1.0_#", MAX_ATTACHMENTS):
        inner = (*place, "__substg1.0_3701000D")
        if storage.exists((*inner, "__properties_version1.0")):
            found.append(raw_mail(read_item(storage, inner, depth + 1)))
        elif _text(storage, place, 0x3707, "cp1252").lower().endswith(".eml"):
            found.append(_binary(storage, place, 0x3701))
    return tuple(found)


def _recipients(storage: Storage, path: tuple[str, ...], codec: str, kind: int) -> str:
    """The mailboxes of the recipients of one kind, as a header's value; a name alone where there is no address."""
    found: list[str] = []
    for place in _inside(storage, path, "__recip_version1.0_#", MAX_RECIPIENTS):
        if _fixed(storage, place, 8).get(0x0C15, 0) & 0xF != kind:
            continue
        name = _text(storage, place, 0x3001, codec).replace('"', "'").strip("'")
        address = next((a for tag in (0x39FE, 0x3003) if "@" in (a := _text(storage, place, tag, codec))), "")
        found.append(f'"{name}" <{address}>' if address else f'"{name}"')
    return ", ".join(found)


def _inside(storage: Storage, path: tuple[str, ...], prefix: str, most: int) -> list[tuple[str, ...]]:
    """The storages below an item whose names begin so, in order."""
    size = len(path) + 1
    names = {
        entry[len(path)]
        for entry in storage.listdir(True, True)
        if len(entry) >= size and tuple(entry[: len(path)]) == path and entry[len(path)].startswith(prefix)
    }
    return [(*path, name) for name in sorted(names)[:most]]


def _stream(storage: Storage, path: tuple[str, ...], name: str) -> bytes:
    place = (*path, name)
    return storage.openstream(place).read(MAX_STREAM) if storage.exists(place) else b""


def _text(storage: Storage, path: tuple[str, ...], tag: int, codec: str) -> str:
    wide = _stream(storage, path, f"__substg1.0_{tag:04X}001F")
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\x00")
    return decode(_stream(storage, path, f"__substg1.0_{tag:04X}001E"), codec).rstrip("\x00")


def _binary(storage: Storage, path: tuple[str, ...], tag: int) -> bytes:
    return _stream(storage, path, f"__substg1.0_{tag:04X}0102")


def _html(storage: Storage, path: tuple[str, ...], codec: str) -> str:
    return _text(storage, path, 0x1013, codec) or decode(_binary(storage, path, 0x1013), codec)


def _fixed(storage: Storage, path: tuple[str, ...], header: int) -> dict[int, int]:
    """The properties of fixed size: tag to value."""
    data = _stream(storage, path, "__properties_version1.0")
    found: dict[int, int] = {}
    for position in range(header, len(data) - 15, 16):
        _, tag, _, value = struct.unpack_from("<HHIQ", data, position)
        found[tag] = value
    return found


def _codec(fixed: dict[int, int]) -> str:
    """The code page of the item's narrow texts."""
    internet = fixed.get(0x3FDE, 0) & 0xFFFFFFFF
    page = fixed.get(0x3FFD, 0) & 0xFFFFFFFF or _PAGES.get(fixed.get(0x3FF1, 0) & 0x3FF, 0)
    page = page or _INTERNET.get(internet, internet)
    return "utf-8" if page == 65001 else f"cp{page}" if page else ""


def _moment(ticks: int | None) -> datetime | None:
    """A FILETIME (100 ns since 1601) as datetime."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None
