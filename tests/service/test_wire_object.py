"""The contract's object."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from data.records import Assessment, Passage, Problem, Reason, Signal, Suggestion, Urgency
from data.taxonomy import LABELS, LANGUAGES, group_of
from data.wire import from_json, to_json, to_line
from service.schemas import AssessmentOut

Assessed = Callable[..., Assessment]

FIELDS = (
    "id source message_id client sent_at lang subject text signals urgency strategies more model error kind".split()
)
URGENCY_FIELDS = "level name probabilities claimed claimed_probability hollow deadline evidence".split()

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
shares = st.integers(0, 10_000).map(lambda n: n / 10_000)
passages = st.lists(
    st.builds(Passage, st.integers(0, 9), st.integers(9, 20), words, st.sampled_from(("text", "subject")))
).map(tuple)
zones = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones)  # noqa: DTZ001 (the zone is drawn)
reasons = st.builds(
    Reason, st.none() | st.sampled_from(LABELS), st.none() | shares, st.lists(words).map(tuple), st.none() | words
)
lines = st.lists(words).map(tuple)
suggestions = st.builds(Suggestion, words, words, words, lines, words, words, st.lists(reasons).map(tuple))
assessments = st.builds(
    Assessment,
    id=words, source=words, message_id=st.none() | words, client=st.none() | words, sent_at=st.none() | moments,
    lang=st.sampled_from((*LANGUAGES, "other")), subject=words, text=words,
    signals=st.tuples(*(st.builds(Signal, st.just(label), shares, st.booleans(), passages) for label in LABELS)),
    urgency=st.builds(
        Urgency, st.integers(0, 3), st.tuples(shares, shares, shares, shares), st.booleans(), shares,
        st.none() | st.dates(date(1990, 1, 1)), passages,
    ),
    model=words,
    strategies=st.lists(suggestions, max_size=2).map(tuple),
    more=st.lists(words).map(tuple),
    kind=st.sampled_from(("message", "bounce")),
)  # fmt: skip


@given(assessments)
def test_what_is_written_can_be_read_back(assessment: Assessment) -> None:
    """An assessment survives the way through JSON, every field of it, and fits the published schema."""
    row = to_json(assessment)
    assert from_json(row) == assessment
    AssessmentOut.model_validate(row, extra="forbid")


@given(assessments)
def test_a_line_holds_the_object(assessment: Assessment) -> None:
    """A row of JSON Lines is one line, whatever its texts hold, and reads as the object."""
    line = to_line(assessment)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == to_json(assessment)


def test_fields_stand_in_the_contracts_order(assessed: Assessed) -> None:
    """Callers find the contract's fields in the contract's order, and all nine labels with their group."""
    row = to_json(assessed(labels=("distrust",)))
    assert list(row) == FIELDS
    assert list(row["urgency"]) == URGENCY_FIELDS
    assert [(s["label"], s["group"]) for s in row["signals"]] == [(label, group_of(label)) for label in LABELS]


def test_dates_have_offsets_and_probabilities_four_places(assessed: Assessed) -> None:
    """A moment names its offset, a date none; a probability has at most four decimals."""
    row = to_json(assessed(labels=("micro_managing",)))
    assert row["sent_at"] == "2026-03-05T17:42:00+00:00"
    assert row["urgency"]["deadline"] == "2026-03-06"
    assert row["signals"][0]["probability"] == 0.9312


def test_subject_passages_say_so(assessed: Assessed) -> None:
    """A passage of the subject is marked; one of the text is not."""
    row = to_json(assessed(labels=("micro_managing",)))
    assert row["urgency"]["evidence"] == [{"start": 0, "end": 6, "text": "Drafts", "in": "subject"}]
    assert "in" not in row["signals"][0]["evidence"][0]


def test_an_unreadable_message_keeps_its_row(assessed: Assessed) -> None:
    """A row with an error claims nothing: nine absent signals, urgency 0, no strategies."""
    row = to_json(assessed(labels=("distrust",), error=Problem("unreadable_mail", "no text in it"), signals=()))
    assert [(s["probability"], s["present"]) for s in row["signals"]] == [(0.0, False)] * 9
    assert (row["urgency"]["level"], row["urgency"]["claimed"], row["urgency"]["deadline"]) == (0, False, None)
    assert (row["strategies"], row["more"]) == ([], [])
    assert row["error"] == {"code": "unreadable_mail", "message": "no text in it"}
