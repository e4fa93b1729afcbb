"""The features that speak most for each label in each language: what a model has learnt can be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, Label, Language
from model.features import OPENING, Vocabulary
from model.lexicon import Floats
from model.parameters import Parameters
from model.text import Ints
from training.targets import Targets

MOST = 12
_NEAR, _OPENED = "…", "^"
_PUBLIC, _SHARED = 2, 5  # messages (shipped; of users where none are shipped) that a feature must stand in to be told


@dataclass(frozen=True, slots=True)
class Strongest:
    """The words, pivots ("=word", English stems for all languages) and pairs that speak for a label in a language."""

    label: Label
    language: Language
    features: tuple[str, ...]


def strongest(
    messages: Sequence[LabelledMessage], ngrams: sparse.csr_matrix, targets: Targets, parameters: Parameters
) -> list[Strongest]:
    """By mean contribution where the label is set minus where not; what stands only in users' own mail is not told."""
    names = Names(parameters.vocabulary)
    told = _told(messages, ngrams) & names.speaking
    weights = parameters.message_heads.weights[np.arange(ngrams.shape[1])]
    found = []
    for lang in LANGUAGES:
        rows = np.array([one.lang == lang for one in messages])
        for head, label in enumerate(LABELS):
            true = rows & targets[:, head]
            if true.sum() >= _SHARED:
                apart = _mean(ngrams, true) - _mean(ngrams, rows & ~targets[:, head])
                worth = np.where(told, apart * weights[:, head], 0)
                ranked = (names[n] for n in np.argsort(-worth, kind="stable")[: 6 * MOST].tolist() if worth[n] > 0)
                found.append(Strongest(label, lang, _readable(ranked)))
    return found


class Names:
    """The n-grams' columns in words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        pivots, neighbours, characters = vocabulary.bounds
        self.speaking: Targets = np.arange(sum(vocabulary.sizes)) < characters  # parts of words tell a reader little
        self._bounds = (pivots, neighbours)

    def __getitem__(self, column: int) -> str:
        """The name of one column; "=" marks a pivot, "…" a pair that stands apart, "^" the opening of a sentence."""
        own, (pivots, neighbours) = self._vocabulary, self._bounds
        if column < pivots:
            return self._words(column)
        if column >= neighbours:
            return "=" + f" {_NEAR} ".join(own.pivots[n] for n in _split(own.neighbours[column - neighbours]))
        place = column - pivots
        if place < len(own.pivots):
            return f"={own.pivots[place]}"
        return "=" + _spelt(own.pivots, own.pivot_pairs[place - len(own.pivots)])

    def _words(self, column: int) -> str:
        own = self._vocabulary
        if column < len(own.words):
            return own.words[column]
        column -= len(own.words)
        if column < len(own.word_pairs):
            return self._pair(column)
        pair, last = _split(own.word_triples[column - len(own.word_pairs)])
        return f"{self._pair(pair)} {own.words[last]}"

    def _pair(self, place: int) -> str:
        return _spelt(self._vocabulary.words, self._vocabulary.word_pairs[place])


def _spelt(names: Sequence[str], pair: int) -> str:
    first, last = _split(pair)
    return f"{_OPENED if first == OPENING else names[first]} {names[last]}"


def _readable(ranked: Iterable[str]) -> tuple[str, ...]:
    """Those of words alone, and of a word and the stem that is spelt alike only the stronger."""
    spelt: dict[str, str] = {}
    for name in ranked:
        bare = name.removeprefix("=")
        if all(part[:1].isalpha() for part in bare.split(" ") if part not in (_NEAR, _OPENED)):
            spelt.setdefault(bare, name)
    return tuple(spelt.values())[:MOST]


def _split(key: int) -> tuple[int, int]:
    return divmod(int(key), OPENING + 1)  # the opening's is the last id that a key has room for


def _told(messages: Sequence[LabelledMessage], ngrams: sparse.csr_matrix) -> Targets:
    shipped = np.array([not one.annotators for one in messages])
    rows, fewest = (np.flatnonzero(shipped), _PUBLIC) if shipped.any() else (np.arange(len(messages)), _SHARED)
    told: Targets = _counts(ngrams[rows]) >= fewest
    return told


def _counts(ngrams: sparse.csr_matrix) -> Ints:
    return np.bincount(ngrams.indices, minlength=ngrams.shape[1])


def _mean(ngrams: sparse.csr_matrix, rows: Targets) -> Floats:
    total = np.asarray(ngrams[np.flatnonzero(rows)].sum(axis=0), dtype=np.float32).ravel()
    return np.asarray(total / max(int(rows.sum()), 1), dtype=np.float32)
