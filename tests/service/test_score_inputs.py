"""`kyp score` and what it is given: copies, names, archives that break off, one's own mail; run inside this process."""

import gzip
import zipfile
from pathlib import Path

import pytest

from tests.service.scored import Score, Stopped, mail, rows, stop


def test_the_same_message_in_two_folders_is_scored_once(
    score: Score, mailbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy has no row of its own, and is counted; asked for, it has."""
    copy = tmp_path / "archive.mbox"
    copy.write_text(mail(3) + mail(77))
    score(tmp_path / "out.jsonl", mailbox, copy)
    assert [row["subject"] for row in rows(tmp_path / "out.jsonl")] == [*(f"n{n}" for n in range(60)), "n77"]
    assert "1 message had been there already" in capsys.readouterr().err
    score(tmp_path / "all.jsonl", mailbox, copy, keep_copies=True)
    assert len(rows(tmp_path / "all.jsonl")) == 62


def test_inputs_of_one_name_are_told_apart(score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names collide, also inside folders, a row's source is the path as given; a stopped run goes on so."""
    for n, place in enumerate(["a/x.mbox", "b/x.mbox", "c/in/x.mbox", "d/in/x.mbox", "e/in/y.mbox"]):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(mail(n))
    monkeypatch.chdir(tmp_path)
    score("rows.jsonl", "a/x.mbox", f"file://{tmp_path}/b/x.mbox", "c", "d/", "e", "e")
    expected = ["a/x.mbox#1", f"file://{tmp_path}/b/x.mbox#1", "c/in/x.mbox#1", "d/in/x.mbox#1", "in/y.mbox#1"]
    assert [row["source"] for row in rows(Path("rows.jsonl"))] == expected
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr("service.output._Kept.complete", stop)
        score("two.jsonl", "a/x.mbox", "b/x.mbox")
    score("two.jsonl", "a/x.mbox", "b/x.mbox", resume=True)
    assert [row["source"] for row in rows(Path("two.jsonl"))] == ["a/x.mbox#1", "b/x.mbox#1"]


def test_words_alone_make_no_copy(score: Score, tmp_path: Path) -> None:
    """Rows of a table that bear neither a date nor a Message-ID are messages of their own, however alike."""
    path = tmp_path / "notes.jsonl"
    path.write_text('{"subject": "Hi", "body": "Thank you!"}\n' * 3)
    score(tmp_path / "out.jsonl", path)
    assert len(rows(tmp_path / "out.jsonl")) == 3


def test_where_an_archive_breaks_off_is_told(
    score: Score, mailbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mailbox that was cut is no mail that could not be read: its name and the last whole mail are told."""
    cut = tmp_path / "cut.mbox.gz"
    cut.write_bytes(gzip.compress(mailbox.read_bytes(), 0)[:-200])
    score(tmp_path / "out.jsonl", cut)
    *_, last, lost = rows(tmp_path / "out.jsonl")
    assert lost["error"]["code"] == "damaged_archive"
    number = last["source"].rpartition("#")[2]
    line = f"kyp: cut.mbox.gz is damaged after mail {number}: what stands behind it was not read\n"
    assert capsys.readouterr().err == line
    cut.write_bytes(b"no gzip")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as packed:
        packed.writestr("a.mbox", mail(1))
        packed.writestr("b.mbox.gz", b"no gzip")
    score(tmp_path / "out.csv", cut, tmp_path / "two.zip")
    assert capsys.readouterr().err == (
        "kyp: cut.mbox.gz is damaged at its first mail: what stands behind it was not read\n"
        "kyp: two.zip is damaged after mail 1: what stands behind it in that item was not read\n"
    )


def test_own_mail_is_left_out(score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one wrote oneself is not judged; that one wrote before makes the client no stranger."""
    path = tmp_path / "all.mbox"
    me, ana = "tomas@studio.example", "ana@brightloom.example"
    path.write_text(mail(1, me, ana) + mail(2, ana, me) + mail(3, me, ana))
    score(tmp_path / "out.jsonl", path, own=frozenset({me}))
    assert [row["client"] for row in rows(tmp_path / "out.jsonl")] == [ana]
    assert "2 messages of your own left out" in capsys.readouterr().err


def test_an_own_address_that_sent_nothing_is_told(
    score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in --me is seen; what was sent before a run was stopped counts, too, and so does what workers read."""
    path, me, slip = tmp_path / "all.mbox", "tomas@studio.example", "tomas@studo.example"
    path.write_text("".join(mail(n, me if n < 5 else "ana@brightloom.example") for n in range(60)))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr("service.output._Kept.complete", stop)
        score(tmp_path / "a.jsonl", path, own=frozenset({me, slip}))
    score(tmp_path / "a.jsonl", path, own=frozenset({me, slip}), resume=True)
    assert capsys.readouterr().err == (
        "kyp: 5 messages of your own left out\nkyp: no mail here was sent from tomas@studo.example (--me)\n"
    )
    score(tmp_path / "b.jsonl", path, own=frozenset({me}), jobs=2)
    assert "--me" not in capsys.readouterr().err
