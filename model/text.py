"""Texts → tokens and sentences of a whole batch, as flat arrays: spaCy's blank tokenizers and our own boundaries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.columns import Ints as Ints
from model.columns import spread
from model.pieces import (
    BLANK,
    CLOSER,
    DIGIT,
    EMPTY_LINE,
    ENDING,
    LINE_END,
    LOWER,
    NUMBERED,
    TERMINAL,
    TITLE,
    UPPER,
    Pieces,
    cut,
)

Bools = npt.NDArray[np.bool_]

MAX_CHARACTERS = 12_000  # of one text are judged; client mail is shorter, and a pasted log must not stop a batch
MOST_REMEMBERED = 45_000  # types and pieces (32 MB with their dates); then they are forgotten and learnt anew
_LONGER = 1 << 32  # than any text that is tokenised
HARD_WRAP = 50  # characters: a line this long that ends without a stop goes on in the next one

_FUNCTION_WORDS = {
    "fil": frozenset(
        "ang ng sa na po ko mo ba yung lang kasi para hindi naman ito natin namin mga ay at pa nang".split()
    ),
    "ms": frozenset(
        "yang dan untuk tak saya kami dengan ini itu tidak boleh sudah dah nak kita di ke pada akan".split()
    ),
}
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of texts in reading order, white space left out.

    ``types`` number the distinct lower-cased tokens (see ``Tokenizer.strings``); ``starts`` and ``ends`` are character
    offsets into the token's own text; ``upper`` marks tokens in capitals. ``sentence`` numbers the sentences
    through the whole batch; ``sentence_text`` tells the text of each sentence. ``pieces`` number the pieces that the
    texts were cut into (see ``Tokenizer.pieces``), ``piece_counts`` tell how many each text has.
    """

    types: Ints
    starts: Ints
    ends: Ints
    upper: Bools
    sentence: Ints
    sentence_text: Ints
    pieces: Ints
    piece_counts: Ints
    texts: int

    @property
    def text(self) -> Ints:
        """The text of each token."""
        return self.sentence_text[self.sentence] if len(self.sentence) else self.sentence

    def around(self, texts: Ints, places: Ints, reach: int) -> "Tokens":
        """What stands around some places, each as a sentence of its own: up to ``reach`` tokens on either side.

        ``texts`` (never falling) and ``places`` tell the text of each place and its character there; nothing beyond the
        sentence of the place is taken.
        """
        keys = self.text * np.int64(_LONGER) + self.starts
        token = np.searchsorted(keys, texts * np.int64(_LONGER) + places, side="right") - 1
        own = self.sentence[token]
        first = np.maximum(np.searchsorted(self.sentence, own), token - reach)
        last = np.minimum(np.searchsorted(self.sentence, own, side="right"), token + reach + 1)
        taken, window = spread(first, last - first)
        none = self.pieces[:0]
        types, starts, ends, upper = self.types[taken], self.starts[taken], self.ends[taken], self.upper[taken]
        return Tokens(types, starts, ends, upper, window, texts, none, none, self.texts)

    def beside(self, others: "Tokens") -> "Tokens":
        """These sentences, and after them others of the same texts."""
        sentence = np.concatenate([self.sentence, others.sentence + len(self.sentence_text)])
        pairs = ((self.types, others.types), (self.starts, others.starts), (self.ends, others.ends))
        types, starts, ends = (np.concatenate(pair) for pair in pairs)
        upper = np.concatenate([self.upper, others.upper])
        owners = np.concatenate([self.sentence_text, others.sentence_text])
        return Tokens(types, starts, ends, upper, sentence, owners, self.pieces, self.piece_counts, self.texts)

    def sentence_spans(self) -> tuple[Ints, Ints]:
        """Character offsets of each sentence, from its first to its last token."""
        first = np.searchsorted(self.sentence, np.arange(len(self.sentence_text)))
        last = np.searchsorted(self.sentence, np.arange(len(self.sentence_text)), side="right") - 1
        return self.starts[first], self.ends[last]


class Tokenizer:
    """Three blank spaCy tokenizers behind one table of token types; not for use by two threads at once."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._pieces = Pieces(most)

    @property
    def strings(self) -> Sequence[str]:
        """The token types by number."""
        return self._pieces.strings

    @property
    def pieces(self) -> Sequence[str]:
        """The pieces by number."""
        return self._pieces.texts

    @property
    def full(self) -> bool:
        """Whether so much is remembered that it is time to ``forget``."""
        return self._pieces.full

    def forget(self) -> None:
        """Forget all types, to number them anew: tokens read before no longer fit ``strings``."""
        self._pieces.forget()

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Tokenise texts and find their sentences; a text beyond ``MAX_CHARACTERS`` is cut there."""
        heads = [text[:MAX_CHARACTERS] for text in texts]
        languages = [guess_language(text) for text in heads]
        cuts = [cut(text) for text in heads]
        numbers = self._pieces.numbers(cuts, languages)
        return _tokens(self._pieces, numbers, np.array([len(one) for one in cuts], dtype=np.int64))


def _tokens(pieces: Pieces, numbers: Ints, counts: Ints) -> Tokens:
    """The tokens of texts from the numbers of their pieces, and how many pieces each text has."""
    place, piece = spread(pieces.first[numbers], pieces.counts[numbers])
    lengths = pieces.lengths[numbers]
    ends = np.cumsum(lengths)
    first = np.cumsum(counts) - counts
    text = np.repeat(np.arange(len(counts)), counts)
    offsets = ends - lengths - np.append(0, ends)[first][text]
    types, bits, starts = pieces.types[place], pieces.bits[place], offsets[piece] + pieces.starts[place]
    owner = text[piece]
    kept = bits & BLANK == 0
    breaks = _breaks(bits, starts, owner)[kept]
    owner, starts = owner[kept], starts[kept]
    opens = np.ones(len(owner), dtype=bool)
    opens[1:] = (owner[1:] != owner[:-1]) | (breaks[1:] != breaks[:-1])
    return Tokens(
        types[kept],
        starts,
        starts + pieces.widths[place[kept]],
        bits[kept] & UPPER > 0,
        np.cumsum(opens) - 1,
        owner[opens],
        numbers,
        counts,
        len(counts),
    )


def guess_language(text: str) -> str:
    """A cheap first guess by function words, good enough to choose tokenizer exceptions; never used to judge."""
    words = _WORD.findall(text[:600].lower())
    if not words:
        return "en"
    share = {lang: sum(map(known.__contains__, words)) / len(words) for lang, known in _FUNCTION_WORDS.items()}
    best = max(share, key=lambda lang: share[lang])
    return best if share[best] > 0.08 else "en"


def _breaks(bits: Ints, starts: Ints, owner: Ints) -> Ints:
    """A running number that grows at every sentence boundary."""
    terminal, closer = bits & TERMINAL > 0, bits & CLOSER > 0
    boundary = np.zeros(len(bits), dtype=bool)
    boundary[1:] = terminal[:-1] & ~terminal[1:] & ~closer[1:]
    boundary[2:] |= terminal[:-2] & closer[1:-1] & ~terminal[2:]
    boundary[2:] &= ~_abbreviated(bits, owner)
    at = np.flatnonzero(bits & LINE_END)
    if len(at):
        ends_line = (bits[at] & EMPTY_LINE > 0) | ~_wrapped(at, starts, owner, bits)
        boundary[at[ends_line]] = True
    return np.cumsum(boundary)


def _abbreviated(bits: Ints, owner: Ints) -> Bools:
    """Tell of each token from the third on whether the stop before it is that of "No. 5", "Engr. Cruz" or "1. ...".

    Such a stop ends no sentence.
    """
    before, after = bits[:-2], bits[2:]
    short = before & TITLE > 0
    short |= (before & NUMBERED > 0) & (after & DIGIT > 0)
    short |= (before & ENDING > 0) & (after & LOWER > 0)
    first = np.ones(len(before), dtype=bool)
    first[1:] = (bits[:-3] & LINE_END > 0) | (owner[1:-2] != owner[:-3])
    stop: Bools = (short | (first & (before & DIGIT > 0))) & (bits[1:-1] & TERMINAL > 0)
    return stop


def _wrapped(at: Ints, starts: Ints, owner: Ints, bits: Ints) -> Bools:
    """Tell which line ends are only a mail client's wrapping: the line is long, or the next goes on in lower case."""
    following = np.minimum(at + 1, len(starts) - 1)
    previous = np.concatenate([[0], starts[at[:-1]]])
    previous[1:][owner[at[1:]] != owner[at[:-1]]] = 0
    long_line = starts[at] - previous >= HARD_WRAP
    goes_on: Bools = long_line & (bits[following] & LOWER > 0) & (owner[following] == owner[at])
    return goes_on
