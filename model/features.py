"""Tokens → what the linear heads see, by sentence and message: n-grams, English pivots that stand together, vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from model.columns import Columns, Ints, spread
from model.grams import GramTable, character_grams
from model.lexicon import Floats, Lexicon, Vectors
from model.narrow import Narrow, ends_of, matrix_product, product, used
from model.places import Places
from model.tallies import tally
from model.text import Bools, Tokens

SENTENCE_DIMENSIONS = 64  # of the word vectors, most telling first: a sentence has few words (docs/experiments.md)
WINDOW = 6  # tokens: how far apart in a sentence two pivots may stand to be neighbours
WORD, QUESTION, EXCLAMATION = 1, 2, 3  # kinds of token types
_SHIFT = np.int64(1 << 21)  # room for that many distinct n-grams of one order
OPENING = int(_SHIFT) - 1  # the id of what stands before a sentence's first token, a word and a pivot of its own
_EMPTY: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that the heads have weights for; an n-gram's id is its place in these sequences.

    ``words`` and ``pivots`` are single tokens; ``word_pairs`` etc. are sorted keys ``previous id * 2**21 + word id``.
    ``neighbours`` are two pivots within ``WINDOW`` tokens in either order, keyed with the smaller id first: they hold
    what is said together ("agreed … Friday") however it is worded, in all languages at once. In pairs and triples the
    opening of a sentence counts as a token before its first: how a sentence sets out tells orders from reports.
    """

    words: tuple[str, ...]
    word_pairs: Ints
    word_triples: Ints
    pivots: tuple[str, ...]
    pivot_pairs: Ints
    characters: tuple[str, ...]
    neighbours: Ints

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """How many features the blocks of words, pivots, neighbours and characters have."""
        words = len(self.words) + len(self.word_pairs) + len(self.word_triples)
        return words, len(self.pivots) + len(self.pivot_pairs), len(self.neighbours), len(self.characters)

    @property
    def bounds(self) -> tuple[int, int, int]:
        """The first columns of pivots, neighbours and characters, where all blocks stand side by side."""
        words, pivots, neighbours, _ = self.sizes
        return words, words + pivots, words + pivots + neighbours


class TypeTable:
    """What each token type contributes, worked out once a type and looked up by its number."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = {word: i for i, word in enumerate(vocabulary.words)}
        self._pivots = {word: i for i, word in enumerate(vocabulary.pivots)}
        self._pivot_base = vocabulary.bounds[0]
        self._characters = GramTable(vocabulary.characters)
        self.word_pairs, self.word_triples = Places(vocabulary.word_pairs), Places(vocabulary.word_triples)
        self.pivot_pairs, self.neighbours = Places(vocabulary.pivot_pairs), Places(vocabulary.neighbours)
        self.forget()

    def forget(self) -> None:
        """Forget all types, as the tokenizer did."""
        self._types = Columns(6)
        self._grams = Columns(1)

    def __len__(self) -> int:
        """How many types."""
        return len(self._types)

    def update(self, strings: Sequence[str]) -> None:
        """Take in the types that came since the last call."""
        new = strings[len(self._types) :]
        if not new:
            return
        grams, counts = self._characters.of(new)
        first = len(self._grams) + np.cumsum(counts) - counts
        self._grams.append(grams[None])
        words = np.array([self._words.get(string, -1) for string in new])
        pivots = np.array([self._pivots.get(self._lexicon.pivot_of(string), -1) for string in new])
        rows = np.array([self._lexicon.rows.get(string, -1) for string in new])
        kinds = np.array([_kind(string) for string in new])
        self._types.append(np.stack([words, pivots, rows, kinds, first, counts]))

    @property
    def words(self) -> Ints:
        """Word id of each type, -1 where unknown."""
        return self._types[0]

    @property
    def pivots(self) -> Ints:
        """Pivot id of each type, -1 where unknown."""
        return self._types[1]

    @property
    def rows(self) -> Ints:
        """Row of each type in the lexicon's vectors, -1 where it has none."""
        return self._types[2]

    @property
    def kinds(self) -> Ints:
        """Of each type ``WORD``, ``QUESTION``, ``EXCLAMATION`` or 0."""
        return self._types[3]

    def characters(self, types: Ints) -> tuple[Ints, Ints]:
        """The character n-grams of some types, one type after the other, and how many each has."""
        counts = self._types[5][types]
        place, _ = spread(self._types[4][types], counts)
        return self._grams[0][place], counts


def learn_vocabulary(
    tokens: Tokens,
    strings: Sequence[str],
    lexicon: Lexicon,
    rare: int = 2,
    rare_grams: int = 3,
    rare_neighbours: int = 4,
) -> Vocabulary:
    """Keep what stands in at least ``rare`` texts (``rare_grams`` for pairs, triples and character n-grams)."""
    distinct = np.unique(np.stack([tokens.types, tokens.text]), axis=1)
    frequency = np.bincount(distinct[0], minlength=len(strings))
    words = tuple(sorted(strings[i] for i in np.flatnonzero(frequency >= rare).tolist()))
    pivots = _frequent(((lexicon.pivot_of(strings[t]), n) for t, n in enumerate(frequency) if n), rare)
    grams = _frequent(
        ((g, n) for t, n in enumerate(frequency) if n for g in set(character_grams(strings[t]))), rare_grams
    )
    bare = Vocabulary(words, _EMPTY, _EMPTY, pivots, _EMPTY, grams, _EMPTY)
    table = TypeTable(bare, lexicon)
    table.update(strings)
    word_pairs = _frequent_keys(_pairs(table.words[tokens.types], tokens.sentence), tokens.text, rare)
    pair_ids = Places(word_pairs).of(_pairs(table.words[tokens.types], tokens.sentence))
    word_triples = _frequent_keys(_chain(pair_ids, table.words[tokens.types], tokens.sentence), tokens.text, rare_grams)
    pivot_pairs = _frequent_keys(_pairs(table.pivots[tokens.types], tokens.sentence), tokens.text, rare_grams)
    keys, token = _neighbours(table.pivots[tokens.types], tokens.sentence)
    neighbours = _frequent_keys(keys, tokens.text[token], rare_neighbours)
    return Vocabulary(words, word_pairs, word_triples, pivots, pivot_pairs, grams, neighbours)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each n-gram stands in each row (a sentence or a text); columns as the vocabulary's.

    ``bounds`` are the first columns of the blocks but the first: of a text pivots, neighbours and characters, of a
    sentence pivots and neighbours; ``vectors`` has shape (rows, dimensions): the weighted sum of the word vectors, of
    which sentences keep the first ``SENTENCE_DIMENSIONS``. ``encoded`` are a sentence encoder's vectors, of a text the
    sum over its sentences; None where there is no encoder.
    """

    ngrams: Narrow
    bounds: tuple[int, ...]
    vectors: Floats
    encoded: Floats | None = None

    def __getitem__(self, rows: slice) -> "Counts":
        """Some of the rows."""
        encoded = None if self.encoded is None else self.encoded[rows]
        return Counts(self.ngrams[rows], self.bounds, self.vectors[rows], encoded)


def count(
    tokens: Tokens, passages: Tokens, vocabulary: Vocabulary, table: TypeTable, vectors: Vectors
) -> tuple[Counts, Counts]:
    """Count all but characters, which weigh nothing there, for some passages, and everything for every text.

    Only passages are counted token by token: the sentences of all texts first, and after them whatever else is looked
    at by itself. Texts are sums over their sentences, and over their words' characters.
    """
    told, meaning = _of_sentences(passages, vocabulary, table, vectors)
    sentences = len(tokens.sentence_text)
    width = vocabulary.bounds[2] + len(vocabulary.characters)
    by_text = _of_texts(tokens, told.ngrams[:sentences], table, width)
    whole = summed(tokens.sentence_text, np.arange(sentences), tokens.texts, meaning[:sentences])
    return told, Counts(by_text, vocabulary.bounds, whole)


def _of_sentences(tokens: Tokens, vocabulary: Vocabulary, table: TypeTable, vectors: Vectors) -> tuple[Counts, Floats]:
    """Counts of sentences, and the whole of their word vectors' sums."""
    sentences, bounds = len(tokens.sentence_text), vocabulary.bounds
    features, token = _features(tokens, vocabulary, table)
    by_sentence = tally(tokens.sentence[token], features, (sentences, bounds[2]))
    rows = table.rows[tokens.types]
    known = rows >= 0
    meant, meaning_of = used(rows[known], len(vectors))
    meaning = summed(tokens.sentence[known], meaning_of, sentences, vectors[meant])
    return Counts(by_sentence, bounds[:2], meaning[:, :SENTENCE_DIMENSIONS]), meaning


def _of_texts(tokens: Tokens, own: Narrow, table: TypeTable, width: int) -> Narrow:
    """Counts of texts: those of their ``own`` sentences, and of their words' characters, summed in one product."""
    sentences, told = len(tokens.sentence_text), len(own.columns)
    types, type_ = used(tokens.types, len(table))
    letters, counts = table.characters(types)
    characters, place = used(letters, width - own.width)
    ends = np.concatenate([own.ends, own.ends[-1] + np.cumsum(counts, dtype=np.int32)])
    data = np.concatenate([own.data, np.ones(len(letters), dtype=np.float32)])
    indices = np.concatenate([own.indices, place + np.int32(told)])
    # Token by token, in their order: sums must not depend on what was read before, nor on the other texts.
    owner = np.concatenate([tokens.sentence_text, tokens.text])
    order = np.argsort(owner, kind="stable")
    part = np.concatenate([np.arange(sentences), sentences + type_])
    members = np.ones(len(owner), dtype=np.float32), part[order].astype(np.int32), ends_of(owner, tokens.texts)
    whole = matrix_product(members, (data, indices, ends), told + len(characters))
    return Narrow(*whole, np.concatenate([own.columns, own.width + characters]), width)


def _features(tokens: Tokens, vocabulary: Vocabulary, table: TypeTable) -> tuple[Ints, Ints]:
    """Words, pivots and what they form, as a column and the token's number; chains belong to their last token."""
    words, pivots = table.words[tokens.types], table.pivots[tokens.types]
    pairs = table.word_pairs.of(_pairs(words, tokens.sentence))
    triples = table.word_triples.of(_chain(pairs, words, tokens.sentence))
    pivot_pairs = table.pivot_pairs.of(_pairs(pivots, tokens.sentence))
    pair_base = len(vocabulary.words)
    triple_base = pair_base + len(vocabulary.word_pairs)
    pivot_base, neighbour_base, _ = vocabulary.bounds
    pivot_pair_base = pivot_base + len(vocabulary.pivots)
    chains = (
        (words, 0),
        (pairs, pair_base),
        (triples, triple_base),
        (pivots, pivot_base),
        (pivot_pairs, pivot_pair_base),
    )
    found = [(np.flatnonzero(ids >= 0), ids, base) for ids, base in chains]
    keys, later = _neighbours(pivots, tokens.sentence)
    neighbours = table.neighbours.of(keys)
    known = neighbours >= 0
    return (
        np.concatenate([*(ids[at] + base for at, ids, base in found), neighbours[known] + neighbour_base]),
        np.concatenate([*(at for at, _, _ in found), later[known]]),
    )


def _neighbours(pivots: Ints, sentence: Ints) -> tuple[Ints, Ints]:
    """Keys of all pairs of known pivots within the window, and the place of the later token of each."""
    known = np.flatnonzero(pivots >= 0)
    beyond = np.full(WINDOW, -1, dtype=pivots.dtype)
    places = (known[:, None] + np.arange(1, WINDOW + 1)).ravel()
    later = np.concatenate([pivots, beyond]).take(places)
    inside = np.concatenate([sentence, beyond]).take(places) == np.repeat(sentence.take(known), WINDOW)
    fits = np.flatnonzero(inside & (later >= 0))
    one, other = pivots.take(known.take(fits // WINDOW)), later.take(fits)
    return np.minimum(one, other) * _SHIFT + np.maximum(one, other), places.take(fits)


def summed(rows: Ints, places: Ints, count: int, values: Floats) -> Floats:
    """Sums of the values at some places by row, shape (count, dimensions); ``rows`` never fall."""
    return product(np.ones(len(rows), dtype=np.float32), places.astype(np.int32), ends_of(rows, count), values)


def _kind(string: str) -> int:
    if any(letter.isalpha() for letter in string):
        return WORD
    return QUESTION if "?" in string else EXCLAMATION if "!" in string else 0


def _opens(sentence: Ints) -> Bools:
    """Whether each token is the first of its sentence."""
    opens = np.ones(len(sentence), dtype=bool)
    opens[1:] = sentence[1:] != sentence[:-1]
    return opens


def _pairs(ids: Ints, sentence: Ints) -> Ints:
    """Key of each token with the one before it, or with the opening of its sentence."""
    keys = _chain(ids, ids, sentence)
    first = _opens(sentence) & (ids >= 0)
    keys[first] = OPENING * _SHIFT + ids[first]
    return keys


def _chain(previous: Ints, ids: Ints, sentence: Ints) -> Ints:
    """Key of each token with what ends just before it in the same sentence; -1 where there is none."""
    keys = np.full(len(ids), -1, dtype=np.int64)
    fits = (previous[:-1] >= 0) & (ids[1:] >= 0) & (sentence[1:] == sentence[:-1])
    keys[1:][fits] = (previous[:-1] * _SHIFT + ids[1:])[fits]
    return keys


def _frequent_keys(keys: Ints, text: Ints, rare: int) -> Ints:
    keys, text = keys[keys >= 0], text[keys >= 0]
    order = np.lexsort((text, keys))
    keys, text = keys[order], text[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | (text[1:] != text[:-1])
    values, frequency = np.unique(keys[first], return_counts=True)
    return values[frequency >= rare]


def _frequent(counts: Iterable[tuple[str, int]], rare: int) -> tuple[str, ...]:
    total: dict[str, int] = {}
    for name, number in counts:
        total[name] = total.get(name, 0) + number
    return tuple(sorted(name for name, number in total.items() if number >= rare))
