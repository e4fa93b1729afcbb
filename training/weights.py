"""How much each message and sentence counts in learning each head: own labels more, what nobody settled not at all."""

from collections.abc import Sequence

import numpy as np

from data.labels.opinion import CLAIMED, URGENCY
from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.layers import MESSAGE_HEADS
from model.lexicon import Floats
from model.text import Tokens

_LEVELS = slice(len(LABELS), len(LABELS) + 3)


def message_weights(messages: Sequence[LabelledMessage], own: float) -> Floats:
    """Shape (messages, heads), heads as ``MESSAGE_HEADS``: 1 for shipped labels, ``own`` for users', 0 where unsure."""
    weights = np.ones((len(messages), len(MESSAGE_HEADS)), dtype=np.float32)
    for weight, message in zip(weights, messages, strict=True):
        if message.annotators:
            weight[:] = own
            weight[[head for head, label in enumerate(LABELS) if label in message.unsure]] = 0
            weight[_LEVELS] *= URGENCY not in message.unsure
            weight[-1] *= CLAIMED not in message.unsure
    return weights


def sentence_weights(messages: Sequence[LabelledMessage], tokens: Tokens, own: float) -> Floats:
    """Shape (sentences, heads), heads as ``SENTENCE_HEADS``.

    A label that is set without a passage leaves open which sentence bears it: none of the message's then counts.
    """
    weights = message_weights(messages, own)
    for weight, message in zip(weights, messages, strict=True):
        if message.annotators:
            unquoted = [
                head for head, one in enumerate(LABELS) if one in message.labels and not message.evidence.get(one)
            ]
            weight[unquoted] = 0
            if not message.urgency_evidence:
                weight[_LEVELS] *= message.urgency == 0
                weight[-1] *= not message.urgency_claimed
    return weights[tokens.sentence_text]
