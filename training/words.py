"""Fits what is counted, not learnt: the vocabulary, rarity of words, and the language of words."""

import numpy as np

from data.taxonomy import LANGUAGES
from model.features import WORD, Vocabulary
from model.language import LanguageModel
from model.lexicon import Floats
from model.reader import Page
from model.space import word_weights
from model.text import Ints, Tokens

_SMOOTHING = 0.3
_UNSEEN = 20_000  # kinds of words that share the probability of all unknown ones
_STRANGE = 0.002  # share of the training texts that may fall below the floor of every language


def rarity(rows: Ints, words: int) -> Floats:
    """Weights of the word vectors from how often each stands in the training texts (``rows``: -1 where unknown)."""
    return word_weights(np.bincount(rows[rows >= 0], minlength=words).astype(np.float32))


def fit_language(vocabulary: Vocabulary, page: Page, languages: Ints) -> LanguageModel:
    """Unigrams of the three languages from labelled texts; ``languages`` are indices into ``LANGUAGES``."""
    tokens, words, kinds = page.tokens, page.words, page.kinds
    size = len(vocabulary.words) + 1
    weights = np.stack([_unigrams(words, kinds, tokens, languages == n, size) for n in range(len(LANGUAGES))], axis=1)
    _, means, counts = LanguageModel(weights, -np.inf).means(words, kinds, tokens)
    enough = counts >= 5
    floor = float(np.quantile(means[enough], _STRANGE)) if enough.any() else -np.inf
    return LanguageModel(weights, floor)


def _unigrams(words: Ints, kinds: Ints, tokens: Tokens, own: Ints, size: int) -> Floats:
    chosen = (kinds == WORD) & own[tokens.text]
    counts = np.bincount(np.where(words[chosen] >= 0, words[chosen], size - 1), minlength=size) + _SMOOTHING
    weights = np.log(counts / counts.sum())
    weights[-1] -= np.log(_UNSEEN)
    return np.asarray(weights, dtype=np.float32)
