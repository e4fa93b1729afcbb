"""Folds that keep an author batch, or at least a client, together: what is held out was written by somebody else."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from data.records import LabelledMessage
from model.text import Ints

FOLDS = 4
_FEWEST_BATCHES = 8


def folds(messages: Sequence[LabelledMessage], number: int = FOLDS) -> Ints:
    """Fold of each message, shape (messages,): groups are spread so that every fold has its share of each language."""
    groups = _groups(messages, number)
    languages: dict[str, Counter[str]] = defaultdict(Counter)
    for group, message in zip(groups, messages, strict=True):
        languages[group][message.lang] += 1
    filled: list[Counter[str]] = [Counter() for _ in range(number)]
    fold: dict[str, int] = {}
    for group in sorted(languages, key=lambda one: (-languages[one].total(), _hash(one))):
        fold[group] = min(range(number), key=lambda k: sum(filled[k][lang] * n for lang, n in languages[group].items()))
        filled[fold[group]].update(languages[group])
    return np.array([fold[group] for group in groups], dtype=np.int64)


def whole_and_without_each(folds: Ints) -> list[Ints]:
    """The rows to learn from: all of them, then all but those of each fold, the lowest fold first."""
    return [np.arange(len(folds)), *(np.flatnonzero(folds != fold) for fold in np.unique(folds))]


def _groups(messages: Sequence[LabelledMessage], number: int) -> list[str]:
    """The author batch where there are enough of them; a small batch (a user's own labels) goes by client."""
    sizes = Counter(message.batch for message in messages)
    large = {batch for batch, size in sizes.items() if batch and size >= len(messages) // 1000}
    if len(large) < max(_FEWEST_BATCHES, number):
        large = set()
    return [one.batch if one.batch in large else f"client {one.client}" for one in messages]


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
