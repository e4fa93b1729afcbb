"""A batch of messages → first-layer scores and second-layer inputs: one tokenisation, one count, two products."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from model.encoder import SentenceEncoder
from model.features import Counts, TypeTable, Vocabulary, count, summed
from model.layers import gather
from model.lexicon import Floats, Lexicon
from model.spelling import Speller, Written
from model.structure import structure
from model.text import Ints, Tokenizer, Tokens


@dataclass(frozen=True, slots=True)
class Page:
    """A batch cut into tokens of its ``texts`` (subject and text joined).

    ``words`` are the tokens' vocabulary ids (-1 where unknown), ``kinds`` what the tokens are (see model.features).
    """

    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    tokens: Tokens
    words: Ints
    kinds: Ints


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted of a page, by message and by passage: its sentences, and after them the windows asked for."""

    page: Page
    passages: Counts
    messages: Counts

    @property
    def tokens(self) -> Tokens:
        """The page's tokens."""
        return self.page.tokens

    @property
    def sentences(self) -> Counts:
        """The counts of the sentences."""
        return self.passages[: len(self.tokens.sentence_text)]

    @property
    def windows(self) -> Counts:
        """The counts of the windows."""
        return self.passages[len(self.tokens.sentence_text) :]


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

    def tokenise(self, subjects: Sequence[str], texts: Sequence[str]) -> Page:
        """Cut a batch into tokens."""
        if self.tokenizer.full:
            self.tokenizer.forget()
            self.table.forget()
            self._speller.forget()
        whole = tuple(joined(*pair) for pair in zip(subjects, texts, strict=True))
        tokens = self.tokenizer(whole)
        self.table.update(self.tokenizer.strings)
        words, kinds = self.table.words[tokens.types], self.table.kinds[tokens.types]
        return Page(tuple(subjects), whole, tokens, words, kinds)

    def count(self, page: Page, windows: Tokens | None = None) -> Reading:
        """Count what stands on a page, and in windows of its sentences (see Tokens.around)."""
        tokens = page.tokens
        read = tokens if windows is None else tokens.beside(windows)
        passages, messages = count(tokens, read, self.vocabulary, self.table, self._vectors)
        if self._encoder is not None:
            encoded = self._encoder.encode(_sentences(page.texts, read))
            own = encoded[: len(tokens.sentence_text)]
            passages, messages = (
                replace(passages, encoded=encoded),
                replace(messages, encoded=summed(tokens.sentence_text, np.arange(len(own)), tokens.texts, own)),
            )
        return Reading(page, passages, messages)

    def read(self, subjects: Sequence[str], texts: Sequence[str]) -> Reading:
        """Tokenise and count a batch."""
        return self.count(self.tokenise(subjects, texts))

    def written(self, page: Page) -> Iterator[tuple[Written, Written]]:
        """Subject and text of each message, spelled for the grammar of dates."""
        tokens = page.tokens
        self._speller.update(self.tokenizer.pieces)
        numbers, end = tokens.pieces.tolist(), 0
        for subject, many in zip(page.subjects, tokens.piece_counts.tolist(), strict=True):
            start, end = end, end + many
            yield _parted(len(subject), numbers[start:end], self._speller)

    def stack_inputs(self, page: Page, message_scores: Floats, sentence_scores: Floats, facts: Floats) -> Floats:
        """What the second layer sees: message scores, gathered sentence scores, structure and facts about days."""
        gathered = gather(sentence_scores, page.tokens)
        shapes = structure(page.subjects, page.tokens, page.kinds)
        return np.hstack([message_scores, gathered, shapes, facts]).astype(np.float32)


def joined(subject: str, text: str) -> str:
    """Subject and text as one, the subject on a line of its own; the text's offsets are shifted by its length + 1."""
    return f"{subject}\n{text}"


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
