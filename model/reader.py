"""A batch of messages → first-layer scores and second-layer inputs: one tokenisation, one count, two products."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from model.encoder import SentenceEncoder
from model.features import Counts, TypeTable, Vocabulary, count, count_sentences, summed
from model.layers import gather
from model.lexicon import Floats, Lexicon
from model.pieces import cut
from model.spelling import Speller, Written
from model.structure import structure
from model.text import Ints, Tokenizer, Tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a batch: tokens of ``texts`` (subject and text joined), and counts by sentence and by message.

    ``words`` are the tokens' vocabulary ids (-1 where unknown), ``kinds`` what the tokens are (see model.features).
    """

    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    tokens: Tokens
    words: Ints
    kinds: Ints
    sentences: Counts
    messages: Counts


class Reader:
    """Turns texts into counts with one tokenizer, vocabulary and lexicon; not for use by two threads at once."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        vocabulary: Vocabulary,
        lexicon: Lexicon,
        word_weights: Floats,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.table = TypeTable(vocabulary, lexicon)
        self._speller = Speller()
        self._vectors = replace(lexicon.vectors, weights=word_weights)
        self._encoder = encoder

    def read(self, subjects: Sequence[str], texts: Sequence[str]) -> Reading:
        """Tokenise and count a batch."""
        if self.tokenizer.full:
            self.tokenizer.forget()
            self.table.forget()
            self._speller.forget()
        whole = [joined(*pair) for pair in zip(subjects, texts, strict=True)]
        tokens = self.tokenizer(whole)
        self.table.update(self.tokenizer.strings)
        words, kinds = self.table.words[tokens.types], self.table.kinds[tokens.types]
        sentences, messages = count(tokens, self.vocabulary, self.table, self._vectors)
        if self._encoder is not None:
            encoded = self._encoder.encode(_sentences(whole, tokens))
            sentences, messages = (
                replace(sentences, encoded=encoded),
                replace(messages, encoded=summed(tokens.sentence_text, np.arange(len(encoded)), tokens.texts, encoded)),
            )
        return Reading(tuple(subjects), tuple(whole), tokens, words, kinds, sentences, messages)

    def around(self, reading: Reading, texts: Ints, places: Ints, reach: int) -> Counts:
        """Counts of what stands around some places of the batch's texts, as if each were a sentence of its own."""
        windows = reading.tokens.around(texts, places, reach)
        counts = count_sentences(windows, self.vocabulary, self.table, self._vectors)
        if self._encoder is None:
            return counts
        return replace(counts, encoded=self._encoder.encode(_sentences(reading.texts, windows)))

    def words(self, reading: Reading) -> Ints:
        """Vocabulary id of each token, -1 where unknown."""
        return reading.words

    def kinds(self, reading: Reading) -> Ints:
        """Kind of each token."""
        return reading.kinds

    def written(self, reading: Reading) -> Iterator[tuple[Written, Written]]:
        """Subject and text of each message, spelled for the grammar of dates."""
        tokens = reading.tokens
        self._speller.update(self.tokenizer.pieces)
        numbers, end = tokens.pieces.tolist(), 0
        for subject, many in zip(reading.subjects, tokens.piece_counts.tolist(), strict=True):
            start, end = end, end + many
            yield _parted(len(subject), numbers[start:end], self._speller)

    def stack_inputs(self, reading: Reading, message_scores: Floats, sentence_scores: Floats, facts: Floats) -> Floats:
        """What the second layer sees: message scores, gathered sentence scores, structure and facts about days."""
        gathered = gather(sentence_scores, reading.tokens)
        shapes = structure(reading.subjects, reading.tokens, reading.kinds)
        return np.hstack([message_scores, gathered, shapes, facts]).astype(np.float32)


def joined(subject: str, text: str) -> str:
    """Subject and text as one, the subject on a line of its own; the text's offsets are shifted by its length + 1."""
    return f"{subject}\n{text}"


def written(subject: str, text: str) -> tuple[Written, Written]:
    """One message's subject and text, spelled for the grammar of dates."""
    speller, pieces = Speller(), cut(joined(subject, text))
    speller.update(pieces)
    return _parted(len(subject), range(len(pieces)), speller)


def _parted(subject: int, numbers: Sequence[int], speller: Speller) -> tuple[Written, Written]:
    """The pieces of a subject of so many characters, and those after the white space between it and the text.

    A subject may be so long that the tokenizer cut it: then there is no text.
    """
    ends = enumerate(accumulate(len(speller.known.pieces[number]) for number in numbers))
    place, end = next(((place, end) for place, end in ends if end > subject), (len(numbers), subject))
    return speller.written(numbers[:place], 0), speller.written(numbers[place + 1 :], end)


def _sentences(texts: Sequence[str], tokens: Tokens) -> list[str]:
    """The sentences of a batch as they stand in their texts."""
    starts, ends = tokens.sentence_spans()
    spans = zip(tokens.sentence_text.tolist(), starts.tolist(), ends.tolist(), strict=True)
    return [texts[text][start:end] for text, start, end in spans]
