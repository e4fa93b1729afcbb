"""Texts → tokens and sentences of a whole batch, as flat arrays: spaCy's blank tokenizers and our own boundaries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from spacy.attrs import IDX, IS_LOWER, IS_UPPER, LENGTH, LOWER

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MAX_CHARACTERS = 12_000  # of one text are judged; client mail is shorter, and a pasted log must not stop a batch
HARD_WRAP = 50  # characters: a line this long that ends without a stop goes on in the next one

_SPACY_CODE = {"en": "en", "fil": "tl", "ms": "ms"}
_FUNCTION_WORDS = {
    "fil": frozenset(
        "ang ng sa na po ko mo ba yung lang kasi para hindi naman ito natin namin mga ay at pa nang".split()
    ),
    "ms": frozenset(
        "yang dan untuk tak saya kami dengan ini itu tidak boleh sudah dah nak kita di ke pada akan".split()
    ),
}
_WORD = re.compile(r"[a-z]+")
_TERMINALS = frozenset(".!?…")
_CLOSERS = frozenset("\"')]”’»")
_BLANK, _LINE_END, _EMPTY_LINE, _TERMINAL, _CLOSER = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of texts in reading order, white space left out.

    ``types`` number the distinct lower-cased tokens (see ``Tokenizer.strings``); ``starts`` and ``ends`` are character
    offsets into the token's own text; ``upper`` marks tokens in capitals. ``sentence`` numbers the sentences
    through the whole batch; ``sentence_text`` tells the text of each sentence.
    """

    types: Ints
    starts: Ints
    ends: Ints
    upper: Bools
    sentence: Ints
    sentence_text: Ints
    texts: int

    @property
    def text(self) -> Ints:
        """The text of each token."""
        return self.sentence_text[self.sentence] if len(self.sentence) else self.sentence

    def sentence_spans(self) -> tuple[Ints, Ints]:
        """Character offsets of each sentence, from its first to its last token."""
        first = np.searchsorted(self.sentence, np.arange(len(self.sentence_text)))
        last = np.searchsorted(self.sentence, np.arange(len(self.sentence_text)), side="right") - 1
        return self.starts[first], self.ends[last]


class Tokenizer:
    """Three blank spaCy tokenizers behind one table of token types; not for use by two threads at once."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._tokenizers: dict[str, Any] = {lang: spacy.blank(code).tokenizer for lang, code in _SPACY_CODE.items()}
        self._ids: dict[int, int] = {}
        self._flags: list[int] = []
        self._flag_table = np.zeros(0, dtype=np.int64)

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Tokenise texts and find their sentences; a text beyond ``MAX_CHARACTERS`` is cut there."""
        tables = [self._table(text[:MAX_CHARACTERS]) for text in texts]
        lengths = [len(table) for table in tables]
        table = np.concatenate([*tables, np.zeros((0, 5), dtype=np.uint64)])
        types = self._types(table[:, 0])
        columns = table[:, 1:].astype(np.int64)
        starts, ends = columns[:, 0], columns[:, 0] + columns[:, 1]
        owner = np.repeat(np.arange(len(texts)), lengths)
        flags = self._flags_of(types)
        blank = flags & _BLANK > 0
        breaks = _breaks(flags, starts, owner, columns[:, 3].astype(bool))[~blank]
        owner = owner[~blank]
        first = np.ones(len(owner), dtype=bool)
        first[1:] = (owner[1:] != owner[:-1]) | (breaks[1:] != breaks[:-1])
        sentence = np.cumsum(first) - 1
        return Tokens(
            types[~blank],
            starts[~blank],
            ends[~blank],
            columns[:, 2].astype(bool)[~blank] & (columns[:, 1][~blank] > 1),
            sentence,
            owner[first],
            len(texts),
        )

    def _table(self, text: str) -> npt.NDArray[np.uint64]:
        doc = self._tokenizers[guess_language(text)](text)
        table: npt.NDArray[np.uint64] = doc.to_array([LOWER, IDX, LENGTH, IS_UPPER, IS_LOWER]).reshape(-1, 5)
        for value in set(table[:, 0].tolist()).difference(self._ids):
            self._intern(value, doc.vocab.strings[value])
        return table

    def _intern(self, value: int, string: str) -> None:
        self._ids[value] = len(self.strings)
        self.strings.append(string)
        self._flags.append(_flags(string))

    def _types(self, hashes: npt.NDArray[np.uint64]) -> Ints:
        distinct, inverse = np.unique(hashes, return_inverse=True)
        return np.array([self._ids[value] for value in distinct.tolist()], dtype=np.int64)[inverse]

    def _flags_of(self, types: Ints) -> Ints:
        if len(self._flag_table) != len(self._flags):
            self._flag_table = np.array(self._flags, dtype=np.int64)
        return self._flag_table[types]


def guess_language(text: str) -> str:
    """A cheap first guess by function words, good enough to choose tokenizer exceptions; never used to judge."""
    words = _WORD.findall(text[:600].lower())
    if not words:
        return "en"
    share = {lang: sum(word in known for word in words) / len(words) for lang, known in _FUNCTION_WORDS.items()}
    best = max(share, key=lambda lang: share[lang])
    return best if share[best] > 0.08 else "en"


def _flags(string: str) -> int:
    """What matters of a token for sentence boundaries, as bits."""
    return (
        _BLANK * (not string.strip())
        | _LINE_END * ("\n" in string)
        | _EMPTY_LINE * (string.count("\n") > 1)
        | _TERMINAL * (string[-1:] in _TERMINALS and not string.strip(".!?…"))
        | _CLOSER * (string in _CLOSERS)
    )


def _breaks(flags: Ints, starts: Ints, owner: Ints, lower: Bools) -> Ints:
    """A running number that grows at every sentence boundary."""
    terminal, closer = flags & _TERMINAL > 0, flags & _CLOSER > 0
    boundary = np.zeros(len(flags), dtype=bool)
    boundary[1:] = terminal[:-1] & ~terminal[1:] & ~closer[1:]
    boundary[2:] |= terminal[:-2] & closer[1:-1] & ~terminal[2:]
    at = np.flatnonzero(flags & _LINE_END)
    if len(at):
        ends_line = (flags[at] & _EMPTY_LINE > 0) | ~_wrapped(at, starts, owner, lower)
        boundary[at[ends_line]] = True
    return np.cumsum(boundary)


def _wrapped(at: Ints, starts: Ints, owner: Ints, lower: Bools) -> Bools:
    """Tell which line ends are only a mail client's wrapping: the line is long, or the next goes on in lower case."""
    following = np.minimum(at + 1, len(starts) - 1)
    previous = np.concatenate([[0], starts[at[:-1]]])
    previous[1:][owner[at[1:]] != owner[at[:-1]]] = 0
    long_line = starts[at] - previous >= HARD_WRAP
    goes_on: Bools = (long_line & lower[following]) & (owner[following] == owner[at])
    return goes_on
