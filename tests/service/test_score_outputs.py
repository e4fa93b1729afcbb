"""`kyp score` beyond plain rows: stopped runs, one's own mail, copies, Parquet, and URLs; run inside this process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

from data.errors import InputError, MissingExtra
from data.taxonomy import LABELS
from service.commands.score import Scoring, run
from service.rows import RowFormat
from tests.service.scored import Score, Stopped, mail, rows, stop


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
        patch.setattr("service.output._Kept.complete", stop)
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
        patch.setattr(Unfinished, "_remove", stop)
        score(out, mailbox)
    whole = out.read_bytes()
    out.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.judgement.Order.carry_out", stop)
        score(out, mailbox, resume=True)
    assert out.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inbox.mbox", "out.csv"]


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
