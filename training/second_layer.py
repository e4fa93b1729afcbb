"""Fits the second layer on out-of-fold scores: additive logistic heads and small networks, and where to decide."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from model.layers import MESSAGE_HEADS, Stack, hinges, ordered, reached, standardised
from model.lexicon import Floats
from model.text import Ints
from training.folds import whole_and_without_each
from training.targets import Targets

_KNOTS = (0.3, 0.6, 0.85, 0.97)  # quantiles of each input at which its effect may bend
_PENALTY = 0.01  # C of the logistic regression, on hinges of one length each
_NETWORKS, _UNITS, _DECAY, _PACE, _EPOCHS, _BATCH = 4, 64, 0.1, 0.003, 15, 128  # chosen in docs/experiments.md
_NEARLY = 0.001  # of F1: a threshold so near to the best does as well, and lower ones find more in mail from elsewhere
_FEWEST = 5
_LEAST_SCALE = 1e-3
_HIGHEST = 3  # level of urgency
_GRID = np.arange(0.11, 0.90, 0.03)  # of thresholds between one level and the next


@dataclass(frozen=True, slots=True)
class SecondLayer:
    """The stack fitted on everything, and ``held_out`` probabilities (messages, heads) for choosing thresholds."""

    stack: Stack
    held_out: Floats


def fit_second_layer(inputs: Floats, targets: Targets, weights: Floats, folds: Ints, jobs: int) -> SecondLayer:
    """Fit the stack; its own out-of-fold probabilities come from the same folds as the scores it sees.

    ``weights`` (messages, heads) say how much each message counts for each head. Folds run in parallel processes.
    """
    learnt = whole_and_without_each(folds)
    whole, *stacks = Parallel(n_jobs=jobs)(delayed(_fit)(inputs[own], targets[own], weights[own]) for own in learnt)
    held_out = np.zeros(targets.shape, dtype=np.float32)
    for fold, stack in zip(np.unique(folds), stacks, strict=True):
        held_out[folds == fold] = stack.probabilities(inputs[folds == fold])
    return SecondLayer(whole, held_out)


def best_thresholds(
    probabilities: Floats, targets: Targets, quiet: Targets, false_alarms: Sequence[float]
) -> tuple[float, ...]:
    """For each label the best F1's threshold among those that alarm falsely on at most that share of ``quiet`` ones."""
    return tuple(
        _best_threshold(probabilities[:, head], targets[:, head], quiet & ~targets[:, head], most)
        for head, most in enumerate(false_alarms)
    )


def best_threshold(probabilities: Floats, target: Targets) -> float:
    """The lowest threshold of nearly the best F1."""
    if not target.any():
        return 0.5
    order, f1 = _f1_by_threshold(probabilities, target)
    return _bounded(probabilities[order[np.flatnonzero(f1 >= f1.max() - _NEARLY)[-1]]])


def best_urgency_thresholds(exceeds: Floats, levels: Ints) -> tuple[float, float, float]:
    """Thresholds of the expected level that tell levels best, found one after the other, the highest first, twice.

    Best is the quadratic kappa, and half the F1 of the highest level: the kappa alone hardly minds where that begins.
    """
    exceeds, chosen = ordered(exceeds), [0.5, 1.5, 2.5]
    for step in (2, 1, 0, 2, 1, 0):
        grid = (step + _GRID).tolist()
        tried = {t: _worth(exceeds, levels, [*chosen[:step], t, *chosen[step + 1 :]]) for t in grid}
        chosen[step] = max(tried, key=lambda t: (round(tried[t], 4), -abs(t - step - 0.5)))
    return chosen[0], chosen[1], chosen[2]


def _fit(inputs: Floats, targets: Targets, counting: Floats) -> Stack:
    with threadpool_limits(limits=1):  # sums in one order
        mean, scale = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), _LEAST_SCALE)
        standard = standardised(inputs, mean, scale)
        knots = np.quantile(standard, _KNOTS, axis=0).astype(np.float32)
        networks = _fit_networks(standard, targets, counting.min(axis=1))
        return Stack(mean, scale, knots, *_fit_additive(hinges(standard, knots), targets, counting), *networks)


def _fit_additive(design: Floats, targets: Targets, counting: Floats) -> tuple[Floats, Floats]:
    """Weights and biases of the logistic heads; the penalty sees every column at one length."""
    lengths = np.maximum(design.std(axis=0), _LEAST_SCALE)
    design = design / lengths
    weights = np.zeros((design.shape[1], len(MESSAGE_HEADS)), dtype=np.float32)
    biases = np.full(len(MESSAGE_HEADS), -5.0, dtype=np.float32)
    for head, (target, weight) in enumerate(zip(targets.T, counting.T, strict=True)):
        known = weight > 0
        if min((target & known).sum(), (~target & known).sum()) >= _FEWEST:
            machine = LogisticRegression(C=_PENALTY, max_iter=1000)
            fitted = machine.fit(design[known], target[known], sample_weight=weight[known])
            weights[:, head], biases[head] = fitted.coef_[0] / lengths, fitted.intercept_[0]
    return weights, biases


def _fit_networks(standard: Floats, targets: Targets, counting: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Networks that differ in their first weights only; all heads share the hidden units.

    They learn from the messages of which every label is settled (``counting`` above 0).
    """
    settled = counting > 0
    size = min(_BATCH, int(settled.sum()))
    networks = [
        MLPClassifier(_UNITS, alpha=_DECAY, learning_rate_init=_PACE, max_iter=_EPOCHS, batch_size=size, random_state=n)
        for n in range(_NETWORKS)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # to stop early is part of the regularisation
        for network in networks:
            network.fit(standard[settled], targets[settled].astype(int), sample_weight=counting[settled])
    hidden, output = ([one.coefs_[layer] for one in networks] for layer in (0, 1))
    hidden_biases, output_biases = ([one.intercepts_[layer] for one in networks] for layer in (0, 1))
    stacked = (np.array(each, dtype=np.float32) for each in (hidden, hidden_biases, output, output_biases))
    return next(stacked), next(stacked), next(stacked), next(stacked)


def _best_threshold(probabilities: Floats, target: Targets, quiet: Targets, false_alarms: float) -> float:
    """The threshold of best F1 within the false alarms that are allowed; the strictest where none is."""
    if not target.any():
        return 0.5
    order, f1 = _f1_by_threshold(probabilities, target)
    alarms = np.cumsum(quiet[order]) / max(int(quiet.sum()), 1)
    f1[alarms > false_alarms] = -1.0
    return _bounded(probabilities[order[f1.argmax()]])


def _f1_by_threshold(probabilities: Floats, target: Targets) -> tuple[Ints, Floats]:
    """The messages, the most probable first, and the F1 of a threshold at each; -1 where the next is as probable."""
    order = np.argsort(-probabilities, kind="stable")
    falling = probabilities[order]
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + target.sum())
    f1[:-1][falling[:-1] == falling[1:]] = -1.0  # of messages alike a threshold takes all or none
    return order, f1


def _bounded(threshold: float) -> float:
    return float(np.clip(threshold, 0.05, 0.95))


def _worth(exceeds: Floats, levels: Ints, thresholds: list[float]) -> float:
    told = reached(exceeds, thresholds)
    highest = f1_score(levels == _HIGHEST, told == _HIGHEST, zero_division=0.0)
    return float(cohen_kappa_score(levels, told, weights="quadratic") + highest / 2)
