"""What a mail's words say of asking and urgency, for many sentences at once: each word is looked up once and kept."""

from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np

from model.columns import Columns, Ints, spread
from model.deadline_features import MailReading, Sentence
from model.deadline_scores import Floats, Linear, features_of
from model.tallies import tally

MOST_WORDS = 60_000  # remembered; then they are looked up anew
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
        self._weights = np.zeros((len(names) + 1, len(scorers)))
        for column, scorer in enumerate(scorers):
            self._weights[_BIAS, column] = scorer.bias
            self._weights[[self._rows[name] for name in scorer.weights], column] = list(scorer.weights.values())
        self._forget()

    def sums(self, mails: Sequence[MailReading]) -> tuple[Floats, Floats]:
        """The scores of all sentences of the mails, and of the mails; each feature counts once in each."""
        self._learn(set().union(*(mail.words for mail in mails)))
        sentences = [sentence for mail in mails for sentence in mail.sentences]
        texts = [*(sentence.words for sentence in sentences), *(mail.words for mail in mails)]
        numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(texts)), dtype=np.int64)
        text = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
        place, word = spread(self._words[0][numbers], self._words[1][numbers])
        own, row = self._of_sentences(sentences)
        everyone = np.arange(len(texts))
        rows = np.concatenate([self._places[0][place], row, np.full(len(texts), _BIAS)])
        there = tally(np.concatenate([text[word], own, everyone]), rows, (len(texts), len(self._weights)))
        sums = there.sign() @ self._weights
        return sums[: len(sentences)], sums[len(sentences) :]

    def _of_sentences(self, sentences: Sequence[Sentence]) -> tuple[Ints, Ints]:
        """What sentences have beside their words: number of the sentence and row of the weight."""
        named = ((n, (f"f:{one.words[0]}", f"end={one.mark}")) for n, one in enumerate(sentences))
        found = [(n, self._rows[name]) for n, names in named for name in names if name in self._rows]
        numbers, rows = np.array(found, dtype=np.int64).reshape(-1, 2).T
        return numbers, rows

    def _learn(self, words: Collection[str]) -> None:
        if len(self._numbers) > self._most:
            self._forget()
        for word in set(words).difference(self._numbers):
            names = (*features_of(word), f"m:{word}")
            rows = [(self._rows[name],) for name in names if name in self._rows]
            self._numbers[word] = len(self._words)
            self._words.extend([(len(self._places), len(rows))])
            self._places.extend(rows)

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words = Columns(2)
        self._places = Columns(1)
