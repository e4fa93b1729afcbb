"""`kyp import-labels`, `kyp export-labels`, `kyp labels agreement`: in, out and in again; bad rows told."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from data.datasets import load, to_record
from data.records import LabelledMessage
from service.cli import app

Shipped = tuple[LabelledMessage, ...]
ROWS = 6


@pytest.fixture(autouse=True)
def own_store(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared model, and a store of its own."""
    monkeypatch.setenv("KYP_HOME", str(home))
    monkeypatch.setenv("KYP_DATABASE_URL", f"sqlite:///{tmp_path / 'kyp.db'}")


@pytest.fixture
def records(all_shipped: Shipped, tmp_path: Path) -> Path:
    """Six labelled messages that the store does not know, and a bad line among them."""
    lines = [json.dumps(to_record(one)) for one in all_shipped[:ROWS]]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join([*lines[:2], '{"id": "bad"}', *lines[2:]]) + "\n", encoding="utf-8")
    return path


def kyp(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_what_is_good_is_taken_and_the_bad_row_told(records: Path, all_shipped: Shipped, tmp_path: Path) -> None:
    """Line and reason on standard error; the messages are judged and stored; an import again adds nothing."""
    taken = kyp("import-labels", records, "--annotator", "mia")
    assert taken.exit_code == 0
    assert f"{ROWS} rows taken ({ROWS} new opinions), 1 bad" in taken.stdout
    assert "line 3: missing fields" in taken.stderr
    assert "(0 new opinions)" in kyp("import-labels", records, "--annotator", "mia").stdout
    kyp("export-labels", "-o", tmp_path / "out.jsonl")
    assert {frozenset(one.labels) for one in load([tmp_path / "out.jsonl"])} == {
        frozenset(one.labels) for one in all_shipped[:ROWS]
    }


def test_strict_takes_nothing_of_a_file_with_a_bad_row(records: Path) -> None:
    """Exit 2, the row named, and the store as it was."""
    refused = kyp("import-labels", records, "--strict")
    assert refused.exit_code == 2
    assert "line 3" in refused.stderr
    assert "nothing taken" in refused.stderr
    assert kyp("export-labels").stdout == ""


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_out_and_in_again_for_another_annotator(records: Path, tmp_path: Path, ending: str) -> None:
    """A sheet or Label Studio's file comes back as a second person's opinion, and the two agree wholly."""
    kyp("import-labels", records, "--annotator", "mia")
    assert kyp("export-labels", "-o", tmp_path / f"out.{ending}").exit_code == 0
    assert (
        f"({ROWS} new opinions), 0 bad" in kyp("import-labels", tmp_path / f"out.{ending}", "--annotator", "jun").stdout
    )
    found = json.loads(kyp("labels", "agreement", "--json").stdout)
    assert {one["messages"] for one in found} == {ROWS}
    assert {one["alpha"] for one in found} <= {None, 1.0}


def test_a_passage_that_was_made_up_is_a_bad_row(records: Path, tmp_path: Path) -> None:
    """A sheet is held against the stored text, not against what it says the text is."""
    kyp("import-labels", records, "--annotator", "mia")
    kyp("export-labels", "-o", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"distrust": "1", "evidence": '{"distrust": ["never said"]}', "text": "never said"}
    with (tmp_path / "changed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    told = kyp("import-labels", tmp_path / "changed.csv", "--annotator", "jun")
    assert "1 bad" in told.stdout
    assert "does not stand in subject or text" in told.stderr


def test_a_file_of_no_known_kind(tmp_path: Path) -> None:
    """The endings that there are, named; a missing file too."""
    (tmp_path / "labels.xlsx").write_bytes(b"PK")
    assert ".jsonl, .csv, .json" in kyp("import-labels", tmp_path / "labels.xlsx").stderr
    assert kyp("import-labels", tmp_path / "missing.csv").exit_code == 2


def test_labelling_needs_a_terminal() -> None:
    """Without one, the ways that work are named."""
    told = kyp("label")
    assert told.exit_code == 2
    assert "import-labels" in told.stderr


def test_agreement_of_one_person_says_what_to_do(records: Path) -> None:
    """A table of dashes, and how to get a second opinion."""
    kyp("import-labels", records, "--annotator", "mia")
    told = kyp("labels", "agreement")
    assert told.exit_code == 0
    assert "kyp label --annotator" in told.stderr
