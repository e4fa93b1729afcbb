"""Opinions survive each kind of file unchanged; a bad row is told with its place and reason, and the rest is read."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.datasets import from_record, load
from data.errors import InputError
from data.labels import files
from data.labels.files import LabelFormat, format_of
from data.labels.opinion import Correction, OpinedMessage, Opinion, Said
from data.taxonomy import LABELS

SENT = datetime(2026, 3, 5, 17, 42, tzinfo=UTC)
TEXT = '=SUM(A1) is wrong again.\r\nAre you sure, "really" sure?\nSend it by Friday.'
WHOLE = Opinion(
    annotator="mia",
    labels={label: label in ("distrust", "reported_mistake") for label in LABELS},
    evidence={"distrust": ("Are you sure",), "reported_mistake": ("=SUM(A1) is wrong again.",)},
    urgency=2,
    urgency_claimed=False,
    deadline=date(2026, 3, 6),
    deadline_told=True,
)
PART = Opinion("jun", {"distrust": False}, urgency=1)
SAID = Said("2-abc", ("distrust",), 1, False, None)


def message(*opinions: Opinion, text: str = TEXT) -> OpinedMessage:
    corrections = tuple(Correction(one, SENT, SAID) for one in opinions)
    return OpinedMessage("m1", "ana@brightloom.example", SENT, "en", "-1 draft", text, corrections)


def written(label_format: LabelFormat, *messages: OpinedMessage) -> str:
    stream = io.StringIO(newline="")
    list(files.writing(stream, messages, label_format))
    return stream.getvalue()


def read(label_format: LabelFormat, content: str) -> list[OpinedMessage | InputError]:
    return [row for _, row in files.read(io.StringIO(content, newline=""), label_format, None)]


@pytest.mark.parametrize("label_format", list(LabelFormat))
def test_a_whole_opinion_survives(label_format: LabelFormat) -> None:
    """Message and opinion come back as they went, formulas and line breaks included."""
    (back,) = read(label_format, written(label_format, message(WHOLE)))
    assert isinstance(back, OpinedMessage)
    assert back.opinions == (WHOLE,)
    assert (back.id, back.client, back.sent_at, back.lang) == ("m1", "ana@brightloom.example", SENT, "en")
    assert (back.subject, back.text) == ("-1 draft", TEXT)


@pytest.mark.parametrize("label_format", [LabelFormat.CSV, LabelFormat.LABEL_STUDIO])
def test_what_is_not_spoken_of_stays_unspoken(label_format: LabelFormat) -> None:
    """Two people, one of whom speaks of little: both come back, nothing is made up."""
    rows = read(label_format, written(label_format, message(WHOLE, PART)))
    told = [opinion for row in rows if isinstance(row, OpinedMessage) for opinion in row.opinions]
    assert told == [WHOLE, PART]


def test_json_lines_are_records_to_learn_from() -> None:
    """One record a message with what people agree on; where they differ evenly it is named as unsure."""
    record = from_record(json.loads(written(LabelFormat.JSONL, message(WHOLE, PART))))
    assert record.labels == {"reported_mistake"}
    assert record.unsure == {"distrust", "urgency"}
    assert record.annotators == ("jun", "mia")
    assert record.deadline == date(2026, 3, 6)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\r\n", "\x1c"])
def test_what_is_exported_can_be_learnt_from(tmp_path: Path, separator: str) -> None:
    """Whatever ends a line in the mail ends none in the file."""
    path = tmp_path / "labels.jsonl"
    with path.open("w", encoding="utf-8", newline="") as stream:
        assert list(files.writing(stream, [message(WHOLE, text=TEXT + separator + "Thanks")], LabelFormat.JSONL))
    (record,) = load([path])
    assert record.body.endswith(f"{separator}Thanks")


def test_a_deadline_years_away_is_a_slip_of_the_pen() -> None:
    """What is exported can be learnt from: the record is sound, the deadline unsure."""
    odd = replace(WHOLE, deadline=date(2062, 3, 6))
    record = from_record(json.loads(written(LabelFormat.JSONL, message(odd))))
    assert record.deadline is None
    assert record.unsure == {"deadline"}


def test_another_language_is_left_out_of_json_lines_and_told() -> None:
    """What kyp cannot learn from is not written, and the writer says so."""
    other = OpinedMessage("m2", None, SENT, "other", "", "Wo bleibt der Entwurf?", (Correction(WHOLE),))
    stream = io.StringIO()
    assert list(files.writing(stream, [other, message(WHOLE)], LabelFormat.JSONL)) == [False, True]
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("label_format", "content", "reason"),
    [
        (LabelFormat.JSONL, "{broken", "Expecting"),
        (LabelFormat.JSONL, '{"id": "x"}', "missing fields"),
        (LabelFormat.CSV, "id,text,distrust\nm1,Hello there you,maybe", "write 1, 0 or nothing"),
        (LabelFormat.CSV, "id,text,distrust,urgency\nm1,Hello there you,1,7", "write 0, 1, 2, 3"),
        (LabelFormat.CSV, "id,text,distrust,deadline\nm1,Hello there you,1,Friday", "write a date"),
        (LabelFormat.CSV, "id,text,distrust\nm1,Hello there you,", "says nothing"),
        (LabelFormat.LABEL_STUDIO, '[{"data": {"id": "m1"}}]', "no task"),
        (LabelFormat.LABEL_STUDIO, "[3]", "no task"),
    ],
)
def test_a_bad_row_is_told_and_the_next_one_read(label_format: LabelFormat, content: str, reason: str) -> None:
    """The reason says what to write instead."""
    (bad,) = read(label_format, content)
    assert isinstance(bad, InputError)
    assert reason in str(bad)


def test_a_bad_row_has_its_line() -> None:
    """The line is that of the file, header and earlier rows counted."""
    content = written(LabelFormat.CSV, message(PART, text="one\ntwo three")) + "m9,,,,,text,perhaps\n"
    rows = files.read(io.StringIO(content, newline=""), LabelFormat.CSV, None)
    places = [place for place, row in rows if isinstance(row, InputError)]
    assert places == ["line 4"]


def test_a_file_of_another_kind_is_refused_as_a_whole() -> None:
    """A header without labels, no array, an ending that stands for nothing."""
    with pytest.raises(InputError, match="header lacks"):
        read(LabelFormat.CSV, "a,b\n1,2\n")
    with pytest.raises(InputError, match="no array"):
        read(LabelFormat.LABEL_STUDIO, "{}")
    with pytest.raises(InputError, match=r"\.jsonl, \.csv, \.json"):
        format_of(".xlsx")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_a_sheet(text: str) -> None:
    """Apostrophes, formulas, quotes and line breaks of all kinds."""
    (back,) = read(LabelFormat.CSV, written(LabelFormat.CSV, message(PART, text=text)))
    assert isinstance(back, OpinedMessage)
    assert back.text == text
