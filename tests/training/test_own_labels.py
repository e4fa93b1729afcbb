"""Own labels: how much they count, which of them are doubtful, and what is not settled is not learnt from."""

from dataclasses import replace

import numpy as np

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.layers import MESSAGE_HEADS, SENTENCE_HEADS
from model.reader import joined
from model.text import Tokenizer
from training.held_out import HeldOut
from training.own_weight import Tried, best
from training.suspects import suspects
from training.weights import message_weights, sentence_weights

Shipped = tuple[LabelledMessage, ...]


def test_the_weight_that_helps_own_messages_and_harms_no_others() -> None:
    """The best for own ones among the harmless; the smaller of two that are alike."""
    assert best([Tried(1, 0.50, 0.80), Tried(2, 0.60, 0.80), Tried(4, 0.70, 0.70)]) == 2
    assert best([Tried(1, 0.60, 0.80), Tried(2, 0.601, 0.80), Tried(4, 0.60, 0.80)]) == 1
    assert best([Tried(1, 0.50, 0.80), Tried(8, 0.90, 0.799)]) == 8


def test_a_shipped_message_counts_once_and_an_own_one_as_told(all_shipped: Shipped) -> None:
    """All heads alike."""
    one = all_shipped[0]
    weights = message_weights([one, replace(one, annotators=("mia",))], 4.0)
    assert (weights[0] == 1).all()
    assert (weights[1] == 4).all()


def test_what_nobody_settled_counts_for_nothing(all_shipped: Shipped) -> None:
    """An unsure label, urgency and claim: their heads do not learn from the message, the others do."""
    unsure = frozenset({"distrust", "urgency", "urgency_claimed"})
    one = replace(all_shipped[0], annotators=("a", "b"), unsure=unsure)
    weights = dict(zip(MESSAGE_HEADS, message_weights([one], 2.0)[0].tolist(), strict=True))
    assert [name for name, weight in weights.items() if not weight] == [
        "distrust", "urgency_1", "urgency_2", "urgency_3", "claimed",
    ]  # fmt: skip
    assert weights["goodwill"] == 2


def test_sentences_of_an_own_label_without_a_passage_are_not_learnt_from(all_shipped: Shipped) -> None:
    """Which sentence bears it is unknown; with a passage all of them count; a label not set counts too."""
    one = next(one for one in all_shipped if "distrust" in one.labels and len(one.body) > 200)
    quoted = replace(one, annotators=("mia",))
    bare = replace(quoted, evidence=dict.fromkeys(one.evidence, ()))
    tokens = Tokenizer()([joined(one.subject, one.body)])
    head, other = SENTENCE_HEADS.index("distrust"), next(n for n, x in enumerate(LABELS) if x not in one.labels)
    assert (sentence_weights([quoted], tokens, 2.0)[:, head] == 2).all()
    assert (sentence_weights([bare], tokens, 2.0)[:, head] == 0).all()
    assert (sentence_weights([bare], tokens, 2.0)[:, other] == 2).all()


def test_a_label_that_the_model_surely_contradicts_is_listed(all_shipped: Shipped) -> None:
    """One set against a sure no, one left out against a sure yes; users' own first; sound ones are not listed."""
    messages = all_shipped[:40]
    head = LABELS.index("goodwill")
    blank = HeldOut.blank(messages, np.full(len(MESSAGE_HEADS), 0.5, dtype=np.float32))
    targets, probabilities = blank.targets.copy(), np.full(blank.targets.shape, 0.02, dtype=np.float32)
    targets[:, : len(LABELS)] = False
    targets[:10, head], probabilities[:10, head] = True, 0.9
    targets[20, head], probabilities[30, head] = True, 0.97
    own = np.arange(len(messages)) == 30
    found = suspects(replace(blank, targets=targets, probabilities=probabilities, own=own))
    assert [(one.message, one.labelled, one.own) for one in found] == [
        (messages[30].id, False, True),
        (messages[20].id, True, False),
    ]
