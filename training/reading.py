"""What can be read off a fitted model for its card: the learning curve, and the features that speak for each label."""

from collections.abc import Sequence

from data.records import LabelledMessage
from data.taxonomy import LABELS
from training.fit import Fitted
from training.learning_curve import Point, learning_curve
from training.strongest import Strongest, strongest
from training.targets import message_targets
from training.weights import message_weights


def learnt(
    messages: Sequence[LabelledMessage], fitted: Fitted, *, seed: int, jobs: int
) -> tuple[list[Point], list[Strongest]]:
    """Both from the training messages as they were counted when the model was fitted."""
    design = fitted.design
    targets = message_targets(messages)[:, : len(LABELS)]
    weights = message_weights(messages, 1.0)[:, : len(LABELS)]
    curve = learning_curve(design.matrix, targets, weights, fitted.folds, seed=seed, jobs=jobs)
    return curve, strongest(messages, design.ngrams.wide, targets, fitted.parameters)
