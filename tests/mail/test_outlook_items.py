"""Outlook's items: properties of a .msg, RTF and winmail.dat become the same mails as everything else."""

import io
import struct
from collections.abc import Sequence
from typing import IO

from data.mail import rtf, tnef
from data.mail.msg import raw_mail, read_item
from data.mail.outlook import to_email
from data.mail.reading import read

COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


class Streams:
    """The streams of a .msg in memory, as olefile shows them."""

    def __init__(self, streams: dict[tuple[str, ...], bytes]) -> None:
        self.streams = streams

    def exists(self, filename: Sequence[str]) -> bool:
        """Whether a stream is there."""
        return tuple(filename) in self.streams

    def openstream(self, filename: Sequence[str]) -> IO[bytes]:
        """Open a stream."""
        return io.BytesIO(self.streams[tuple(filename)])

    def listdir(self, streams: bool, storages: bool) -> list[list[str]]:
        """All paths."""
        return [list(path) for path in self.streams if streams or storages]


def properties(header: int, ticks: int) -> bytes:
    return bytes(header) + struct.pack("<HHIQ", 0x40, 0x0039, 6, ticks)


def item(texts: dict[str, str], at: tuple[str, ...] = (), header: int = 32) -> dict[tuple[str, ...], bytes]:
    streams = {(*at, f"__substg1.0_{tag}001F"): text.encode("utf-16-le") for tag, text in texts.items()}
    return {**streams, (*at, "__properties_version1.0"): properties(header, 134_172_061_200_000_000)}


ANA = {"0037": "Größe", "1000": "Hello\r\nthere", "0C1A": "Ana Cruz", "5D01": "ana@brightloom.example"}


def test_an_item_without_transport_headers_is_read() -> None:
    """Subject, text, sender and date come from the item's properties."""
    email = to_email(read_item(Streams(item(ANA)), ()), "a.msg")
    assert (email.subject, email.text, email.client) == ("Größe", "Hello\nthere", "ana@brightloom.example")
    assert (email.client_name, email.source) == ("Ana Cruz", "a.msg")
    assert email.sent_at is not None
    assert email.sent_at.year == 2026


def test_recipients_come_with_their_addresses() -> None:
    """The table of recipients gives addresses that the item's own line of names does not."""

    def recipient(number: int, kind: int, texts: dict[str, str]) -> dict[tuple[str, ...], bytes]:
        at = (f"__recip_version1.0_#{number:08X}",)
        kept = bytes(8) + struct.pack("<HHIQ", 0x03, 0x0C15, 6, kind)
        return {**item(texts, at), (*at, "__properties_version1.0"): kept}

    tala = recipient(0, 1, {"3001": "Tala Reyes", "39FE": "tala@studio.example"})
    joy = recipient(1, 2, {"3001": "'Joy'", "3003": "joy@studio.example"})
    email = to_email(read_item(Streams({**item({**ANA, "0E04": "Tala Reyes", "0E03": "Joy"}), **tala, **joy}), ()), "x")
    assert (email.recipients, email.copied) == (("tala@studio.example",), ("joy@studio.example",))


def test_narrow_texts_are_read_by_the_items_language() -> None:
    """Texts of one byte a character are in the code page of the item's locale, not in that of the transport."""
    streams = item({"0C1A": "Ana"})
    streams[("__substg1.0_0037001E",)] = "見積もり".encode("cp932")
    streams[("__substg1.0_1000001E",)] = "はい".encode("cp932")
    extra = struct.pack("<HHIQ", 0x03, 0x3FDE, 6, 50220) + struct.pack("<HHIQ", 0x03, 0x3FF1, 6, 1041)
    streams[("__properties_version1.0",)] += extra
    email = to_email(read_item(Streams(streams), ()), "x")
    assert (email.subject, email.text) == ("見積もり", "はい")


def test_an_item_forwarded_as_an_attachment_is_unwrapped() -> None:
    """A message enclosed in a forward is the client's."""
    inner = item(ANA, ("__attach_version1.0_#00000000", "__substg1.0_3701000D"), 24)
    outer = item({"0037": "FW: Größe", "1000": "For you.", "0C1A": "Tala", "5D01": "tala@studio.example"})
    email = read(raw_mail(read_item(Streams({**inner, **outer}), ())), "a.msg")
    assert (email.client, email.text, email.remark) == ("ana@brightloom.example", "Hello\nthere", "For you.")


def test_meetings_and_reports_are_marked() -> None:
    """The item's class tells its kind."""
    kinds = [
        to_email(read_item(Streams(item({**ANA, "001A": name})), ()), "x").kind
        for name in ("IPM.Appointment", "REPORT.IPM.Note.NDR")
    ]
    assert kinds == ["calendar", "bounce"]


def test_compressed_rtf_is_undone() -> None:
    """The example of the format's specification gives its text."""
    assert rtf.body(rtf.decompress(COMPRESSED)) == ("hello world", False)


def test_html_wrapped_in_rtf_is_taken_out() -> None:
    """Outlook's RTF around HTML is HTML again."""
    wrapped = rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'f6\'dfe{\*\htmltag72 </p>}}"
    assert rtf.body(wrapped) == ("<p>Größe</p>", True)


def test_winmail_dat_gives_its_text() -> None:
    """A mail whose only content is winmail.dat is read; a cut one raises nothing."""
    text = b"Hello from TNEF\x00"
    stream = (
        struct.pack("<IH", 0x223E9F78, 1) + b"\x01" + struct.pack("<II", 0x0002800C, len(text)) + text + b"\x00\x00"
    )
    raw = b"From: a@b.example\nContent-Type: application/ms-tnef; name=winmail.dat\n\n" + stream
    assert read(raw, "x").text == "Hello from TNEF"
    assert [list(tnef.bodies(stream[:cut])) for cut in range(15)] == [[]] * 15
