"""`kyp score -o rows.parquet/`: parts beside each other, each whole or not there, read as one table."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from data.errors import InputError, MissingExtra
from service.commands.score import Scoring, run
from service.parquet import open_parquet
from service.parts import Parts
from service.rows import RowFormat

MAIL = (
    "From x Thu Mar  5 17:42:00 2026\nFrom: client{client}@x.example\nSubject: n{n}\nMessage-ID: <{n}@x.example>\n"
    "Date: Thu, {day} Mar 2026 20:42:00 +0800\n\nDid my message {n} arrive? Copy me on every single step, today.\n\n"
)
SIZE, MAILS = 25, 60  # rows of a part, mails without copies: two full parts and one of ten
NAMES = ["_SUCCESS", "part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]

Score = Callable[..., None]


@pytest.fixture
def score(home: Path, mailbox: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Score the mailbox with the shared model."""
    monkeypatch.setenv("KYP_HOME", str(home))

    def score(out: Path | str, **options: Any) -> None:
        run(Scoring([str(mailbox)], str(out), RowFormat.of(str(out)), **{"rows_a_part": SIZE} | options))

    return score


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """An mbox of sixty mails of three clients, and six copies among them."""
    path = tmp_path / "inbox.mbox"
    mails = [MAIL.format(n=n, day=n % 28 + 1, client=n % 3) for n in range(MAILS)]
    path.write_text("".join(mail + mail * (n % 10 == 3) for n, mail in enumerate(mails)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the parts go."""
    return tmp_path / "rows.parquet"


@pytest.fixture
def whole(score: Score, tmp_path: Path) -> Any:
    """The same rows in one file."""
    score(tmp_path / "whole.parquet")
    return pq.read_table(tmp_path / "whole.parquet")


def names(folder: Path) -> list[str]:
    """All files of a folder, the hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_parts_are_one_table(score: Score, folder: Path, whole: Any, jobs: int) -> None:
    """In the order of their names they hold the rows of one file: each message once, no matter how many processes."""
    score(f"{folder}/", jobs=jobs)
    assert names(folder) == NAMES
    assert [pq.read_metadata(part).num_rows for part in sorted(folder.glob("part*"))] == [25, 25, 10]
    assert ds.dataset(folder).to_table().equals(whole)
    assert pq.read_table(folder).equals(whole)
    assert sorted(path.name for path in folder.parent.iterdir()) == ["inbox.mbox", "rows.parquet", "whole.parquet"]


class Stopped(Exception):
    """The run ended here."""


@pytest.fixture
def stopped(score: Score, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose run was stopped in the middle of its second part, which is half written."""

    def stop(place: Path) -> Any:
        if place.name == "part-00001.parquet":
            (folder / f".{place.name}.4711").write_bytes(b"PAR1 half a part")
            raise Stopped
        return open_parquet(place)

    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr("service.parts.open_parquet", stop)
        score(f"{folder}/")
    return folder


def test_parts_can_be_read_before_all_are_there(stopped: Path) -> None:
    """What has its name is whole; readers pass over the rest; that all is there is not said."""
    assert names(stopped) == [".part-00001.parquet.4711", "part-00000.parquet"]
    assert ds.dataset(stopped).count_rows() == SIZE


def test_whole_parts_are_not_made_again(score: Score, stopped: Path, whole: Any) -> None:
    """A resumed run adds the parts that are missing, and leaves nothing half written; the table is the same."""
    before = (stopped / "part-00000.parquet").stat()
    score(f"{stopped}/", resume=True)
    after = (stopped / "part-00000.parquet").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert names(stopped) == NAMES
    assert ds.dataset(stopped).to_table().equals(whole)


def test_a_run_that_ended_before_it_said_so(score: Score, folder: Path, whole: Any) -> None:
    """Where all rows were made but not all parts, the rest is made of the rows; no mail is judged again."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Parts, "deliver", _stop)
        score(f"{folder}/")
    assert names(folder) == NAMES[1:3]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.judgement.Order.carry_out", _stop)
        score(f"{folder}/", resume=True)
    assert names(folder) == NAMES
    assert ds.dataset(folder).to_table().equals(whole)


def _stop(*_: object) -> None:
    raise Stopped


def test_parts_of_two_sizes_do_not_mix(score: Score, stopped: Path) -> None:
    """A run goes on with the size that it was begun with."""
    with pytest.raises(InputError, match="begun with rows a part 25, not 30"):
        score(f"{stopped}/", resume=True, rows_a_part=30)


def test_two_runs_do_not_mix(score: Score, folder: Path, tmp_path: Path) -> None:
    """A folder that holds something is left as it is, asked to resume or not, and nothing is left beside it."""
    score(f"{folder}/")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    for resume in (False, True):
        with pytest.raises(InputError, match=r"rows.parquet/ holds something already: name a new folder"):
            score(f"{folder}/", resume=resume)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inbox.mbox", "rows.parquet"]


def test_a_file_is_no_folder(score: Score, folder: Path) -> None:
    """It is not replaced."""
    folder.write_text("mine")
    with pytest.raises(InputError, match=r"rows\.parquet is a file"):
        score(f"{folder}/")
    assert folder.read_text() == "mine"


def test_no_rows_make_an_empty_table(score: Score, folder: Path) -> None:
    """Of mail that leaves no rows there is a part without rows, which has the columns."""
    own = frozenset(f"client{n}@x.example" for n in range(3))
    score(f"{folder}/", own=own)
    table = ds.dataset(folder).to_table()
    assert (table.num_rows, "client" in table.column_names) == (0, True)


@pytest.mark.parametrize(("size", "rows"), [(30, [30, 30]), (1_000, [60])])
def test_full_parts_and_short_ones(score: Score, folder: Path, size: int, rows: list[int]) -> None:
    """Where the rows come out even no empty part follows; where they fill none there is one."""
    score(f"{folder}/", rows_a_part=size)
    assert [pq.read_metadata(part).num_rows for part in sorted(folder.glob("part*"))] == rows


def test_other_rows_are_refused_a_folder(score: Score, mailbox: Path, tmp_path: Path) -> None:
    """Only Parquet has parts; a single mail from standard input has none either."""
    with pytest.raises(InputError, match="rows/ is a folder, for Parquet parts"):
        score(f"{tmp_path}/rows/")
    with pytest.raises(InputError, match="from standard input"):
        run(Scoring(["-"], f"{tmp_path}/rows.parquet/", RowFormat.PARQUET))
    assert list(tmp_path.iterdir()) == [mailbox]


def test_a_missing_extra_is_told_before_any_work(score: Score, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after the first ten thousand mails."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.setattr("service.judgement.Order.carry_out", _stop)
    with pytest.raises(MissingExtra, match=r"kyp\[parquet\]"):
        score(f"{folder}/")


def test_parts_at_a_url(score: Score, home: Path, whole: Any) -> None:
    """Each part goes to the URL when it is whole; a run that is stopped goes on; nothing stays behind in the home."""
    url, files = "memory://bucket/rows.parquet", fsspec.filesystem("memory")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Parts, "deliver", _stop)
        score(f"{url}/")
    assert [Path(name).name for name in files.ls("/bucket/rows.parquet", detail=False)] == NAMES[1:3]
    files.touch("/bucket/rows.parquet/part-00000.parquet")  # put there once: not again
    score(f"{url}/", resume=True)
    assert files.size("/bucket/rows.parquet/part-00000.parquet") == 0
    files.rm("/bucket/rows.parquet", recursive=True)
    score(f"{url}/")
    assert sorted(Path(name).name for name in files.ls("/bucket/rows.parquet", detail=False)) == NAMES
    assert ds.dataset("/bucket/rows.parquet", filesystem=files).to_table().equals(whole)
    with pytest.raises(InputError, match="holds something already"):
        score(f"{url}/")
    assert not [path for path in (home / "unfinished").rglob("*") if path.is_file()]


def test_the_rows_are_those_of_the_other_formats(score: Score, folder: Path, tmp_path: Path) -> None:
    """Part by part, the messages are those of the JSON Lines in their order."""
    score(f"{folder}/")
    score(tmp_path / "rows.jsonl")
    ids = [json.loads(line)["id"] for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [row for part in sorted(folder.glob("part*")) for row in pq.read_table(part)["id"].to_pylist()] == ids
