"""Archives of every kind give their mails one by one; a bad item costs itself only."""

import gzip
import zipfile
from pathlib import Path

import pytest

from data.errors import InputError, MissingExtra
from data.mail.archives import open_mails

ONE = b"From: Ana <ana@brightloom.example>\nSubject: One\n\nFirst.\n"
TWO = b"From: Bo <bo@other.example>\nSubject: Two\n\nSecond.\n"
LINE = b"From ana@brightloom.example Thu Mar  5 17:42:00 2026\n"


def texts(path: Path) -> list[str]:
    return [email.text for email in open_mails(path)]


def put(path: Path, raw: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_mailbox_is_cut_into_its_mails(tmp_path: Path, ends: bytes, packed: bool) -> None:
    """Plain or packed, with any line ends: each mail is named NAME#n."""
    raw = (LINE + ONE + b"\n" + LINE + TWO).replace(b"\n", ends)
    path = put(tmp_path / ("in.mbox.gz" if packed else "in.mbox"), gzip.compress(raw) if packed else raw)
    assert [(e.source, e.text) for e in open_mails(path)] == [
        (f"{path.name}#1", "First."),
        (f"{path.name}#2", "Second."),
    ]


def test_from_at_the_start_of_a_line_of_text_cuts_nothing(tmp_path: Path) -> None:
    """An unescaped "From " in a text, and an escaped one, stay in their mail."""
    body = ONE + b"\nFrom Monday at 10:00 we are open.\n\n>From Tuesday too.\n"
    emails = texts(put(tmp_path / "in.mbox", LINE + body + b"\n" + LINE + TWO))
    assert emails == ["First.\n\nFrom Monday at 10:00 we are open.\n\nFrom Tuesday too.", "Second."]


def test_a_broken_item_keeps_its_row(tmp_path: Path) -> None:
    """Binary between two mails is one error row; both mails are read."""
    junk = bytes(byte for byte in range(256) if byte not in b"\r\n") * 4
    rows = list(open_mails(put(tmp_path / "in.mbox", LINE + ONE + b"\n" + LINE + junk + b"\n\n" + LINE + TWO)))
    assert [row.error.code if row.error else row.text for row in rows] == ["First.", "unreadable_mail", "Second."]


def test_a_cut_gzip_gives_what_is_whole(tmp_path: Path) -> None:
    """The mails before the damage are read, and the damage is a row."""
    raw = gzip.compress(LINE + ONE + b"\n" + LINE + TWO * 2000 + b"\n" + LINE + ONE)
    rows = list(open_mails(put(tmp_path / "in.mbox.gz", raw[:-60])))
    assert rows[0].text == "First."
    assert rows[-1].error is not None
    assert rows[-1].error.code == "damaged_archive"


def test_single_files_and_their_kinds(tmp_path: Path) -> None:
    """.eml and .emlx, and a file without a suffix that begins like a mail."""
    assert texts(put(tmp_path / "a.eml", ONE)) == ["First."]
    assert texts(put(tmp_path / "a.emlx", b"%d\n%b<?xml version='1.0'?><plist/>" % (len(ONE), ONE))) == ["First."]
    assert texts(put(tmp_path / "saved", TWO)) == ["Second."]


def test_a_maildir_and_a_folder(tmp_path: Path) -> None:
    """Maildir's cur and new are read, tmp is not; in a folder other files are passed over."""
    put(tmp_path / "box/cur/1:2,S", ONE)
    put(tmp_path / "box/new/2", TWO)
    put(tmp_path / "box/tmp/3", ONE)
    assert texts(tmp_path / "box") == ["First.", "Second."]
    put(tmp_path / "mixed/b.eml", TWO)
    put(tmp_path / "mixed/a/in.mbox", LINE + ONE)
    put(tmp_path / "mixed/notes.txt", b"no mail at all\n")
    assert texts(tmp_path / "mixed") == ["First.", "Second."]


def test_a_zip_of_mails(tmp_path: Path) -> None:
    """Mails and mailboxes in a zip are read in order and numbered through."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("in/a.eml", ONE)
        archive.writestr("in/b.mbox", LINE + TWO + b"\n" + LINE + ONE)
        archive.writestr("readme.txt", "no mail")
    assert [(e.source, e.text) for e in open_mails(path)] == [
        ("in.zip#1", "First."),
        ("in.zip#2", "Second."),
        ("in.zip#3", "First."),
    ]


def test_bombs_and_paths_that_lead_out_are_refused(tmp_path: Path) -> None:
    """An item that swells, and one that names a place outside, are error rows; the rest is read."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.eml", b"\0" * 20_000_000)
        archive.writestr("../../out.eml", ONE)
        archive.writestr("good.eml", TWO)
    rows = list(open_mails(path))
    assert [row.error.code if row.error else row.text for row in rows] == ["archive_bomb", "unsafe_path", "Second."]


@pytest.mark.parametrize(
    "header",
    [
        "subject,body,from,sent_at",
        "Subject,Body,From: (Address),Date",
        "Paksa,Katawan,Mula kay: (Address),Petsa",
        "Subjek,Kandungan,Daripada: (Alamat),Tarikh",
    ],
)
@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")]
)
def test_tables_of_outlook_and_gmail(tmp_path: Path, header: str, delimiter: str, encoding: str) -> None:
    """Columns are known in three languages, in any usual encoding and with any delimiter."""
    row = '"Größe","Erste Zeile\nzweite","ana@brightloom.example","2026-03-05T17:42:00+08:00"'
    raw = f"{header}\n{row}\n".replace(",", delimiter).encode(encoding)
    (email,) = open_mails(put(tmp_path / "in.csv", raw))
    assert (email.subject, email.text, email.client) == ("Größe", "Erste Zeile\nzweite", "ana@brightloom.example")
    assert email.sent_at is not None
    assert email.sent_at.isoformat() == "2026-03-05T17:42:00+08:00"


def test_json_lines(tmp_path: Path) -> None:
    """One object a line; a line that is none is an error row."""
    lines = b'{"subject": "S", "body": "First.", "from": "Ana <ana@b.example>", "sent_at": null}\nnonsense\n[1]\n'
    rows = list(open_mails(put(tmp_path / "in.jsonl", lines)))
    assert [row.error.code if row.error else row.text for row in rows] == ["First.", "bad_record", "bad_record"]


@pytest.mark.parametrize(
    ("name", "raw"), [("a.png", b"\x89PNG\r\n"), ("a.txt", b"no mail\n"), ("a.csv", b"a,b\n1,2\n")]
)
def test_unknown_kinds_are_refused_with_the_known_ones(tmp_path: Path, name: str, raw: bytes) -> None:
    """A file of another kind raises at once, and the message says what can be given."""
    with pytest.raises(InputError, match=r"give|name"):
        open_mails(put(tmp_path / name, raw))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(InputError, match=r"nowhere\.mbox"):
        open_mails(tmp_path / "nowhere.mbox")


@pytest.mark.parametrize(("name", "raw"), [("a.msg", b"\xd0\xcf\x11\xe0"), ("a.pst", b"!BDN")])
def test_outlook_names_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, raw: bytes) -> None:
    """Without the optional libraries the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "olefile", None)
    monkeypatch.setitem(__import__("sys").modules, "pypff", None)
    with pytest.raises(MissingExtra, match=r"kyp\[outlook\]"):
        open_mails(put(tmp_path / name, raw))
