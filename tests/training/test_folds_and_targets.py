"""What is held out was written by somebody else, and sentences bear what their marked passages bear."""

from datetime import UTC, datetime

from data.records import LabelledMessage
from model.layers import SENTENCE_HEADS
from model.reader import joined
from model.text import Tokenizer
from training.folds import FOLDS, folds
from training.targets import message_targets, sentence_targets


def _message(body: str, quote: str, number: int = 1) -> LabelledMessage:
    return LabelledMessage(
        id=f"a-{number}", lang="en", industry="print", client=f"client-{number}",
        sent_at=datetime(2026, 3, 2, tzinfo=UTC),
        subject="cover", body=body, labels=frozenset({"distrust"}), evidence={"distrust": (quote,)}, urgency=2,
        urgency_claimed=False, urgency_evidence=("Send it by Friday.",), deadline=None,
    )  # fmt: skip


def test_an_author_batch_is_never_on_both_sides(all_shipped: tuple[LabelledMessage, ...]) -> None:
    """Every batch of the shipped data lies in one fold, and every fold has every language."""
    fold = folds(all_shipped).tolist()
    batches = {(one.batch, k) for k, one in zip(fold, all_shipped, strict=True)}
    assert len(batches) == len({batch for batch, _ in batches})
    languages = {(k, one.lang) for k, one in zip(fold, all_shipped, strict=True)}
    assert languages == {(k, lang) for k in range(FOLDS) for lang in ("en", "fil", "ms")}


def test_few_messages_are_kept_together_by_client() -> None:
    """A user's own labels, with no batches, are split by client."""
    messages = [_message("Are you sure you can do this? Send it by Friday.", "Are you sure", n % 7) for n in range(40)]
    fold = folds(messages)
    for client in {one.client for one in messages}:
        assert len({int(k) for k, one in zip(fold, messages, strict=True) if one.client == client}) == 1


def test_only_the_sentence_with_the_passage_bears_the_label() -> None:
    """The passage marks its own sentence and no other; what is asked is marked apart."""
    message = _message("Hello. Are you sure you can do this? Send it by Friday.", "Are you sure you can do this?")
    tokens = Tokenizer()([joined(message.subject, message.body)])
    targets = sentence_targets([message], tokens)
    starts, ends = tokens.sentence_spans()
    sentences = [joined(message.subject, message.body)[a:b] for a, b in zip(starts, ends, strict=True)]
    borne = {
        head: [s for s, x in zip(sentences, targets[:, n], strict=True) if x] for n, head in enumerate(SENTENCE_HEADS)
    }
    assert borne["distrust"] == ["Are you sure you can do this?"]
    assert borne["asks"] == borne["asks_soon"] == ["Send it by Friday."]
    assert borne["asks_now"] == borne["goodwill"] == []


def test_message_targets_are_cumulative_for_urgency() -> None:
    """Level 2 is at least 1 and at least 2, but not 3."""
    targets = message_targets([_message("Are you sure? Send it by Friday.", "Are you sure?")])
    assert targets[0, 9:13].tolist() == [True, True, False, False]
