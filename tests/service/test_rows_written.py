"""Rows of `kyp score`."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import InputError
from data.records import Assessment
from data.wire import to_json
from service.rows import COLUMNS, RowFormat, flat, open_rows

Assessed = Callable[..., Assessment]


def test_json_lines_hold_the_contracts_object(tmp_path: Path, assessed: Assessed) -> None:
    """One line a message, each the contract's object, in UTF-8."""
    out = tmp_path / "rows.jsonl"
    with open_rows(out, RowFormat.JSONL) as write:
        write(assessed(subject="Größe – salamat"))
        write(assessed("m2"))
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["m1", "m2"]
    assert json.loads(lines[0]) == to_json(assessed(subject="Größe – salamat"))


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-x", "@SUM(A1)", "\t=1", "  =1", '=HYPERLINK("http://x")'])
def test_csv_is_safe_to_open_in_a_spreadsheet(assessed: Assessed, text: str) -> None:
    """What a client wrote never becomes a formula."""
    cells = dict(zip(COLUMNS, flat(assessed(subject=text, text=text, client=text)), strict=True))
    assert {cells["subject"], cells["text"], cells["client"]} == {f"'{text}"}


def test_csv_has_one_flat_row_a_message(tmp_path: Path, assessed: Assessed) -> None:
    """Every column is there, line breaks inside of a text do not break rows."""
    out = tmp_path / "rows.csv"
    with open_rows(out, RowFormat.CSV) as write:
        write(assessed(labels=("distrust",), text='two\nlines, "quoted"'))
    header, row = csv.reader(io.StringIO(out.read_text(encoding="utf-8"), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert (cells["text"], cells["labels"], cells["distrust"]) == ('two\nlines, "quoted"', "distrust", "0.9312")


def test_a_run_that_fails_leaves_the_old_file(tmp_path: Path, assessed: Assessed) -> None:
    """A file takes its name only when all rows are written; a failed run leaves nothing behind."""
    out = tmp_path / "rows.jsonl"
    out.write_text("old")

    def fail() -> None:
        with open_rows(out, RowFormat.JSONL) as write:
            write(assessed())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]
    assert out.read_text() == "old"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message names the file and the way out."""
    with (
        pytest.raises(InputError, match=r"none/rows.jsonl: cannot be written .* -o"),
        open_rows(tmp_path / "none" / "rows.jsonl", RowFormat.JSONL),
    ):
        pass
