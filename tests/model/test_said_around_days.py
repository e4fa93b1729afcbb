"""What sentences say around a day is found by the day's place, and nothing is said where there are no sentences."""

from datetime import UTC, datetime

import numpy as np
import pytest

from model.deadline_features import read_mail
from model.deadline_scores import Said
from model.layers import MESSAGE_HEADS, SENTENCE_HEADS
from model.lexicon import Lexicon, Vectors
from model.text import Tokenizer
from tests.spelled import spelled


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """No words at all."""
    return Lexicon({}, {}, Vectors(np.zeros((0, 4), dtype=np.float32), np.ones(4, dtype=np.float32)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A tokenizer: spaCy takes a second to make one."""
    return Tokenizer()


def test_what_is_said_around_a_day_is_found_by_its_place(tokenizer: Tokenizer, lexicon: Lexicon) -> None:
    """The scores of the day's own sentence, of those beside it and of the highest, in subject and text."""
    subject, text = "Logo for Friday", "We met Ana. Please send it by Thursday! Thank you."
    tokens = tokenizer(["Nothing here.", f"{subject}\n{text}"])
    sentences = np.zeros((len(tokens.sentence_text), len(SENTENCE_HEADS)), dtype=np.float32)
    sentences[1:, 9] = (2.0, -4.0, 5.0, -5.0)  # asks: subject, then the three sentences
    messages = np.arange(2 * len(MESSAGE_HEADS), dtype=np.float32).reshape(2, -1)
    nothing = read_mail(*spelled("", "Nothing here."), datetime(2026, 3, 10, 9, tzinfo=UTC), lexicon)
    reading = read_mail(*spelled(subject, text), datetime(2026, 3, 10, 9, tzinfo=UTC), lexicon)
    near = np.zeros((2, len(SENTENCE_HEADS)), dtype=np.float32)
    near[:, 9] = (-3.0, 6.0)
    said = Said.of(tokens, sentences, messages, near, [nothing, reading])
    assert [(one.part, one.mention.date.day) for one in reading.candidates] == [("subject", 13), ("text", 12)]
    rows = said.around(1, reading)
    day, before, after, top, below = (rows[:, 3 * n] for n in range(5))
    assert (day.tolist(), before.tolist(), after.tolist()) == ([1.0, 2.5], [-1.5, -2.0], [-2.0, -2.5])
    assert (top.tolist(), below.tolist()) == ([2.5, 2.5], [-1.5, 0.0])
    assert (rows[:, 15:18] == messages[1, 9:12]).all()
    assert rows[:, 18::3].tolist() == [[-1.5, -2.5, -4.5], [3.0, 0.5, 0.0]]  # near the day, above its sentence, below


def test_a_day_in_a_message_without_sentences_has_nothing_around_it(tokenizer: Tokenizer, lexicon: Lexicon) -> None:
    """Whatever the tokenizer saw nothing of is silent, not an error."""
    reading = read_mail(*spelled("", "by Friday"), datetime(2026, 3, 10, 9, tzinfo=UTC), lexicon)
    blank = np.zeros((0, len(SENTENCE_HEADS)), dtype=np.float32)
    near, messages = np.zeros((2, 1, len(SENTENCE_HEADS)), dtype=np.float32), np.zeros((1, len(MESSAGE_HEADS)))
    said = Said.of(tokenizer([""]), blank, messages.astype(np.float32), near[0], [reading])
    assert (said.around(0, reading)[:, :9] == -1.5).all()
