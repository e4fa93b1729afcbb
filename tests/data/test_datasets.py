"""Labelled data: what is wrong is named by file and line, what is right keeps its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from data.datasets import fingerprint, from_record, held_out, load, shipped, to_record
from data.errors import InputError
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES

RECORD: dict[str, Any] = {
    "id": "x-1",
    "lang": "en",
    "industry": "print",
    "client": "acorn-books",
    "sent_at": "2026-03-02T09:00:00+00:00",
    "subject": "cover",
    "body": "Did you get my mail from ten minutes ago?",
    "labels": ["micro_managing"],
    "evidence": {"micro_managing": ["Did you get my mail"]},
    "urgency": 1,
    "urgency_claimed": False,
    "urgency_evidence": [],
    "deadline": None,
}


def test_a_record_goes_through_unchanged() -> None:
    """Reading and writing a record gives the same record."""
    assert to_record(from_record(RECORD)) == RECORD


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"lang": "de"}, "lang 'de'"),
        ({"body": "too short"}, "fewer than three words"),
        ({"labels": ["micro_managing", "bossy"]}, "distinct names"),
        ({"labels": [["micro_managing"]]}, "labels are not names"),
        ({"labels": [{"micro_managing": True}]}, "labels are not names"),
        ({"unsure": [["distrust"]], "annotators": ["mia"]}, "unsure are not names"),
        ({"annotators": [1]}, "annotators are not names"),
        ({"evidence": {"micro_managing": ["not there"]}}, "does not stand in subject or body"),
        ({"evidence": {"micro_managing": []}}, "one to three passages"),
        ({"evidence": {}}, "other labels"),
        ({"urgency": 4}, "not 0 to 3"),
        ({"urgency": 2}, "urgency needs a passage"),
        ({"sent_at": "2026-03-02T09:00:00"}, "no offset"),
        ({"sent_at": "yesterday"}, "yesterday"),
        ({"sent_at": "9999-12-31T09:00:00+00:00"}, "the year 9999"),
        ({"deadline": "2029-01-01"}, "days from sent_at"),
        ({"style": "baroque"}, "style"),
        ({"extra": 1}, "unknown fields: extra"),
        ({"urgency_claimed": "no"}, "urgency_claimed is not a bool"),
    ],
)
def test_a_faulty_record_is_refused_with_the_fault(change: dict[str, Any], complaint: str) -> None:
    """Every rule of the labelling guide that a record breaks is named."""
    with pytest.raises(InputError, match=complaint):
        from_record(RECORD | change)


def test_a_missing_field_is_named() -> None:
    """A record without a field is refused by the field's name."""
    with pytest.raises(InputError, match="missing fields: client"):
        from_record({name: value for name, value in RECORD.items() if name != "client"})


def test_errors_name_file_and_line(tmp_path: Path) -> None:
    """Whoever edits a file finds the line that is wrong."""
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(RECORD) + "\n{broken\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.jsonl:2"):
        load([path])


def test_a_line_nested_beyond_measure_is_an_error_in_words(tmp_path: Path) -> None:
    """What JSON's reader gives up on is told by file and line."""
    path = tmp_path / "labels.jsonl"
    path.write_text("[" * 100_000)
    with pytest.raises(InputError, match=r"labels\.jsonl:1"):
        load([path])


def test_an_id_stands_once(tmp_path: Path) -> None:
    """Two records of one id are refused."""
    path = tmp_path / "mine.jsonl"
    path.write_text((json.dumps(RECORD) + "\n") * 2, encoding="utf-8")
    with pytest.raises(InputError, match="'x-1' stands twice"):
        load([path])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that cannot be read is named."""
    with pytest.raises(InputError, match="nowhere"):
        load([tmp_path / "nowhere.jsonl"])


def test_the_shipped_data_are_whole(all_shipped: tuple[LabelledMessage, ...]) -> None:
    """At least six thousand checked messages, each language in its own file, every label in every language."""
    assert len(all_shipped) >= 6000
    for path, lang in zip(shipped(), LANGUAGES, strict=True):
        own = load([path])
        assert {one.lang for one in own} == {lang}
        assert {label for one in own for label in one.labels} == set(LABELS)
        assert [one.id for one in own] == sorted(one.id for one in own)
        assert all(one.style for one in own)


def test_the_fingerprint_knows_every_change() -> None:
    """The order of records does not matter, their content does."""
    one, two = from_record(RECORD), from_record(RECORD | {"id": "x-2"})
    assert fingerprint([one, two]) == fingerprint([two, one])
    assert fingerprint([one, two]) != fingerprint([one, from_record(RECORD | {"id": "x-2", "urgency_claimed": True,
        "urgency_evidence": ["Did you get my mail"]})])  # fmt: skip


def test_a_client_is_wholly_held_out_or_not_at_all(all_shipped: tuple[LabelledMessage, ...]) -> None:
    """The held-out fifth shares no client with the rest, and is about a fifth."""
    development, test = held_out(all_shipped)
    assert not {one.client for one in development} & {one.client for one in test}
    assert 0.15 < len(test) / len(all_shipped) < 0.25
