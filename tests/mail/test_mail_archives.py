"""Archives of every kind give their mails one by one; a bad item costs itself only."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from data.errors import InputError, MissingExtra
from data.mail import mbox
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


@pytest.mark.parametrize("line", [b"From ana@b.example", b"From -", b"From x", b"From MAILER-DAEMON "])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_from_lines_without_a_date_part_mails(tmp_path: Path, line: bytes, ends: bytes) -> None:
    """An address, a dash or a word alone, with a mail's header right behind it, at the start and after a blank line."""
    traced = b"Received: from a\n by b\n" * 50 + b"Return-Path: <bo@other.example>\n" + TWO
    raw = b"\n".join((line + b"\n" + ONE, line + b"\n" + traced, LINE + ONE)).replace(b"\n", ends)
    found = list(mbox.find(BytesIO(raw)))
    assert [b"Received" in mail.raw for mail in found] == [False, True, False]
    assert texts(put(tmp_path / "in.mbox", raw)) == ["First.", "Second.", "First."]
    measured = b"Content-Length: %d\n\n%s\n" % (len(TWO) + 1, TWO)
    raw = line + b"\nFrom: ana@b.example\n" + measured + line + b"\n" + ONE
    assert len(texts(put(tmp_path / "in.mbox", raw))) == 2


@pytest.mark.parametrize(
    "words",
    [
        b"From Monday on we are open.\nDate: see below\nSubject: the same\n",
        b"From Monday\nFrom: 09:00\nTo: 17:00\n",
        b"From Ana:\nSubject: the drafts\nDate: Friday\n",
        b"From x\nand: so on\nFrom: ana@b.example\nSubject: no header\n",
        b"From ana@b.example\nthere was no answer yet.\n",
        b"From ana@b.example\nSubject: drafts\nThat is all she wrote.\n",
        b"From ana@b.example\n\nSubject: drafts\n",
        b"From -\n",
    ],
)
def test_no_sentence_that_begins_with_from_parts_mails(words: bytes) -> None:
    """Words that begin like a "From " line without a date, and even fields below them, stay in their mail."""
    raw = LINE + ONE + b"\n" + words + b"\nMore.\n\n" + LINE + TWO
    assert list(mbox.messages(BytesIO(raw))) == [ONE + b"\n" + words + b"\nMore.\n\n", TWO]
    assert len(list(mbox.messages(BytesIO(LINE + ONE + b"From ana@b.example\n" + TWO)))) == 1, "no blank line before"


@pytest.mark.parametrize("block", [1, 3, 17, 64, 200])
def test_blocks_cut_nothing(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """However little of a file is read at once, its mails and their places are the same."""
    quoted = b"See this mailbox:\n\n" + LINE + b"Subject: quoted\n\nIts text.\n"
    held = LINE + b"Subject: Three\nContent-Length: %d\n\n" % len(quoted) + quoted
    spaced = LINE + b"Subject: Four\r\n \t\r\nFrom Monday on we are open.\r\n\r\n>From Tuesday too.\r\nno end"
    undated = b"From bo@other.example\n" + TWO
    raw = b"\n".join((LINE + ONE, undated, held, spaced))
    for whole in (raw, raw.replace(b"\r", b"").replace(b"\n", b"\r")):
        expected = list(mbox.find(BytesIO(whole)))
        monkeypatch.setattr(mbox, "_BLOCK", block)
        assert list(mbox.find(BytesIO(whole))) == expected
        monkeypatch.undo()
        assert len(expected) == 4
        assert all(one.start is None or whole[one.start :].startswith(one.raw[:20]) for one in expected)


def test_a_content_length_spares_the_from_lines_of_a_text(tmp_path: Path) -> None:
    """In mboxcl the length tells where a mail ends, also where its text holds a mailbox; a wrong one does not."""
    text = b"See this mailbox:\n\n" + LINE + b"Subject: quoted\n\nIts text.\n"
    for length, count in ((len(text), 2), (len(text) + 7, 3), (10_000_000, 3), (0, 3)):
        head = b"From: Ana <ana@brightloom.example>\nContent-Length: %d\n\n" % length
        rows = texts(put(tmp_path / "in.mbox", LINE + head + text + b"\n" + LINE + TWO))
        assert (len(rows), rows[-1]) == (count, "Second.")


def test_other_from_lines_and_line_ends(tmp_path: Path) -> None:
    """Thunderbird's bare "From " lines, Google's long numbers, the old Macintosh's line ends."""
    assert texts(put(tmp_path / "a.mbox", b"From \n" + ONE + b"\nFrom \n" + TWO)) == ["First.", "Second."]
    google = b"From 1858732@xxx Thu Mar 05 17:42:00 +0000 2026\n"
    assert texts(put(tmp_path / "b.mbox", google + ONE + b"\n" + google + TWO)) == ["First.", "Second."]
    returns = (LINE + ONE + b"\n" + LINE + TWO).replace(b"\n", b"\r")
    assert texts(put(tmp_path / "c.mbox", returns)) == ["First.", "Second."]


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


def test_what_cannot_be_opened_in_a_folder_keeps_its_row(tmp_path: Path) -> None:
    """A file of a known kind that is damaged is told, and named as it is inside; only what holds no mails is not."""
    put(tmp_path / "in/a.zip", b"PK\x03\x04 and no more")
    put(tmp_path / "in/deep/b.msg", b"no message")
    put(tmp_path / "in/c.csv.gz", gzip.compress(b"subject,body\n"))
    put(tmp_path / "in/d.eml.gz", gzip.compress(ONE * 500)[:-30])
    put(tmp_path / "in/e.eml", ONE)
    for name, raw in (("f.png", b"\x89PNG"), ("g.csv", b"a,b\n1,2\n"), ("h.tar.gz", gzip.compress(b"\0" * 600))):
        put(tmp_path / "in" / name, raw)
    rows = list(open_mails(tmp_path / "in"))
    said = [(row.source, row.error.code if row.error else row.text) for row in rows]
    assert said == [
        ("a.zip", "bad_input"),
        ("c.csv.gz", "bad_input"),
        ("d.eml.gz", "unreadable_mail"),
        ("deep/b.msg", "bad_input"),
        ("e.eml", "First."),
    ]
    assert [row.error.message.split(" is ")[0] for row in rows if row.error][::3] == ["a.zip", "deep/b.msg"]


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


def test_a_zip_of_everything_that_stands_alone(tmp_path: Path) -> None:
    """Tables, packed mailboxes and Outlook's items in a zip are read as outside; what cannot be read is a row."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "subject,body\nOne,First.\n")
        archive.writestr("b.jsonl", '{"body": "Second."}\n')
        archive.writestr("c.MBOX.GZ", gzip.compress(LINE + ONE + b"\n" + LINE + TWO))
        archive.writestr("d.msg", b"no message")
        archive.writestr("e.csv", "a,b\n1,2\n")
        archive.writestr("f.eml", ONE)
    rows = list(open_mails(path))
    said = [row.error.code if row.error else row.text for row in rows]
    assert said == ["First.", "Second.", "First.", "Second.", "bad_input", "bad_input", "First."]
    assert [row.source for row in rows] == [f"in.zip#{number}" for number in range(1, 8)]


def test_a_folder_with_outlook_items_is_read_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the optional part is missing for is one error row that names it; the other mails are read."""
    monkeypatch.setitem(__import__("sys").modules, "olefile", None)
    put(tmp_path / "in/a.msg", b"\xd0\xcf\x11\xe0")
    put(tmp_path / "in/b.eml", ONE)
    first, second = open_mails(tmp_path / "in")
    assert first.error is not None
    assert (first.error.code, "kyp[outlook]" in first.error.message, second.text) == ("missing_extra", True, "First.")


@pytest.mark.parametrize("opening", ["sep=;\r\n", ""])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_tables_as_excel_writes_them(tmp_path: Path, opening: str, ends: str) -> None:
    """A first line may name the delimiter, and lines may end in any way."""
    raw = (opening + f"subject;body{ends}One;First, and last.{ends}").encode()
    assert texts(put(tmp_path / "in.csv", raw)) == ["First, and last."]


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
