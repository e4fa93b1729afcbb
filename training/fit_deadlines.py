"""Learns the deadline chooser of :mod:`model.deadlines` from labelled messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from data.errors import InputError
from data.labels.opinion import DEADLINE, URGENCY
from model.columns import Ints
from model.deadline_scores import Floats, Said, Trees, dense_features, per_mail
from model.deadlines import DeadlineModel, facts_of, pick
from training.deadline_learners import Fitted, fit_trees, fit_words
from training.deadline_lesson import Lesson, rows_of

_FEWEST = 20  # mentions of each kind, deadline and not, below which nothing is learnt
_SHARE = 0.7
_THRESHOLDS = np.arange(0.30, 0.66, 0.02)
_UNTOLD = frozenset({DEADLINE, URGENCY})  # a message whose users did not settle these teaches nothing here

ByMail = dict[int, Floats]


@dataclass(frozen=True, slots=True)
class LearntDeadlines:
    """The model, and for each message the facts (rows as FACT_NAMES) from learners that had not seen its fold."""

    model: DeadlineModel
    held_out_facts: Floats


def learn_deadlines(lesson: Lesson, said: Said, folds: Ints, *, seed: int, jobs: int) -> LearntDeadlines:
    """Learn the chooser from labelled messages, of each of which the first layer ``said`` something unseen.

    Learners of days and of trees are fitted on everything and once without each fold, the latter in parallel processes.

    Raises:
        InputError: too few messages name a day that is, or is not, their deadline.
    """
    _check(lesson)
    messages = lesson.messages
    around = {i: said.around(i, lesson.readings[i]) for i in lesson.dated(range(len(messages)))}
    sure = np.array([not message.unsure & _UNTOLD for message in messages])
    numbers = np.unique(folds)
    held = [np.flatnonzero(folds == fold) for fold in numbers]
    learnt = [np.flatnonzero(sure), *(np.flatnonzero(sure & (folds != fold)) for fold in numbers)]
    nearby, *others = (_fit_nearby(lesson, own, around) for own in learnt)
    logits = _gather(_logits(lesson, hold, one, around) for hold, one in zip(held, others, strict=True))
    dense = {i: dense_features(lesson.readings[i], own.tolist(), around[i]) for i, own in logits.items()}
    rows = (_rows(lesson, own, dense) for own in learnt)
    trees, *forests = Parallel(n_jobs=jobs)(delayed(fit_trees)(*own, seed) for own in rows)
    pairs = zip(held, forests, strict=True)
    held_out = _gather(_probabilities(lesson, hold, one, dense) for hold, one in pairs)
    model = DeadlineModel(
        nearby=nearby.linear(lesson.days),
        said_weights=nearby.beside,
        trees=trees,
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


def _fit_nearby(lesson: Lesson, indices: Ints, around: ByMail) -> Fitted:
    """The words around a day. Days that are over teach what telling looks like; their own form is kept out."""
    dated = lesson.dated(indices)
    labels, weights = lesson.told(dated)
    past = rows_of(lesson.past_spans, indices)
    known = _stacked(around, dated)
    beside = np.vstack([known, np.tile(known.mean(axis=0), (len(past), 1))])
    rows = rows_of(lesson.day_spans, dated) + past
    labels, weights = labels + [0] * len(past), weights + [1.0] * len(past)
    return fit_words(lesson.days, rows, labels, strength=0.1, rarest=2, beside=beside, weights=weights)


def _logits(lesson: Lesson, hold: Ints, nearby: Fitted, around: ByMail) -> ByMail:
    dated = lesson.dated(hold)
    if not dated:
        return {}
    beside = _stacked(around, dated) @ nearby.beside
    return _by_mail(lesson, dated, nearby.logits(lesson.days, rows_of(lesson.day_spans, dated)) + beside)


def _rows(lesson: Lesson, indices: Ints, dense: ByMail) -> tuple[Floats, list[int], list[float]]:
    """What the trees learn from: rows, labels, weights."""
    dated = lesson.dated(indices)
    return (_stacked(dense, dated), *lesson.told(dated))


def _probabilities(lesson: Lesson, hold: Ints, trees: Trees, dense: ByMail) -> ByMail:
    dated = lesson.dated(hold)
    if not dated:
        return {}
    return _by_mail(lesson, dated, trees.probabilities(_stacked(dense, dated)))


def _stacked(rows: ByMail, dated: Sequence[int]) -> Floats:
    """The rows of some messages, one after the other."""
    return np.vstack([rows[i] for i in dated])


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
