"""Learns the deadline chooser of :mod:`model.deadlines` from labelled messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from data.errors import InputError
from data.labels.opinion import DEADLINE, URGENCY
from data.records import LabelledMessage
from model.deadline_scores import Floats, Trees, asking_values, dense_features
from model.deadlines import DeadlineModel, facts_of, per_mail, pick
from training.deadline_learners import Fitted, fit_trees, fit_words
from training.deadline_lesson import Lesson, rows_of

_FOLDS = 4
_FEWEST = 20  # mentions of each kind, deadline and not, below which nothing is learnt
_SHARE = 0.7
_THRESHOLDS = np.arange(0.30, 0.66, 0.02)
_UNTOLD = frozenset({DEADLINE, URGENCY})  # a message whose users did not settle these teaches nothing here
_URGENCY_LEVELS = (1, 2, 3)

Indices = NDArray[np.intp]
ByMail = dict[int, Floats]


@dataclass(frozen=True, slots=True)
class LearntDeadlines:
    """The model, and for each message the facts (rows as FACT_NAMES) from learners that had not seen its batch."""

    model: DeadlineModel
    held_out_facts: Floats


def fit_deadlines(messages: Sequence[LabelledMessage], seed: int) -> DeadlineModel:
    """Learn the chooser from labelled messages.

    Raises:
        InputError: too few messages name a day that is, or is not, their deadline.
    """
    return learn_deadlines(messages, seed).model


def learn_deadlines(messages: Sequence[LabelledMessage], seed: int) -> LearntDeadlines:
    """The same as :func:`fit_deadlines`, with the facts of the messages as the urgency head should see them."""
    lesson = Lesson.of(messages)
    sure = np.array([not message.unsure & _UNTOLD for message in messages])
    everyone = np.flatnonzero(sure)
    _check(lesson)
    folds = [(learn[sure[learn]], hold) for learn, hold in _folds(messages)]
    values = _gather(_held_out_values(lesson, *fold) for fold in folds)
    logits = _gather(_held_out_logits(lesson, *fold, values) for fold in folds)
    held_out = _gather(_held_out_probabilities(lesson, *fold, values, logits, seed) for fold in folds)
    nearby = _fit_nearby(lesson, everyone, values)
    model = DeadlineModel(
        asking=_fit_asking(lesson, everyone).linear(lesson.sentences),
        urgency=tuple(fitted.linear(lesson.mails) for fitted in _fit_urgency(lesson, everyone)),
        nearby=nearby.linear(lesson.days),
        value_weights=nearby.beside,
        trees=_fit_trees(lesson, everyone, values, logits, seed),
        threshold=_best_threshold(lesson, held_out),
        share=_SHARE,
    )
    nothing = np.zeros(0)
    facts = [facts_of(reading, held_out.get(i, nothing)) for i, reading in enumerate(lesson.readings)]
    return LearntDeadlines(model, np.vstack(facts))


def _check(lesson: Lesson) -> None:
    labels, _ = lesson.told(range(len(lesson.messages)))
    due, other = sum(labels), len(labels) - sum(labels)
    if min(due, other) < _FEWEST:
        raise InputError(
            f"cannot learn deadlines: {due} mentions of a deadline and {other} of other days in {len(lesson.messages)} "
            f"messages; at least {_FEWEST} of each are needed, add labelled messages that name days"
        )


def _folds(messages: Sequence[LabelledMessage]) -> list[tuple[Indices, Indices]]:
    """Folds that keep an author batch together; with few batches a client, with few clients a message."""
    for groups in ([one.batch for one in messages], [one.client for one in messages]):
        if len(set(groups)) >= _FOLDS:
            return list(GroupKFold(_FOLDS).split(groups, groups=groups))
    return list(GroupKFold(_FOLDS).split(messages, groups=range(len(messages))))


def _held_out_values(lesson: Lesson, learn: Indices, hold: Indices) -> ByMail:
    asking, urgency = _fit_asking(lesson, learn), _fit_urgency(lesson, learn)
    dated = lesson.dated(hold)
    asks = [asking.logits(lesson.sentences, rows_of(lesson.sentence_spans, [i])).tolist() for i in dated]
    mails = np.column_stack([fitted.logits(lesson.mails, dated) for fitted in urgency]).tolist()
    return {i: asking_values(lesson.readings[i], asks[row], mails[row]) for row, i in enumerate(dated)}


def _held_out_logits(lesson: Lesson, learn: Indices, hold: Indices, values: ByMail) -> ByMail:
    nearby = _fit_nearby(lesson, learn, values)
    dated = lesson.dated(hold)
    beside = np.vstack([values[i] for i in dated]) @ nearby.beside
    logits = nearby.logits(lesson.days, rows_of(lesson.day_spans, dated)) + beside
    return _by_mail(lesson, dated, logits)


def _held_out_probabilities(
    lesson: Lesson, learn: Indices, hold: Indices, values: ByMail, logits: ByMail, seed: int
) -> ByMail:
    trees = _fit_trees(lesson, learn, values, logits, seed)
    dated = lesson.dated(hold)
    return _by_mail(lesson, dated, trees.probabilities(_dense(lesson, dated, values, logits)))


def _fit_asking(lesson: Lesson, indices: Indices) -> Fitted:
    rows = rows_of(lesson.sentence_spans, [i for i in indices if not _unquoted(lesson.messages[i])])
    return fit_words(lesson.sentences, rows, lesson.asks[rows], strength=0.3, rarest=2)


def _unquoted(message: LabelledMessage) -> bool:
    """Whether something is asked for and users did not mark where."""
    return bool(message.annotators and message.urgency and not message.urgency_evidence)


def _fit_urgency(lesson: Lesson, indices: Indices) -> list[Fitted]:
    levels = lesson.urgency[indices]
    return [fit_words(lesson.mails, indices, levels >= one, strength=0.1, rarest=3) for one in _URGENCY_LEVELS]


def _fit_nearby(lesson: Lesson, indices: Indices, values: ByMail) -> Fitted:
    """The words around a day. Days that are over teach what telling looks like; their own form is kept out."""
    dated = lesson.dated(indices)
    labels, weights = lesson.told(dated)
    past = rows_of(lesson.past_spans, indices)
    known = np.vstack([values[i] for i in dated])
    beside = np.vstack([known, np.tile(known.mean(axis=0), (len(past), 1))])
    rows = rows_of(lesson.day_spans, dated) + past
    labels, weights = labels + [0] * len(past), weights + [1.0] * len(past)
    return fit_words(lesson.days, rows, labels, strength=0.1, rarest=2, beside=beside, weights=weights)


def _fit_trees(lesson: Lesson, indices: Indices, values: ByMail, logits: ByMail, seed: int) -> Trees:
    dated = lesson.dated(indices)
    return fit_trees(_dense(lesson, dated, values, logits), *lesson.told(dated), seed)


def _dense(lesson: Lesson, dated: Sequence[int], values: ByMail, logits: ByMail) -> Floats:
    return np.vstack([dense_features(lesson.readings[i], logits[i].tolist(), values[i]) for i in dated])


def _by_mail(lesson: Lesson, dated: Sequence[int], numbers: Floats) -> ByMail:
    return dict(zip(dated, per_mail([lesson.readings[i] for i in dated], numbers), strict=True))


def _best_threshold(lesson: Lesson, held_out: ByMail) -> float:
    """The threshold with the best F1 of deadlines on messages that the learners had not seen."""
    return float(max(_THRESHOLDS, key=lambda threshold: _f1(lesson, held_out, float(threshold))))


def _f1(lesson: Lesson, held_out: ByMail, threshold: float) -> float:
    chosen = {i: pick(lesson.readings[i], own, threshold, _SHARE) for i, own in held_out.items()}
    right = sum(one is not None and one.date == lesson.messages[i].deadline for i, one in chosen.items())
    given = sum(one is not None and DEADLINE not in lesson.messages[i].unsure for i, one in chosen.items())
    due = sum(message.deadline is not None for message in lesson.messages)
    return 2 * right / max(1, given + due)


def _gather(parts: Iterable[ByMail]) -> ByMail:
    return {i: rows for part in parts for i, rows in part.items()}
