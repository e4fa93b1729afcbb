"""Learns the network that scores sentences: from the sentences that are marked, and from what whole messages bear."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from threadpoolctl import threadpool_limits

from model.coded import Coded
from model.columns import spread
from model.features import summed
from model.layers import SENTENCE_HEADS
from model.lexicon import Floats
from model.narrow import Narrow
from model.sentence_net import SentenceNet
from model.space import Design
from model.text import Ints
from training.folds import whole_and_without_each
from training.targets import Targets

NETWORKS, UNITS, PACE, TOGETHER = 2, 48, 0.08, 40  # chosen in docs/experiments.md; so many messages a step, each once
_FEWEST = 3  # sentences in which a feature must stand
_LEFT_OUT = 0.25  # of the n-grams, those whose straight weights say least: a fifth less memory, no change beyond noise
_SPREAD, _CALM = 0.1, -3.0  # of the first weights; where scores begin
_LIFT, _LIFT_WHOLE = 3.0, 2.0  # how much more a rare label counts at most, in sentences and in messages
_CLAIMS = SENTENCE_HEADS.index("claims")
_HIGHEST = 30.0  # an exponent beyond it says nothing more


@dataclass(frozen=True, slots=True)
class SentenceLesson:
    """What there is to learn from: ``design`` of the sentences, and of each sentence its message, ``owner``.

    ``marked`` and ``marked_weights`` (sentences, heads), ``borne`` and ``borne_weights`` (messages, heads): what is
    true, and how much it counts.
    """

    design: Design
    owner: Ints
    marked: Targets
    marked_weights: Floats
    borne: Targets
    borne_weights: Floats


@dataclass(frozen=True, slots=True)
class SentenceLayer:
    """The network fitted on everything, those that had not seen one fold each, and their scores of its sentences."""

    net: SentenceNet
    others: dict[int, SentenceNet]
    held_out: Floats

    def held_out_of(self, design: Design, folds: Ints) -> Floats:
        """Scores of other rows by the network that had not seen the fold of each."""
        return _held_out(self.others, design, folds)


def fit_sentence_layer(lesson: SentenceLesson, folds: Ints, seed: int, jobs: int) -> SentenceLayer:
    """Learn from all messages and once without each fold (of each message), in parallel processes."""
    learnt = whole_and_without_each(folds)
    whole, *nets = Parallel(n_jobs=jobs)(delayed(fit_sentence_net)(lesson, own, seed) for own in learnt)
    others = dict(zip(np.unique(folds).tolist(), nets, strict=True))
    return SentenceLayer(whole, others, _held_out(others, lesson.design, folds[lesson.owner]))


def fit_sentence_net(lesson: SentenceLesson, messages: Ints, seed: int) -> SentenceNet:
    """Learn from some of the messages; the same lesson and seed give the same network.

    Networks that differ in their first weights and in the order of the messages are averaged, which is one network
    with all their units. The loss is the logistic one of every sentence's scores, and of every message's: the logarithm
    of the sum of its sentences' exponentials, a soft maximum. So a message teaches which of its sentences tell, be they
    marked or not (multiple instance learning). Adagrad with one step width a feature (Duchi, Hazan and Singer, 2011).
    """
    with threadpool_limits(limits=1):  # sums in one order
        matrix, known = _known(lesson, messages)
        chances = [np.random.default_rng([seed, number]) for number in range(NETWORKS)]
        pupils = [_Pupil(lesson, matrix, messages, chance) for chance in chances]
        for pupil in pupils:
            for chosen in pupil.batches():
                pupil.learn(chosen)
        return _averaged(pupils, known, lesson.design)


def _held_out(nets: dict[int, SentenceNet], design: Design, folds: Ints) -> Floats:
    heads = len(next(iter(nets.values())).biases)
    scores = np.zeros((len(folds), heads), dtype=np.float32)
    for fold, net in nets.items():
        rows = np.flatnonzero(folds == fold)
        scores[rows] = net.scores(Design(design.ngrams[rows], design.vectors[rows]))
    return scores


class _Pupil:
    """One network while it learns from a ``matrix`` of the sentences and those features that have weights."""

    def __init__(
        self, lesson: SentenceLesson, matrix: sparse.csr_matrix, messages: Ints, chance: np.random.Generator
    ) -> None:
        self._lesson, self._matrix, self._chance = lesson, matrix, chance
        self._first = np.searchsorted(lesson.owner, np.arange(len(lesson.borne) + 1))
        self._messages = messages[np.diff(self._first)[messages] > 0]
        (rows, _), own = self._rows(self._messages), self._messages
        self._lift = _lifts(lesson.marked[rows], lesson.marked_weights[rows], _LIFT)
        self._lift_whole = _lifts(lesson.borne[own], lesson.borne_weights[own], _LIFT_WHOLE)
        features, heads = matrix.shape[1], lesson.marked.shape[1]
        self.units = _Weights(self._drawn(features, UNITS), by_row=True)
        self.direct = _Weights(np.zeros((features, heads), np.float32), by_row=True)
        self.unit_biases = _Weights(np.zeros(UNITS, np.float32))
        self.outputs = _Weights(self._drawn(UNITS, heads))
        self.biases = _Weights(np.full(heads, _CALM, np.float32))
        self._whole_biases = _Weights(np.zeros(heads, np.float32))

    def batches(self) -> Iterator[Ints]:
        """The messages of each step."""
        order = self._chance.permutation(self._messages)
        yield from (order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER))

    def learn(self, messages: Ints) -> None:
        """Take one step along the gradient of the loss on some messages."""
        rows, text = self._rows(messages)
        ngrams = Narrow.of(self._matrix[rows])
        narrow, used = ngrams.matrix, ngrams.columns
        units = narrow @ self.units.values[used] + self.unit_biases.values
        lit = np.maximum(units, 0)
        scores = lit @ self.outputs.values + narrow @ self.direct.values[used] + self.biases.values
        slope, steep = self._slopes(scores, messages, rows, text)
        back = slope @ self.outputs.values.T * (units > 0)
        self.outputs.step(lit.T @ slope)
        self.units.step(narrow.T @ back, used)
        self.direct.step(narrow.T @ slope, used)
        self.unit_biases.step(back.sum(axis=0))
        self.biases.step(slope.sum(axis=0))
        self._whole_biases.step(steep.sum(axis=0))

    def _slopes(self, scores: Floats, messages: Ints, rows: Ints, text: Ints) -> tuple[Floats, Floats]:
        """The gradient of the loss by the scores of the sentences, and by those of whole messages."""
        lesson = self._lesson
        exponentials = np.exp(np.minimum(scores, _HIGHEST))
        total = summed(text, np.arange(len(rows)), len(messages), exponentials)
        whole = np.log(total) + self._whole_biases.values
        steep = _slope(whole, lesson.borne[messages], lesson.borne_weights[messages], self._lift_whole)
        slope = _slope(scores, lesson.marked[rows], lesson.marked_weights[rows], self._lift)
        return np.asarray(slope + exponentials / total[text] * steep[text], dtype=np.float32), steep

    def _rows(self, messages: Ints) -> tuple[Ints, Ints]:
        """The sentences of some messages, and for each the place of its message among them."""
        return spread(self._first[messages], self._first[messages + 1] - self._first[messages])

    def _drawn(self, *shape: int) -> Floats:
        return (_SPREAD * self._chance.standard_normal(shape)).astype(np.float32)


class _Weights:
    """Weights that take steps; each, or each row, in steps that shorten with how far it was driven already."""

    def __init__(self, values: Floats, by_row: bool = False) -> None:
        self.values = values
        self._by_row = by_row
        self._driven = np.full(len(values) if by_row else values.shape, 1e-6, dtype=np.float32)

    def step(self, gradient: Floats, rows: Ints | slice = slice(None)) -> None:
        """Go against the gradient, in some rows only where ``rows`` says which."""
        square = gradient * gradient
        self._driven[rows] += square.mean(axis=1) if self._by_row else square
        width = PACE / np.sqrt(self._driven[rows])
        self.values[rows] -= gradient * (width[:, None] if self._by_row else width)


def without_marks_of_claims(weights: Floats, marked: Targets) -> Floats:
    """The marks of a claimed urgency are those of the facts as well: which of them claims, the message must teach."""
    weights = weights.copy()
    weights[marked[:, _CLAIMS], _CLAIMS] = 0
    return weights


def _known(lesson: SentenceLesson, messages: Ints) -> tuple[sparse.csr_matrix, Ints]:
    """The matrix of those features alone that stand in enough sentences of the messages, and which these are."""
    matrix = lesson.design.matrix
    own = np.zeros(len(lesson.borne), dtype=bool)
    own[messages] = True
    counts = np.bincount(matrix[np.flatnonzero(own[lesson.owner])].indices, minlength=matrix.shape[1])
    known = np.flatnonzero(counts >= _FEWEST)
    return matrix[:, known].tocsr(), known


def _averaged(pupils: list[_Pupil], known: Ints, design: Design) -> SentenceNet:
    """One network that gives the mean of what several give."""
    units = np.hstack([pupil.units.values for pupil in pupils])
    direct = np.mean([pupil.direct.values for pupil in pupils], axis=0)
    learnt = np.hstack([units, direct])
    ngrams = design.ngrams.width
    grams = int(np.searchsorted(known, ngrams))  # so many of the features are n-grams, the others vectors' dimensions
    kept = _telling(direct[:grams])
    unknown = np.zeros((1, learnt.shape[1]), dtype=np.float32)
    rows = np.full(ngrams, len(kept), dtype=np.int32)
    rows[known[kept]] = np.arange(len(kept))
    vectors = np.zeros((design.vectors.shape[1], learnt.shape[1]), dtype=np.float32)
    vectors[known[grams:] - ngrams] = learnt[grams:]
    return SentenceNet(
        rows,
        Coded.of(np.vstack([learnt[kept], unknown])),
        vectors,
        np.concatenate([pupil.unit_biases.values for pupil in pupils]),
        np.vstack([pupil.outputs.values for pupil in pupils]) / np.float32(len(pupils)),
        np.mean([pupil.biases.values for pupil in pupils], axis=0),
    )


def _telling(weights: Floats) -> Ints:
    """The rows of weights that are kept: all but a share of the smallest, in their order."""
    order = np.argsort(np.linalg.norm(weights, axis=1), kind="stable")
    return np.sort(order[int(_LEFT_OUT * len(order)) :])


def _lifts(targets: Targets, weights: Floats, most: float) -> Floats:
    """How much what bears a label counts more than what does not."""
    settled = weights > 0
    true = np.maximum((targets & settled).sum(axis=0), 1)
    return np.asarray(np.minimum(np.sqrt((settled.sum(axis=0) - true).clip(0) / true), most), dtype=np.float32)


def _slope(scores: Floats, targets: Targets, weights: Floats, lift: Floats) -> Floats:
    """The gradient of the mean logistic loss by the scores."""
    error = 1.0 / (1.0 + np.exp(-np.clip(scores, -_HIGHEST, _HIGHEST))) - targets
    return np.asarray(error * weights * np.where(targets, lift, 1.0) / len(scores), dtype=np.float32)
