"""`kyp score` beyond plain rows: stopped runs, one's own mail, copies, Parquet, and URLs; run inside this process."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

from data.errors import InputError, MissingExtra
from data.taxonomy import LABELS
from service.commands.score import Scoring, run
from service.rows import RowFormat

Score = Callable[..., None]

MAIL = (
    "From {sender} Thu Mar  5 17:42:00 2026\nFrom: {sender}\nTo: {to}\nSubject: n{n}\nMessage-ID: <{n}@x.example>\n"
    "Date: Thu, {day} Mar 2026 20:42:00 +0800\n\nDid my message {n} arrive? Copy me on every single step, today.\n\n"
)


def mail(n: int, sender: str = "ana@brightloom.example", to: str = "tomas@studio.example") -> str:
    """One mail of an mbox."""
    return MAIL.format(n=n, day=n % 28 + 1, sender=sender, to=to)


@pytest.fixture
def score(home: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Score inputs into an output with the shared model."""
    monkeypatch.setenv("KYP_HOME", str(home))

    def score(out: Path | str, *inputs: Path | str, **options: Any) -> None:
        chosen = RowFormat.of(str(out))
        run(Scoring([str(name) for name in inputs], str(out), chosen, **options))

    return score


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """An mbox of 60 mails of one client."""
    path = tmp_path / "inbox.mbox"
    path.write_text("".join(mail(n) for n in range(60)))
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Stopped(Exception):
    """The run ended here."""


@pytest.fixture
def stopped(score: Score, mailbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An output whose run was stopped after the first two chunks, and left half a row and half a line of journal."""
    from service.unfinished import Unfinished

    add, out = Unfinished.add, tmp_path / "out.jsonl"

    def stop_at_the_third(run: Unfinished, *what: Any) -> None:
        if run.reached.chunks == 2:
            raise Stopped
        add(run, *what)

    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Unfinished, "add", stop_at_the_third)
        score(out, mailbox)
    with (tmp_path / "out.jsonl.part").open("a") as part, (tmp_path / "out.jsonl.journal").open("a") as journal:
        part.write('{"id": "half a row')
        journal.write('{"items": 9')
    yield out
    assert not list(tmp_path.glob("out.*.*")), "nothing is left beside a whole output"


def test_a_stopped_run_goes_on(score: Score, stopped: Path, mailbox: Path, tmp_path: Path) -> None:
    """The output is the one of a run that was never stopped: same rows, same order, each once."""
    score(stopped, mailbox, resume=True)
    score(tmp_path / "whole.jsonl", mailbox)
    assert stopped.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert len(rows(stopped)) == 60


def test_rows_kept_in_the_folder_that_is_read_are_no_mails(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """A run whose output stands beside its mails goes on, and does not read what it kept itself."""
    (tmp_path / "z.mbox").write_text(mail(77))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr("service.output._Kept.complete", _stop)
        score(tmp_path / "out.jsonl", tmp_path)
    score(tmp_path / "out.jsonl", tmp_path, resume=True)
    assert [row["subject"] for row in rows(tmp_path / "out.jsonl")] == [*(f"n{n}" for n in range(60)), "n77"]
    assert mailbox.exists()


def test_a_stopped_run_is_not_begun_anew_unasked(score: Score, stopped: Path, mailbox: Path) -> None:
    """Hours of work are not thrown away: the refusal names the part and both ways out."""
    with pytest.raises(InputError, match=r"out.jsonl.part holds 48 mails .* --resume, or remove it"):
        score(stopped, mailbox)
    score(stopped, mailbox, resume=True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"own": frozenset({"tomas@studio.example"})}, "own addresses none, not tomas@studio.example"),
        ({"keep_copies": True}, "copies dropped, not kept"),
    ],
)
def test_only_the_same_run_goes_on(
    score: Score, stopped: Path, mailbox: Path, change: dict[str, Any], named: str
) -> None:
    """What would mix rows of two kinds is refused by name."""
    with pytest.raises(InputError, match=named):
        score(stopped, mailbox, resume=True, **change)
    score(stopped, mailbox, resume=True)


def test_a_changed_input_is_noticed(score: Score, stopped: Path, mailbox: Path) -> None:
    """An input that grew since is another one."""
    before = mailbox.read_bytes()
    at = mailbox.stat().st_mtime_ns
    mailbox.write_bytes(before + mail(99).encode())
    with pytest.raises(InputError, match=r"was begun with inputs .*inbox.mbox"):
        score(stopped, mailbox, resume=True)
    mailbox.write_bytes(before)

    os.utime(mailbox, ns=(at, at))
    score(stopped, mailbox, resume=True)


def test_a_run_that_ended_before_its_file_had_its_name(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """Where all rows were made but not delivered, they are delivered; no mail is judged again."""
    from service.unfinished import Unfinished

    out = tmp_path / "out.csv"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Unfinished, "_remove", _stop)
        score(out, mailbox)
    whole = out.read_bytes()
    out.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.judgement.Order.carry_out", _stop)
        score(out, mailbox, resume=True)
    assert out.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inbox.mbox", "out.csv"]


def _stop(*_: object) -> None:
    raise Stopped


def test_a_run_may_always_be_asked_to_resume(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """Where nothing was begun, --resume begins; and the other formats are made of whole rows at the end."""
    score(tmp_path / "out.csv", mailbox, resume=True)
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 61
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inbox.mbox", "out.csv"]


def test_standard_output_cannot_be_resumed(home: Path, mailbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how it can."""
    monkeypatch.setenv("KYP_HOME", str(home))
    with pytest.raises(InputError, match="--resume needs a file"):
        run(Scoring([str(mailbox)], None, RowFormat.JSONL, resume=True))


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
        patch.setattr("service.output._Kept.complete", _stop)
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
        patch.setattr("service.output._Kept.complete", _stop)
        score(tmp_path / "a.jsonl", path, own=frozenset({me, slip}))
    score(tmp_path / "a.jsonl", path, own=frozenset({me, slip}), resume=True)
    assert capsys.readouterr().err == (
        "kyp: 5 messages of your own left out\nkyp: no mail here was sent from tomas@studo.example (--me)\n"
    )
    score(tmp_path / "b.jsonl", path, own=frozenset({me}), jobs=2)
    assert "--me" not in capsys.readouterr().err


def test_parquet_is_typed(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """Each column has the type that a data frame wants; moments are in UTC with the sender's offset beside them."""
    score(tmp_path / "out.parquet", mailbox)
    table = pq.read_table(tmp_path / "out.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["sent_at"] == "timestamp[ms, tz=UTC]"
    assert (kinds["deadline"], kinds["urgency_claimed"], kinds["urgency"]) == ("date32[day]", "bool", "int8")
    assert {kinds[label] for label in LABELS} == {"float"}
    first = table.to_pylist()[0]
    assert (first["sent_at"].isoformat(), first["sent_at_offset"]) == ("2026-03-01T12:42:00+00:00", 8 * 60)
    assert all(first["text"][p["start"] : p["end"]] == p["text"] for p in first["evidence"] if p["in"] == "text")
    assert table.num_rows == 60


def test_parquet_needs_a_file(home: Path, mailbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard output it is refused, with the way out."""
    monkeypatch.setenv("KYP_HOME", str(home))
    with pytest.raises(InputError, match="-o"):
        run(Scoring([str(mailbox)], None, RowFormat.PARQUET))


def test_inputs_and_outputs_by_url(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """Fsspec's URLs stand for files on both sides; folders are read with all in them."""
    files = fsspec.filesystem("memory")
    files.pipe("/bucket/mails/a.mbox", mailbox.read_bytes())
    files.pipe("/bucket/mails/b.mbox", mail(77).encode())
    score("memory://bucket/rows.jsonl", "memory://bucket/mails")
    assert len(files.cat("/bucket/rows.jsonl").splitlines()) == 61
    score(f"file://{tmp_path}/rows.csv", f"file://{mailbox}")
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 61


def test_a_url_that_is_not_there(score: Score, tmp_path: Path) -> None:
    """It is named, and nothing is written."""
    with pytest.raises(InputError, match=r"memory://bucket/none\.mbox is not there"):
        score(tmp_path / "out.jsonl", "memory://bucket/none.mbox")
    with pytest.raises(InputError, match="nosuch://x is no URL"):
        score(tmp_path / "out.jsonl", "nosuch://x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("module", "extra", "out", "name"),
    [
        ("pyarrow", "kyp[parquet]", "out.parquet", "inbox.mbox"),
        ("fsspec", "kyp[remote]", "out.jsonl", "memory://bucket/x.mbox"),
    ],
)
def test_a_missing_extra_is_named(
    score: Score, mailbox: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, out: str, name: str
) -> None:
    """Without an optional package the message says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    source = name if "://" in name else mailbox
    with pytest.raises(MissingExtra, match=extra.replace("[", r"\[")):
        score(mailbox.parent / out, source)


def test_a_cluster_without_dask_or_scheduler(
    score: Score, mailbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is named; the address that nobody answers at is, too."""
    monkeypatch.setattr("service.pools._PATIENCE", "300ms")
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        score(tmp_path / "out.jsonl", mailbox, scheduler="tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"kyp\[dask\]"):
        score(tmp_path / "out.jsonl", mailbox, scheduler="tcp://127.0.0.1:9")


def test_progress_on_a_terminal(home: Path, mailbox: Path, tmp_path: Path) -> None:
    """On a terminal the number of mails and the rate are shown, on standard error; the bar is gone at the end."""
    program = f"{sys.executable} -c 'from service.cli import main; main()' score {mailbox} -o {tmp_path / 'out.jsonl'}"
    read, write = os.openpty()
    done = subprocess.run(  # noqa: S602 (our own words)
        program, shell=True, stdout=subprocess.PIPE, stderr=write, env=os.environ | {"KYP_HOME": str(home)}
    )
    os.close(write)
    shown = os.read(read, 1_000_000).decode()
    os.close(read)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "60 mails" in shown
    assert "a second" in shown
