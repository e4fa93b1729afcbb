"""Chooses when a second sentence is shown as evidence, and measures how well shown passages cover the marked ones."""

from collections.abc import Sequence

import numpy as np

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.evidence import carrying
from model.lexicon import Floats
from model.reader import joined
from model.text import Ints, Tokens

_GRID = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 99.0)


def best_evidence_score(messages: Sequence[LabelledMessage], tokens: Tokens, scores: Floats) -> float:
    """The sentence score with the best mean token F1 of shown against marked passages."""
    marked = _marked(messages, tokens)
    return max(_GRID, key=lambda enough: _mean_f1(messages, tokens, scores, marked, enough))


def token_f1(shown: set[int], marked: set[int]) -> float:
    """F1 of two sets of token numbers."""
    shared = len(shown & marked)
    return 2 * shared / (len(shown) + len(marked)) if shown or marked else 1.0


def _marked(messages: Sequence[LabelledMessage], tokens: Tokens) -> list[dict[str, set[int]]]:
    bounds = np.searchsorted(tokens.text, np.arange(tokens.texts + 1))
    return [
        {
            label: marked_tokens(one, quotes, tokens.starts[own], tokens.ends[own], int(own.start))
            for label, quotes in one.evidence.items()
            if quotes
        }
        for one, own in ((one, slice(bounds[n], bounds[n + 1])) for n, one in enumerate(messages))
    ]


def marked_tokens(message: LabelledMessage, quotes: Sequence[str], starts: Ints, ends: Ints, base: int = 0) -> set[int]:
    """Numbers of the tokens that stand in the quotes."""
    text = joined(message.subject, message.body)
    found: set[int] = set()
    for quote in quotes:
        begin = text.find(quote)
        found |= set((np.flatnonzero((starts >= begin) & (ends <= begin + len(quote))) + base).tolist())
    return found


def _mean_f1(
    messages: Sequence[LabelledMessage],
    tokens: Tokens,
    scores: Floats,
    marked: Sequence[dict[str, set[int]]],
    enough: float,
) -> float:
    sentences = np.searchsorted(tokens.sentence_text, np.arange(tokens.texts + 1))
    first = np.searchsorted(tokens.sentence, np.arange(len(tokens.sentence_text) + 1))
    values = []
    for number in range(len(messages)):
        for label, wanted in marked[number].items():
            own = slice(sentences[number], sentences[number + 1])
            chosen = carrying(scores[own, LABELS.index(label)], enough) + sentences[number]
            shown = {token for one in chosen for token in range(first[one], first[one + 1])}
            values.append(token_f1(shown, wanted))
    return float(np.mean(values)) if values else 0.0
