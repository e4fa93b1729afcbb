"""What a mail's words say of asking and urgency, for many sentences at once: each word is looked up once and kept."""

from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np

from model.deadline_features import Sentence
from model.deadline_scores import Floats, Linear, features_of

MOST_WORDS = 100_000  # remembered; then they are looked up anew
_BIAS = 0  # the row that counts for every sentence and mail


class WordScores:
    """The weights that words have for several scorers, side by side.

    The columns of sums are those of ``asking``, of each ``urgency`` scorer, and what the words of a whole mail give to
    ``nearby`` (its features ``m:``, without its bias).
    """

    def __init__(self, asking: Linear, urgency: Sequence[Linear], nearby: Linear, most: int = MOST_WORDS) -> None:
        of_mail = Linear({name: value for name, value in nearby.weights.items() if name.startswith("m:")}, 0.0)
        scorers = (asking, *urgency, of_mail)
        names = sorted({name for scorer in scorers for name in scorer.weights})
        self._most = most
        self._rows = {name: row for row, name in enumerate(names, start=_BIAS + 1)}
        self._known: dict[str, tuple[int, ...]] = {}
        self._weights = np.zeros((len(names) + 1, len(scorers)))
        for column, scorer in enumerate(scorers):
            self._weights[_BIAS, column] = scorer.bias
            self._weights[[self._rows[name] for name in scorer.weights], column] = list(scorer.weights.values())

    def sums(self, sentences: Sequence[Sentence], mails: Sequence[Collection[str]]) -> tuple[Floats, Floats]:
        """The scores of sentences, and of whole mails by their words, each feature counted once in each."""
        found = [*map(self._of_sentence, sentences), *map(self._of_words, mails)]
        if not found:
            return self._weights[:0], self._weights[:0]
        rows = np.fromiter(chain.from_iterable(found), dtype=np.int64)
        first = np.cumsum([0, *map(len, found)])[:-1]
        sums = np.add.reduceat(self._weights[rows], first, axis=0)
        return sums[: len(sentences)], sums[len(sentences) :]

    def _of_sentence(self, sentence: Sentence) -> set[int]:
        rows = self._of_words(sentence.words)
        own = (self._rows.get(f"f:{sentence.words[0]}"), self._rows.get(f"end={sentence.mark}"))
        return rows.union(row for row in own if row is not None)

    def _of_words(self, words: Collection[str]) -> set[int]:
        known = self._known
        if len(known) > self._most:
            known.clear()
        for word in set(words).difference(known):
            known[word] = self._look_up(word)
        return {_BIAS}.union(*map(known.__getitem__, words))

    def _look_up(self, word: str) -> tuple[int, ...]:
        names = (*features_of(word), f"m:{word}")
        return tuple(self._rows[name] for name in names if name in self._rows)
