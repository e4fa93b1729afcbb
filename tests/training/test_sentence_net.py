"""The sentence network learns from marks and from whole messages, and is always the same."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from data.taxonomy import LABELS
from model.coded import Coded
from model.layers import SENTENCE_HEADS
from model.narrow import Narrow
from model.space import Design
from training.sentence_net import SentenceLesson, fit_sentence_layer, fit_sentence_net, without_marks_of_claims

CHANCE = 0
MESSAGES = 400
TELLING, NEUTRAL, FILLING = range(3)  # words, one a sentence


def lesson(words: np.ndarray, marked: np.ndarray, borne: np.ndarray) -> SentenceLesson:
    """Messages of as many sentences as ``words`` has columns, each of one word; one head."""
    messages, sentences = words.shape
    matrix = np.zeros((words.size, words.max() + 1), dtype=np.float32)
    matrix[np.arange(words.size), words.ravel()] = 1
    owner = np.repeat(np.arange(messages), sentences)
    ones = np.ones((words.size, 1), dtype=np.float32)
    nothing = np.zeros((words.size, 0), dtype=np.float32)
    return SentenceLesson(
        Design(Narrow.of(sparse.csr_matrix(matrix)), nothing),
        owner,
        marked.reshape(-1, 1),
        ones,
        borne.reshape(-1, 1),
        ones[:messages],
    )


def scores(lesson: SentenceLesson) -> np.ndarray:
    """What a network that learnt the lesson says of its sentences, shape (messages, sentences)."""
    net = fit_sentence_net(lesson, np.arange(MESSAGES), seed=0)
    return net.scores(lesson.design).reshape(MESSAGES, -1)


@pytest.fixture
def half_told() -> SentenceLesson:
    """Half of the messages bear the label and mark two sentences; one of these words stands in all other mails, too."""
    borne = np.arange(MESSAGES) % 2 == 0
    words = np.tile([FILLING, NEUTRAL, FILLING], (MESSAGES, 1))
    words[borne, 0] = TELLING
    marked = np.zeros(words.shape, dtype=bool)
    marked[borne, :2] = True
    return lesson(words, marked, borne)


def test_a_quarter_of_the_words_is_left_out_and_never_one_that_tells() -> None:
    """Of ten words the two that say least have no weights of their own."""
    chance = np.random.default_rng(CHANCE)
    words = chance.integers(1, 10, (MESSAGES, 4))
    borne = np.arange(MESSAGES) % 2 == 0
    words[borne, 0] = TELLING
    net = fit_sentence_net(lesson(words, words == TELLING, borne), np.arange(MESSAGES), seed=0)
    alike = np.unique(net.rows, return_counts=True)[1]
    assert sorted(alike) == [1] * 8 + [2]
    assert net.rows[TELLING] != np.bincount(net.rows).argmax()


def test_the_marked_sentence_that_tells_by_itself_is_told_from_the_others(half_told: SentenceLesson) -> None:
    """What stands in every message scores lower than what only bearing ones hold, though both were marked."""
    told = scores(half_told)[::2]
    assert (told[:, 0] > told[:, 1] + 1).all()
    assert (told[:, 0] > told[:, 2] + 1).all()


def test_a_message_teaches_without_marks(half_told: SentenceLesson) -> None:
    """Where somebody set a label and marked nothing, the message alone shows which sentences tell."""
    unmarked = replace(half_told, marked_weights=np.zeros_like(half_told.marked_weights))
    told = scores(unmarked)[::2]
    assert (told[:, 0] > told[:, 1:].max(axis=1) + 1).all()


def test_two_words_together_say_what_neither_says_alone() -> None:
    """A sentence of one of two words bears the label, one of both or none does not: no straight line tells them."""
    both = np.random.default_rng(CHANCE).random((4 * MESSAGES, 2)) < 0.5
    odd = both[:, 0] ^ both[:, 1]
    ones = np.ones((len(both), 1), dtype=np.float32)
    nothing = np.zeros((len(both), 0), dtype=np.float32)
    columns = sparse.csr_matrix(np.hstack([both, ones]).astype(np.float32))
    each = SentenceLesson(
        Design(Narrow.of(columns), nothing), np.arange(len(both)), odd[:, None], ones, odd[:, None], ones
    )
    told = fit_sentence_net(each, np.arange(len(both)), seed=0).scores(each.design)[:, 0]
    assert told[odd].min() > told[~odd].max()


def test_what_nobody_settled_teaches_nothing(half_told: SentenceLesson) -> None:
    """Rows and messages of weight zero may say anything: the network is the same."""
    settled = np.ones((MESSAGES, 1), dtype=np.float32)
    settled[MESSAGES // 2 :] = 0
    known = replace(half_told, borne_weights=settled, marked_weights=settled[half_told.owner])
    garbled = replace(
        known,
        borne=np.where(settled > 0, known.borne, ~known.borne),
        marked=np.where(settled[known.owner] > 0, known.marked, ~known.marked),
    )
    assert np.array_equal(scores(known), scores(garbled))


def test_the_same_lesson_gives_the_same_network(half_told: SentenceLesson) -> None:
    """Seeds are fixed, and the number of processes changes nothing."""
    folds = np.arange(MESSAGES) % 2
    one = fit_sentence_layer(half_told, folds, seed=0, jobs=1)
    other = fit_sentence_layer(half_told, folds, seed=0, jobs=2)
    assert np.array_equal(one.held_out, other.held_out)
    assert np.array_equal(one.held_out_of(half_told.design, folds[half_told.owner]), one.held_out)
    assert not np.array_equal(one.held_out_of(half_told.design, 1 - folds[half_told.owner]), one.held_out)
    assert all(
        np.array_equal(left, right)
        for left, right in (
            (one.net.weights.codes, other.net.weights.codes),
            (one.net.weights.steps, other.net.weights.steps),
            (one.net.outputs, other.net.outputs),
        )
    )


def test_scores_do_not_depend_on_what_else_is_in_the_batch(half_told: SentenceLesson) -> None:
    """A message alone or all at once; none at all gives no scores."""
    net, few = fit_sentence_net(half_told, np.arange(MESSAGES), seed=0), half_told.design
    assert np.allclose(net.scores(Design(few.ngrams[:3], few.vectors[:3])), net.scores(few)[:3], atol=1e-5)
    assert net.scores(Design(few.ngrams[:0], few.vectors[:0])).shape == (0, 1)


def test_which_mark_of_a_claim_claims_is_left_to_the_message() -> None:
    """Facts are marked beside the words that claim: a mark is no proof, its absence is."""
    claims = SENTENCE_HEADS.index("claims")
    marked = np.zeros((2, len(SENTENCE_HEADS)), dtype=bool)
    marked[0] = True
    weights = without_marks_of_claims(np.ones(marked.shape, dtype=np.float32), marked)
    assert weights[:, claims].tolist() == [0, 1]
    assert (weights[:, : len(LABELS)] == 1).all()


@pytest.mark.parametrize("columns", [50, 100_000])
def test_only_what_is_needed_is_decoded(columns: int) -> None:
    """However many columns there are beside the used ones, the product is that with all weights."""
    random = np.random.default_rng(CHANCE)
    ngrams = sparse.random(8, columns, density=20 / columns, format="csr", dtype=np.float32, random_state=CHANCE)
    weights = random.normal(size=(columns, 3)).astype(np.float32)
    narrow = Narrow.of(ngrams)
    assert np.allclose(narrow.matrix @ weights[narrow.columns], ngrams @ weights, atol=1e-5)
    assert (narrow.wide != ngrams).nnz == 0
    coded = Coded.of(weights)
    assert coded.codes.dtype == np.int8
    assert np.allclose(coded[narrow.columns], weights[narrow.columns], atol=np.abs(weights).max() / 200)
    assert np.allclose(coded.times(narrow, narrow.columns), ngrams @ coded[np.arange(columns)], atol=1e-5)
