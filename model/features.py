"""Tokens → what the linear heads see, by sentence and by message: n-grams, English pivots, mean word vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from model.lexicon import Floats, Lexicon
from model.text import Ints, Tokens

MAX_ORDER = 3  # of word n-grams
CHARACTER_ORDERS = (3, 4, 5)
WORD, QUESTION, EXCLAMATION = 1, 2, 3  # kinds of token types
_SHIFT = np.int64(1 << 21)  # room for that many distinct n-grams of one order
_EMPTY: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that the heads have weights for; an n-gram's id is its place in these sequences.

    ``words`` and ``pivots`` are single tokens; ``word_pairs`` etc. are sorted keys ``previous id * 2**21 + word id``.
    """

    words: tuple[str, ...]
    word_pairs: Ints
    word_triples: Ints
    pivots: tuple[str, ...]
    pivot_pairs: Ints
    characters: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many features the word, pivot and character blocks have."""
        words = len(self.words) + len(self.word_pairs) + len(self.word_triples)
        return words, len(self.pivots) + len(self.pivot_pairs), len(self.characters)


class TypeTable:
    """What each token type contributes, worked out once a type and looked up by its number."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = {word: i for i, word in enumerate(vocabulary.words)}
        self._pivots = {word: i for i, word in enumerate(vocabulary.pivots)}
        self._characters = {gram: i for i, gram in enumerate(vocabulary.characters)}
        self._rows: list[tuple[int, int, int, int]] = []
        self._grams: list[int] = []
        self._gram_ends: list[int] = [0]
        self._columns: Ints = np.zeros((4, 0), dtype=np.int64)
        self._gram_arrays: tuple[Ints, Ints] = (_EMPTY, _EMPTY)

    def update(self, strings: Sequence[str]) -> None:
        """Take in the types that came since the last call."""
        for string in strings[len(self._rows) :]:
            word = self._words.get(string, -1)
            pivot = self._pivots.get(self._lexicon.pivot_of(string), -1)
            self._rows.append((word, pivot, self._lexicon.rows.get(string, -1), _kind(string)))
            self._grams += [self._characters[g] for g in character_grams(string) if g in self._characters]
            self._gram_ends.append(len(self._grams))
        if self._columns.shape[1] != len(self._rows):
            self._columns = np.array(self._rows, dtype=np.int64).T.copy()
            self._gram_arrays = np.array(self._grams, dtype=np.int64), np.array(self._gram_ends, dtype=np.int64)

    @property
    def words(self) -> Ints:
        """Word id of each type, -1 where unknown."""
        return self._column(0)

    @property
    def pivots(self) -> Ints:
        """Pivot id of each type, -1 where unknown."""
        return self._column(1)

    @property
    def rows(self) -> Ints:
        """Row of each type in the lexicon's vectors, -1 where it has none."""
        return self._column(2)

    @property
    def kinds(self) -> Ints:
        """Of each type ``WORD``, ``QUESTION``, ``EXCLAMATION`` or 0."""
        return self._column(3)

    def _column(self, number: int) -> Ints:
        column: Ints = self._columns[number]
        return column

    def grams_of(self, types: Ints) -> tuple[Ints, Ints]:
        """Character n-grams of tokens: for each n-gram the position of its token in ``types``, and its id."""
        grams, ends = self._gram_arrays
        counts = ends[types + 1] - ends[types]
        token = np.repeat(np.arange(len(types)), counts)
        offset = np.arange(len(token)) - np.repeat(np.cumsum(counts) - counts, counts)
        return token, grams[np.repeat(ends[types], counts) + offset]


def character_grams(word: str) -> list[str]:
    """Character n-grams of one padded token, the whole of a short one included."""
    padded = f" {word} "
    return [padded[i : i + n] for n in CHARACTER_ORDERS for i in range(max(1, len(padded) - n + 1)) if n <= len(padded)]


def learn_vocabulary(
    tokens: Tokens, strings: Sequence[str], lexicon: Lexicon, rare: int = 2, rare_grams: int = 3
) -> Vocabulary:
    """Keep what stands in at least ``rare`` texts (``rare_grams`` for pairs, triples and character n-grams)."""
    distinct = np.unique(np.stack([tokens.types, tokens.text]), axis=1)
    frequency = np.bincount(distinct[0], minlength=len(strings))
    words = tuple(sorted(strings[i] for i in np.flatnonzero(frequency >= rare).tolist()))
    pivots = _frequent(((lexicon.pivot_of(strings[t]), n) for t, n in enumerate(frequency) if n), rare)
    grams = _frequent(
        ((g, n) for t, n in enumerate(frequency) if n for g in set(character_grams(strings[t]))), rare_grams
    )
    bare = Vocabulary(words, _EMPTY, _EMPTY, pivots, _EMPTY, grams)
    table = TypeTable(bare, lexicon)
    table.update(strings)
    word_pairs = _frequent_keys(_pairs(table.words[tokens.types], tokens.sentence), tokens.text, rare)
    pair_ids = _find(word_pairs, _pairs(table.words[tokens.types], tokens.sentence))
    word_triples = _frequent_keys(_chain(pair_ids, table.words[tokens.types], tokens.sentence), tokens.text, rare_grams)
    pivot_pairs = _frequent_keys(_pairs(table.pivots[tokens.types], tokens.sentence), tokens.text, rare_grams)
    return Vocabulary(words, word_pairs, word_triples, pivots, pivot_pairs, grams)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each n-gram stands in each sentence: a sparse matrix for words, pivots and characters each.

    ``vectors`` has shape (sentences, dimensions): the weighted sum of the word vectors.
    """

    blocks: tuple[sparse.csr_matrix, sparse.csr_matrix, sparse.csr_matrix]
    vectors: Floats

    def by_text(self, tokens: Tokens) -> "Counts":
        """The same for whole texts."""
        n = len(tokens.sentence_text)
        member = sparse.csr_matrix(
            (np.ones(n, dtype=np.float32), (tokens.sentence_text, np.arange(n))), shape=(tokens.texts, n)
        )
        blocks = tuple((member @ block).tocsr() for block in self.blocks)
        return Counts((blocks[0], blocks[1], blocks[2]), np.asarray(member @ self.vectors, dtype=np.float32))


def count(tokens: Tokens, vocabulary: Vocabulary, table: TypeTable, vectors: Floats) -> Counts:
    """Count every block for every sentence of the batch."""
    rows = len(tokens.sentence_text)
    words = table.words[tokens.types]
    pairs = _find(vocabulary.word_pairs, _pairs(words, tokens.sentence))
    triples = _find(vocabulary.word_triples, _chain(pairs, words, tokens.sentence))
    pivots = table.pivots[tokens.types]
    pivot_pairs = _find(vocabulary.pivot_pairs, _pairs(pivots, tokens.sentence))
    token, grams = table.grams_of(tokens.types)
    word_size, pivot_size, gram_size = vocabulary.sizes
    base = len(vocabulary.words)
    word_block = _matrix(
        [
            (tokens.sentence, words, 0),
            (tokens.sentence, pairs, base),
            (tokens.sentence, triples, base + len(vocabulary.word_pairs)),
        ],
        (rows, word_size),
    )
    pivot_block = _matrix(
        [(tokens.sentence, pivots, 0), (tokens.sentence, pivot_pairs, len(vocabulary.pivots))], (rows, pivot_size)
    )
    gram_block = _matrix([(tokens.sentence[token], grams, 0)], (rows, gram_size))
    embedded = _matrix([(tokens.sentence, table.rows[tokens.types], 0)], (rows, len(vectors)))
    return Counts((word_block, pivot_block, gram_block), np.asarray(embedded @ vectors, dtype=np.float32))


def _kind(string: str) -> int:
    if any(letter.isalpha() for letter in string):
        return WORD
    return QUESTION if "?" in string else EXCLAMATION if "!" in string else 0


def _matrix(parts: list[tuple[Ints, Ints, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows = np.concatenate([row[ids >= 0] for row, ids, _ in parts])
    columns = np.concatenate([ids[ids >= 0] + base for _, ids, base in parts])
    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def _pairs(ids: Ints, sentence: Ints) -> Ints:
    return _chain(ids, ids, sentence)


def _chain(previous: Ints, ids: Ints, sentence: Ints) -> Ints:
    """Key of each token with what ends just before it in the same sentence; -1 where there is none."""
    keys = np.full(len(ids), -1, dtype=np.int64)
    fits = (previous[:-1] >= 0) & (ids[1:] >= 0) & (sentence[1:] == sentence[:-1])
    keys[1:][fits] = (previous[:-1] * _SHIFT + ids[1:])[fits]
    return keys


def _find(keys: Ints, wanted: Ints) -> Ints:
    """Place of each wanted key in the sorted keys, -1 where it does not stand."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _frequent_keys(keys: Ints, text: Ints, rare: int) -> Ints:
    distinct = np.unique(np.stack([keys, text]), axis=1)[0]
    values, frequency = np.unique(distinct[distinct >= 0], return_counts=True)
    return values[frequency >= rare]


def _frequent(counts: Iterable[tuple[str, int]], rare: int) -> tuple[str, ...]:
    total: dict[str, int] = {}
    for name, number in counts:
        total[name] = total.get(name, 0) + number
    return tuple(sorted(name for name, number in total.items() if number >= rare))
