"""What can be read off a fitted model for its card: the learning curve, and the features that speak for each label."""

from collections.abc import Sequence

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.encoder import SentenceEncoder
from model.lexicon import Lexicon
from model.reader import Reader
from model.space import Design
from model.text import Tokenizer
from training.fit import Fitted
from training.learning_curve import Point, learning_curve
from training.strongest import Strongest, strongest
from training.targets import message_targets
from training.weights import message_weights


def learnt(
    messages: Sequence[LabelledMessage],
    fitted: Fitted,
    lexicon: Lexicon,
    encoder: SentenceEncoder | None = None,
    *,
    seed: int,
    jobs: int,
) -> tuple[list[Point], list[Strongest]]:
    """Both from one reading of the training messages, by the model's own vocabulary."""
    own = fitted.parameters
    reader = Reader(Tokenizer(), own.vocabulary, lexicon, own.word_weights, encoder)
    reading = reader.read([one.subject for one in messages], [one.body for one in messages])
    design = Design.of(reading.messages, own.message_level)
    targets = message_targets(messages)[:, : len(LABELS)]
    weights = message_weights(messages, 1.0)[:, : len(LABELS)]
    curve = learning_curve(design.matrix, targets, weights, fitted.folds, seed=seed, jobs=jobs)
    return curve, strongest(messages, design.ngrams.wide, targets, own)
