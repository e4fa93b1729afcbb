"""Labelled messages → what each head of the first layer shall say, for messages and for their sentences."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.layers import MESSAGE_HEADS, SENTENCE_HEADS
from model.reader import joined
from model.text import Ints, Tokens

Targets = npt.NDArray[np.bool_]
_TOUCHES = 8  # characters that a passage and a sentence must share, or half of the shorter of them


def message_targets(messages: Sequence[LabelledMessage]) -> Targets:
    """Shape (messages, heads), heads as ``MESSAGE_HEADS``."""
    rows = [
        [*(label in one.labels for label in LABELS), *(one.urgency >= k for k in (1, 2, 3)), one.urgency_claimed]
        for one in messages
    ]
    return np.array(rows, dtype=bool).reshape(-1, len(MESSAGE_HEADS))


def ordinary(messages: Sequence[LabelledMessage]) -> Targets:
    """Which messages are ordinary business mail, on which labels should not alarm: corporate, at most goodwill."""
    return np.array([one.style == "corporate" and not one.labels - {"goodwill"} for one in messages], dtype=bool)


def sentence_targets(messages: Sequence[LabelledMessage], tokens: Tokens) -> Targets:
    """Shape (sentences, heads), heads as ``SENTENCE_HEADS``: a sentence bears what its marked passages bear."""
    starts, ends = tokens.sentence_spans()
    bounds = np.searchsorted(tokens.sentence_text, np.arange(tokens.texts + 1))
    targets = np.zeros((len(starts), len(SENTENCE_HEADS)), dtype=bool)
    for number, message in enumerate(messages):
        own = slice(bounds[number], bounds[number + 1])
        text = joined(message.subject, message.body)
        for heads, quote in _quotes(message):
            begin = text.find(quote)
            touched = np.flatnonzero(_touched(starts[own], ends[own], begin, begin + len(quote))) + own.start
            targets[touched[:, None], heads] = True
    return targets


def _quotes(message: LabelledMessage) -> Iterator[tuple[list[int], str]]:
    for label, quotes in message.evidence.items():
        for quote in quotes:
            yield [LABELS.index(label)], quote
    asks = len(LABELS)
    heads = [asks] if message.urgency else []
    heads += [asks + 1] if message.urgency >= 2 else []
    heads += [asks + 2] if message.urgency == 3 else []
    heads += [asks + 3] if message.urgency_claimed else []
    for quote in message.urgency_evidence:
        yield heads, quote


def _touched(starts: Ints, ends: Ints, begin: int, end: int) -> Targets:
    shared = np.minimum(ends, end) - np.maximum(starts, begin)
    enough = np.minimum(_TOUCHES, np.minimum(ends - starts, end - begin) / 2)
    touched: Targets = shared >= enough
    return touched
