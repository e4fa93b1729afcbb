"""Labelled messages in, a fitted model out: the whole of learning, in the order in which it happens."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from data.errors import InputError
from data.records import LabelledMessage
from data.taxonomy import ARCHETYPES, LABELS, LANGUAGES, SITUATIONS
from model.deadline_scores import NEAR, Said, places_of
from model.encoder import SentenceEncoder
from model.features import TypeTable, Vocabulary, learn_vocabulary
from model.layers import ordered
from model.lexicon import Floats, Lexicon
from model.parameters import Operating, Parameters
from model.prior import Shares
from model.reader import Reader, Reading, joined
from model.space import MESSAGE_BLOCKS, SENTENCE_BLOCKS, Design, Level
from model.text import Ints, Tokenizer
from training.deadline_lesson import Lesson
from training.evidence import best_evidence_score
from training.first_layer import MESSAGE_STRENGTH, fit_first_layer
from training.fit_deadlines import learn_deadlines
from training.folds import folds
from training.second_layer import (
    best_threshold,
    best_thresholds,
    best_urgency_thresholds,
    fit_second_layer,
)
from training.sentence_net import SentenceLayer, SentenceLesson, fit_sentence_layer, without_marks_of_claims
from training.targets import Targets, message_targets, ordinary, sentence_targets
from training.weights import message_weights, sentence_weights
from training.words import fit_language, rarity

# Share of ordinary business mail that a label may be given to wrongly: an archetype says something of a person, a
# situation points at a passage that is quickly looked at.
FALSE_ALARMS = {**dict.fromkeys(ARCHETYPES, 0.01), **dict.fromkeys(SITUATIONS, 0.03)}
_FEWEST_MESSAGES = 60
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, and what it says of its own training messages when it has not seen their authors (``held_out``).

    ``design`` has the messages as its heads see them.
    """

    parameters: Parameters
    held_out: Floats
    folds: Ints
    design: Design


def fit(
    messages: Sequence[LabelledMessage],
    lexicon: Lexicon,
    *,
    seed: int,
    jobs: int,
    progress: Progress,
    own_weight: float = 1.0,
    encoder: SentenceEncoder | None = None,
) -> Fitted:
    """Fit everything; the same messages and seed give the same parameters.

    Labels that users gave count ``own_weight`` times, those that nobody settled not at all.

    Raises:
        InputError: there are too few messages to learn from.
    """
    if len(messages) < _FEWEST_MESSAGES:
        raise InputError(
            f"{len(messages)} labelled messages are too few to learn from; at least {_FEWEST_MESSAGES} are needed"
        )
    with threadpool_limits(limits=1):  # sums in one order, whatever the number of cores: one model everywhere
        return _fit(messages, lexicon, seed, jobs, progress, own_weight, encoder)


def _fit(
    messages: Sequence[LabelledMessage],
    lexicon: Lexicon,
    seed: int,
    jobs: int,
    progress: Progress,
    own: float,
    encoder: SentenceEncoder | None,
) -> Fitted:
    fold = folds(messages)
    progress("counting words" if encoder is None else "counting words, encoding sentences")
    reader, word_weights = reader_of(messages, lexicon, encoder)
    page = reader.tokenise([one.subject for one in messages], [one.body for one in messages])
    days = Lesson.of(messages, reader.written(page), lexicon)
    mails, places = places_of(days.readings)
    reading = reader.count(page, page.tokens.around(mails, places, NEAR))
    targets, weights = message_targets(messages), message_weights(messages, own)
    progress("learning to read sentences")
    sentence_level = Level.learn(reading.sentences, SENTENCE_BLOCKS)
    lesson = _lesson(messages, reading, sentence_level, targets, weights, own)
    sentences = fit_sentence_layer(lesson, fold, seed, jobs)
    progress("learning to read messages")
    message_level = Level.learn(reading.messages, MESSAGE_BLOCKS)
    design = Design.of(reading.messages, message_level)
    whole = fit_first_layer(design, targets, weights, fold, strength=MESSAGE_STRENGTH, seed=seed, jobs=jobs)
    progress("learning which days are deadlines")
    near = sentences.held_out_of(Design.of(reading.windows, sentence_level), fold[mails])
    said = Said.of(reading.tokens, sentences.held_out, whole.held_out, near, days.readings)
    dated = learn_deadlines(days, said, fold, seed=seed, jobs=jobs)
    progress("weighing both, and choosing where to decide")
    inputs = reader.stack_inputs(page, whole.held_out, sentences.held_out, dated.held_out_facts.astype(np.float32))
    second = fit_second_layer(inputs, targets, weights, fold, jobs)
    parameters = Parameters(
        reader.vocabulary,
        word_weights,
        sentence_level,
        message_level,
        sentences.net,
        whole.heads,
        second.stack,
        fit_language(reader.vocabulary, page, np.array([LANGUAGES.index(one.lang) for one in messages])),
        dated.model,
        _operating(messages, reading, sentences, np.where(weights > 0, second.held_out, 0), targets),
        _shares(targets[:, : len(LABELS)]),
    )
    return Fitted(parameters, second.held_out, fold, design)


def reader_of(
    messages: Sequence[LabelledMessage], lexicon: Lexicon, encoder: SentenceEncoder | None = None
) -> tuple[Reader, Floats]:
    """A reader with the vocabulary of the messages, and the weights of its word vectors."""
    tokenizer = Tokenizer(sys.maxsize)  # forgets nothing: whoever learns reads the same messages again
    tokens = tokenizer([joined(one.subject, one.body) for one in messages])
    vocabulary: Vocabulary = learn_vocabulary(tokens, tokenizer.strings, lexicon)
    table = TypeTable(vocabulary, lexicon)
    table.update(tokenizer.strings)
    weights = rarity(table.rows[tokens.types], len(lexicon.vectors))
    return Reader(tokenizer, vocabulary, lexicon, weights, encoder), weights


def _lesson(
    messages: Sequence[LabelledMessage], reading: Reading, level: Level, targets: Targets, weights: Floats, own: float
) -> SentenceLesson:
    marked = sentence_targets(messages, reading.tokens)
    return SentenceLesson(
        Design.of(reading.sentences, level),
        reading.tokens.sentence_text,
        marked,
        without_marks_of_claims(sentence_weights(messages, reading.tokens, own), marked),
        targets,
        weights,
    )


def _operating(
    messages: Sequence[LabelledMessage], reading: Reading, sentences: SentenceLayer, held_out: Floats, targets: Targets
) -> Operating:
    """Thresholds from out-of-fold probabilities only (0 where the truth is not known)."""
    labels = len(LABELS)
    exceeds = ordered(held_out[:, labels : labels + 3])
    return Operating(
        best_thresholds(held_out, targets, ordinary(messages), [FALSE_ALARMS[label] for label in LABELS]),
        best_threshold(held_out[:, -1], targets[:, -1]),
        best_urgency_thresholds(exceeds, np.array([one.urgency for one in messages])),
        best_evidence_score(messages, reading.tokens, sentences.held_out),
    )


def _shares(labelled: Targets) -> Shares:
    return Shares(tuple(labelled.mean(axis=0).tolist()), float(labelled.any(axis=1).mean()))
