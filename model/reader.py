"""A batch of messages → first-layer scores and second-layer inputs: one tokenisation, one count, two products."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.features import Counts, TypeTable, Vocabulary, count
from model.layers import gather
from model.lexicon import Floats, Lexicon
from model.space import Design, Heads, Level
from model.structure import structure
from model.text import Ints, Tokenizer, Tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a batch: tokens of subject and text joined, and counts by sentence and by message."""

    subjects: tuple[str, ...]
    tokens: Tokens
    sentences: Counts
    messages: Counts


class Reader:
    """Turns texts into counts with one tokenizer, vocabulary and lexicon; not for use by two threads at once."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary, lexicon: Lexicon, word_weights: Floats) -> None:
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.table = TypeTable(vocabulary, lexicon)
        self._vectors = lexicon.vectors * word_weights[:, None]

    def read(self, subjects: Sequence[str], texts: Sequence[str]) -> Reading:
        """Tokenise and count a batch."""
        tokens = self.tokenizer([joined(*pair) for pair in zip(subjects, texts, strict=True)])
        self.table.update(self.tokenizer.strings)
        sentences = count(tokens, self.vocabulary, self.table, self._vectors)
        return Reading(tuple(subjects), tokens, sentences, sentences.by_text(tokens))

    def words(self, reading: Reading) -> Ints:
        """Vocabulary id of each token, -1 where unknown."""
        return self.table.words[reading.tokens.types]

    def kinds(self, reading: Reading) -> Ints:
        """Kind of each token."""
        return self.table.kinds[reading.tokens.types]

    def stack_inputs(self, reading: Reading, message_scores: Floats, sentence_scores: Floats, facts: Floats) -> Floats:
        """What the second layer sees: message scores, gathered sentence scores, structure and facts about days."""
        gathered = gather(sentence_scores, reading.tokens)
        shapes = structure(reading.subjects, reading.tokens, self.kinds(reading))
        return np.hstack([message_scores, gathered, shapes, facts]).astype(np.float32)


def joined(subject: str, text: str) -> str:
    """Subject and text as one, the subject on a line of its own; the text's offsets are shifted by its length + 1."""
    return f"{subject}\n{text}"


def scores(counts: Counts, level: Level, heads: Heads) -> Floats:
    """First-layer scores of one level."""
    return heads.scores(Design.of(counts, level))
