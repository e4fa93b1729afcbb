"""What a message is like beyond its words: length, questions, capitals; a few numbers for the second layer."""

from collections.abc import Sequence

import numpy as np

from model.features import EXCLAMATION, QUESTION
from model.lexicon import Floats
from model.text import Ints, Tokens

NAMES = (
    "log_tokens",
    "log_sentences",
    "log_questions",
    "ends_in_question",
    "log_exclamations",
    "shouted",
    "has_subject",
)


def structure(subjects: Sequence[str], tokens: Tokens, kinds: Ints) -> Floats:
    """Numbers of shape (texts, ``len(NAMES)``) for each message of a batch; ``kinds`` are those of each token."""
    owner = tokens.text
    question, exclamation = kinds == QUESTION, kinds == EXCLAMATION
    last = np.searchsorted(owner, np.arange(tokens.texts), side="right") - 1
    total = np.bincount(owner, minlength=tokens.texts)
    ends = np.zeros(tokens.texts)
    ends[total > 0] = question[last[total > 0]]
    columns = [
        np.log1p(total),
        np.log1p(np.bincount(tokens.sentence_text, minlength=tokens.texts)),
        np.log1p(np.bincount(owner, question, tokens.texts)),
        ends,
        np.log1p(np.bincount(owner, exclamation, tokens.texts)),
        np.bincount(owner, tokens.upper, tokens.texts) / np.maximum(total, 5),
        np.array([bool(subject.strip()) for subject in subjects], dtype=float),
    ]
    return np.stack(columns, axis=1).astype(np.float32)
