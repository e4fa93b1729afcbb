"""Promises of the deadline chooser: what it chooses, that it can be saved, and what it tells the urgency model."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from data.errors import InputError
from data.records import LabelledMessage
from model.deadline_features import MailReading, read_mail
from model.deadline_scores import NEAR, Said, Trees, places_of
from model.deadlines import FACT_NAMES, DatedMail, DeadlineModel
from model.layers import MESSAGE_HEADS, SENTENCE_HEADS
from model.lexicon import load_lexicon
from model.reader import joined
from model.text import Tokenizer
from tests.spelled import spelled
from training import deadline_learners
from training.deadline_lesson import Lesson
from training.fit_deadlines import LearntDeadlines, learn_deadlines
from training.folds import folds

TUESDAY = datetime(2026, 3, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))
ASKED = (
    "Please send the {thing} by {day}.",
    "We need the {thing} before {day}, thank you.",
    "Pakipadala po ang {thing} sa {day}.",
    "Tolong hantar {thing} sebelum {day}.",
    "Could you finish the {thing} until {day}?",
)
TOLD = (
    "The office will be closed on {day}, nothing to do.",
    "My sister opened her shop and we met since {day}.",
    "Salamat po, wala kaming pasok sa {day}.",
    "Pejabat kami cuti pada {day}, terima kasih.",
    "I was told {day} is a holiday, enjoy it.",
)
THINGS = ("draft", "logo", "report", "invoice", "menu", "poster")
DAYS = {"Friday": 3, "12 March": 2, "the 20th": 10, "tomorrow": 1}


def message(number: int, text: str, days: int | None) -> LabelledMessage:
    """A labelled message of one of six author batches."""
    return LabelledMessage(
        id=f"b{number % 6}-{number:03}",
        lang="en",
        industry="print",
        client=f"c{number % 9}",
        sent_at=TUESDAY,
        subject="Our order",
        body=f"Hello Ana,\n\n{text}\n\nRia",
        labels=frozenset(),
        evidence={},
        urgency=0 if days is None else 2,
        urgency_claimed=False,
        urgency_evidence=() if days is None else (text,),
        deadline=None if days is None else TUESDAY.date() + timedelta(days=days),
    )


def messages() -> list[LabelledMessage]:
    """Asked and told days in three languages, as many of each."""
    cases = [(pattern, thing, day) for pattern in (*ASKED, *TOLD) for thing in THINGS for day in DAYS]
    return [
        message(number, pattern.format(thing=thing, day=day), DAYS[day] if pattern in ASKED else None)
        for number, (pattern, thing, day) in enumerate(cases)
    ]


_ASKING = re.compile("please|pakipadala|tolong|need|could", re.IGNORECASE)
_TOKENIZER = Tokenizer()
LEXICON = load_lexicon()


def said(subjects: Sequence[str], texts: Sequence[str], readings: Sequence[MailReading]) -> Said:
    """What a first layer says of mails that knows a few words of asking."""
    whole = [joined(*pair) for pair in zip(subjects, texts, strict=True)]
    tokens = _TOKENIZER(whole)
    spans = zip(tokens.sentence_text.tolist(), *(ends.tolist() for ends in tokens.sentence_spans()), strict=True)
    asks = np.array([bool(_ASKING.search(whole[text][start:end])) for text, start, end in spans])
    sentences = np.repeat(np.where(asks, 2.0, -2.0)[:, None], len(SENTENCE_HEADS), axis=1)
    asked = np.array([2.0 if _ASKING.search(text) else -2.0 for text in whole], dtype=np.float32)
    messages = np.repeat(asked[:, None], len(MESSAGE_HEADS), axis=1)
    mails, places = places_of(readings)
    starts, ends = tokens.around(mails, places, NEAR).sentence_spans()
    windows = zip(mails.tolist(), starts.tolist(), ends.tolist(), strict=True)
    near = np.array([2.0 if _ASKING.search(whole[mail][start:end]) else -2.0 for mail, start, end in windows])
    around = np.repeat(near[:, None], len(SENTENCE_HEADS), axis=1).astype(np.float32)
    return Said.of(tokens, sentences.astype(np.float32), messages, around, readings)


def learn(labelled: Sequence[LabelledMessage]) -> LearntDeadlines:
    """Learn a small chooser."""
    lesson = Lesson.of(labelled, (spelled(one.subject, one.body) for one in labelled), LEXICON)
    told = said([one.subject for one in labelled], [one.body for one in labelled], lesson.readings)
    return learn_deadlines(lesson, told, folds(labelled), seed=1, jobs=1)


@pytest.fixture(scope="module")
def learnt() -> LearntDeadlines:
    """A small chooser, learnt once."""
    return learn(messages())


def read(
    model: DeadlineModel, texts: Sequence[str], sent_at: datetime | None = TUESDAY, subject: str = ""
) -> list[DatedMail]:
    """What the chooser says of mails."""
    subjects = [subject] * len(texts)
    readings = [read_mail(*spelled(*pair), sent_at, LEXICON) for pair in zip(subjects, texts, strict=True)]
    return model.read(readings, said(subjects, texts, readings))


def choose(model: DeadlineModel, text: str, sent_at: datetime | None = TUESDAY) -> date | None:
    """The deadline of one mail without a subject."""
    (found,) = read(model, [text], sent_at)
    return found.deadline.date if found.deadline else None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Please send the brochure by Friday.", 3),
        ("Tolong hantar brosur sebelum Jumaat.", 3),
        ("Pakipadala po ang brochure sa Biyernes.", 3),
        ("The office will be closed on Friday, nothing to do.", None),
        ("Wala kaming pasok sa Biyernes, salamat po.", None),
        ("Thank you for the brochure.", None),
    ],
)
def test_a_day_asked_for_is_the_deadline_and_a_day_told_is_not(
    learnt: LearntDeadlines, text: str, days: int | None
) -> None:
    """The words around a day decide, in each of the three languages."""
    assert choose(learnt.model, text) == (None if days is None else TUESDAY.date() + timedelta(days=days))


def test_the_earliest_day_asked_for_is_chosen(learnt: LearntDeadlines) -> None:
    """Where a step is asked for earlier than the whole, the step's day is the deadline."""
    text = "Please send the draft by Thursday. Please send the report by 30 March."
    assert choose(learnt.model, text) == date(2026, 3, 12)


def test_a_day_that_is_over_is_never_chosen(learnt: LearntDeadlines) -> None:
    """A request that names only a past day has no deadline."""
    assert choose(learnt.model, "Please send the draft by 2 March.") is None
    assert choose(learnt.model, "Please send the draft of last Friday.") is None


def test_the_deadline_tells_its_part_and_probability(learnt: LearntDeadlines) -> None:
    """It says whether subject or text tells the day, and how sure that is."""
    found = read(learnt.model, ["Please send the logo by Friday."], subject="Logo")[0].deadline
    assert found is not None
    assert found.part == "text"
    assert learnt.model.threshold <= found.probability <= 1


def test_a_mail_reads_the_same_alone_and_among_others(learnt: LearntDeadlines) -> None:
    """What is concluded from a mail does not depend on its batch, nor on a missing time of sending in it."""
    texts = [one.body for one in messages()[::7]]
    together = read(learnt.model, texts)
    alone = [read(learnt.model, [text])[0] for text in texts]
    assert [one.deadline for one in together] == [one.deadline for one in alone]
    assert read(learnt.model, []) == []
    assert choose(learnt.model, "Please send it by Friday.", None) is None


def test_a_model_survives_arrays_and_json(learnt: LearntDeadlines) -> None:
    """Parameters are arrays and JSON, and the model rebuilt from them concludes the same."""
    saved = learnt.model.parameters()
    arrays = {name: value for name, value in saved.items() if isinstance(value, np.ndarray)}
    rest: dict[str, Any] = json.loads(json.dumps({name: saved[name] for name in saved.keys() - arrays.keys()}))
    again = DeadlineModel.from_parameters(arrays | rest)
    texts = [one.body for one in messages()]
    before, after = read(learnt.model, texts), read(again, texts)
    assert [one.deadline for one in after] == [one.deadline for one in before]
    assert np.array_equal([one.facts for one in after], [one.facts for one in before])


def test_trees_say_what_their_booster_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays that are kept give the booster's own probabilities, also of numbers between those it learnt from."""
    random = np.random.default_rng(3)
    rows, noise = random.normal(size=(400, 6)), random.normal(size=400)
    rows[:, 1] = rows[:, 1].round()
    labels = (rows[:, 0] * rows[:, 1] + rows[:, 2] + noise > 0).astype(int).tolist()
    boosters: list[Any] = []
    as_arrays = deadline_learners._as_arrays

    def watched(booster: Any, cuts: Any) -> Trees:
        boosters.append((booster, cuts))
        return as_arrays(booster, cuts)

    monkeypatch.setattr(deadline_learners, "_as_arrays", watched)
    trees = deadline_learners.fit_trees(rows, labels, [1.0] * 400, seed=5)
    booster, cuts = boosters[0]
    others = np.vstack([rows, random.normal(size=(400, 6))]).astype(np.float32).astype(np.float64)
    expected = booster.predict_proba(deadline_learners._binned(others, cuts))[:, 1]
    assert np.allclose(trees.probabilities(others), expected, atol=1e-9)
    assert trees.probabilities(rows[:0]).shape == (0,)
    assert expected.std() > 0.1


def test_learning_twice_gives_the_same_model(learnt: LearntDeadlines) -> None:
    """The same messages and seed give the same chooser."""
    again = learn(messages())
    assert again.model.nearby.weights == learnt.model.nearby.weights
    assert np.array_equal(again.model.trees.value, learnt.model.trees.value)


def test_facts_tell_the_nearest_day_and_how_probably_it_is_due(learnt: LearntDeadlines) -> None:
    """The facts of a mail are named; an asked day soon, a told one and none at all differ in them."""
    texts = ["Please send the draft by tomorrow.", "The office will be closed on Friday, nothing to do.", "Thanks."]
    asked, told, none = (dict(zip(FACT_NAMES, one.facts.tolist(), strict=True)) for one in read(learnt.model, texts))
    assert asked["day_named"] == told["day_named"] == 1
    assert none["day_named"] == 0
    assert asked["due_now"] > 0.5 > told["due_this_week"]
    assert asked["nearest_day"] < told["nearest_day"] < none["nearest_day"]


def test_learning_gives_facts_for_each_message(learnt: LearntDeadlines) -> None:
    """The urgency head learns from facts by learners that had not seen the message."""
    assert learnt.held_out_facts.shape == (len(messages()), len(FACT_NAMES))


def test_too_few_dated_messages_are_refused() -> None:
    """The error tells how many were there and what to do."""
    with pytest.raises(InputError, match="add labelled messages that name days"):
        learn(messages()[:10])


def test_words_of_three_languages_share_their_meaning() -> None:
    """What "send" tells of a day, *hantar* and *ipadala* tell too: their English pivot is a feature beside the word."""
    texts = ("Please send it by Friday.", "Sila hantar sebelum Jumaat.", "Ipadala bago mag-Biyernes.")
    for text in texts:
        reading = read_mail(*spelled("", text), TUESDAY, LEXICON)
        (day,) = reading.candidates
        assert "send" in day.features["L:"]
        assert any("send" in pair.split() for pair in day.features["&:"])
