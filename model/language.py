"""Which language a message is in, by its words; ``other`` where it is none of ours or has no words."""

from dataclasses import dataclass

import numpy as np

from data.taxonomy import LANGUAGES, Language
from model.features import WORD
from model.lexicon import Floats
from model.text import Ints, Tokens

SLACK = 1.0  # nats per square root of a word that a short text may fall below the floor


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Smoothed unigram log probabilities: ``weights`` (words + 1, languages), the last row for unknown words.

    A text whose mean log probability under its best language falls below ``floor`` (nats a word) is none of them.
    """

    weights: Floats
    floor: float

    def tell(self, words: Ints, kinds: Ints, tokens: Tokens) -> list[Language]:
        """The language of each text; ``words`` are vocabulary ids a token (-1 unknown), ``kinds`` its kind."""
        best, mean, count = self.means(words, kinds, tokens)
        known = (count > 0) & (mean >= self.floor - SLACK / np.sqrt(np.maximum(count, 1)))
        return [LANGUAGES[one] if sure else "other" for one, sure in zip(best.tolist(), known.tolist(), strict=True)]

    def means(self, words: Ints, kinds: Ints, tokens: Tokens) -> tuple[Ints, Floats, Ints]:
        """Best language, its mean log probability, and the number of words of each text."""
        is_word = kinds == WORD
        owner = tokens.text[is_word]
        evidence = self.weights.take(words[is_word], axis=0, mode="wrap")  # -1, not known, is the last row
        sums = np.stack([np.bincount(owner, column, tokens.texts) for column in evidence.T], axis=1)
        counts = np.bincount(owner, minlength=tokens.texts)
        means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
        return means.argmax(axis=1), means.max(axis=1), counts
