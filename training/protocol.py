"""The protocol by which choices are made and reported: `python -m training.protocol [TRANSFER.jsonl …]`.

A model is fitted without the held-out fifth of the clients, measured by cross-validation with whole author batches
left out, then once on the fifth that no choice looks at, and on files of messages of another kind where they are given.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from data.datasets import held_out, load, shipped
from data.records import Assessment, LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, STYLES
from model.lexicon import load_lexicon
from model.space import MESSAGE_BLOCKS, Design, Level
from model.triage import Triage
from training.evaluate import Evaluation, Figures, as_email, compare, evaluate
from training.fit import Fitted, fit, reader_of
from training.learning_curve import learning_curves
from training.run import cross_validated
from training.targets import message_targets, ordinary
from training.transfer import report

RESAMPLES = 200
BASE_RATES = (0.01, 0.02, 0.05, 0.1)
SEED = 0


def main(arguments: Sequence[str]) -> None:
    """Run the protocol and print its report as Markdown."""
    development, test = held_out(load(shipped()))
    fitted = fit(development, load_lexicon(), seed=SEED, jobs=os.cpu_count() or 1, progress=_tell)
    home = cross_validated(development, fitted)
    triage = Triage(fitted.parameters, load_lexicon(), "protocol")
    print(f"developed on {len(development)} messages, held out {len(test)}\n")  # noqa: T201
    print(  # noqa: T201
        f"batches left out: archetypes {home['archetypes']}, situations {home['situations']}, "
        f"urgency kappa {home['urgency_kappa']}\n"
    )
    assessments = triage.judge([as_email(one) for one in test])
    print(_held_out_report(triage, test, assessments))  # noqa: T201
    print(f"\n{_precision_report(test, assessments)}")  # noqa: T201
    for path in arguments:
        print(f"\n{report(Path(path), triage)}")  # noqa: T201
    print(f"\n{_curves_report(development, fitted)}")  # noqa: T201


def _held_out_report(triage: Triage, test: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> str:
    evaluation: Evaluation = evaluate(triage, test)
    lines = [f"```\n{evaluation.table()}\n```", "", "| held-out fifth | value | 95 % |", "|---|---|---|"]
    for name, (low, high) in _intervals(test, assessments).items():
        lines.append(f"| {name} | {_FIGURES[name](evaluation.overall):.3f} | {low:.3f} to {high:.3f} |")
    lines += ["", "| part | messages | archetypes | situations | urgency kappa |", "|---|---|---|---|---|"]
    for name, own in _parts(test).items():
        part = compare([test[n] for n in own], [assessments[n] for n in own])
        lines.append(
            f"| {name} | {len(own)} | {part.archetype_f1:.3f} | {part.situation_f1:.3f} | {part.urgency.kappa:.3f} |"
        )
    return "\n".join(lines)


def _precision_report(test: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> str:
    """Precision where labels are as rare as in an inbox: hits among all held out, alarms among ordinary mail."""
    quiet = ordinary(test)
    lines = [
        f"| label borne by | {' | '.join(f'{rate:.0%}' for rate in BASE_RATES)} |",
        f"|---|{'---|' * len(BASE_RATES)}",
    ]
    for number, label in enumerate(LABELS):
        true = np.array([label in one.labels for one in test])
        said = np.array([one.signals[number].present for one in assessments])
        found, alarms = said[true].mean(), said[quiet & ~true].mean()
        values = [found * rate / max(found * rate + alarms * (1 - rate), 1e-9) for rate in BASE_RATES]
        lines.append(f"| precision of {label} | {' | '.join(f'{value:.2f}' for value in values)} |")
    return "\n".join(lines)


def _curves_report(development: Sequence[LabelledMessage], fitted: Fitted) -> str:
    """Learning curves of the heads on whole messages, by language, label and style."""
    reader, _ = reader_of(development, load_lexicon())
    reading = reader.read([one.subject for one in development], [one.body for one in development])
    design = Design.of(reading.messages, Level.learn(reading.messages, MESSAGE_BLOCKS))
    targets = message_targets(development)[:, : len(LABELS)]
    weights = np.ones(targets.shape, dtype=np.float32)
    whole = np.ones_like(targets)
    parts = {"all": whole}
    for name, own in _parts(development).items():
        parts[name] = np.zeros_like(targets)
        parts[name][own] = True
    parts |= {label: whole & (np.array(LABELS) == label) for label in LABELS}
    jobs = os.cpu_count() or 1
    curves = learning_curves(design.matrix, targets, weights, fitted.folds, parts, seed=SEED, jobs=jobs)
    heads = [str(point.messages) for point in curves["all"]]
    lines = [f"| mean AP, learnt from | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    lines += [f"| {name} | {' | '.join(f'{one.precision:.3f}' for one in own)} |" for name, own in curves.items()]
    return "\n".join(lines)


def _parts(test: Sequence[LabelledMessage]) -> dict[str, list[int]]:
    by_language = {str(lang): [n for n, one in enumerate(test) if one.lang == lang] for lang in LANGUAGES}
    by_style = {str(style): [n for n, one in enumerate(test) if one.style == style] for style in STYLES}
    by_hand = {"by hand": [n for n, one in enumerate(test) if one.batch.startswith("t")]}  # see data/labelled/README.md
    return {name: own for name, own in (by_language | by_style | by_hand).items() if own}


def _intervals(test: Sequence[LabelledMessage], assessments: Sequence[Assessment]) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each figure by bootstrap over clients."""
    clients: dict[str, list[int]] = {}
    for number, message in enumerate(test):
        clients.setdefault(message.client, []).append(number)
    groups = list(clients.values())
    chance = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        own = [n for group in chance.integers(len(groups), size=len(groups)).tolist() for n in groups[group]]
        drawn.append(compare([test[n] for n in own], [assessments[n] for n in own]))
    quantiles = {
        name: np.nanquantile([figure(one) for one in drawn], [0.025, 0.975]) for name, figure in _FIGURES.items()
    }
    return {name: (float(low), float(high)) for name, (low, high) in quantiles.items()}


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


_FIGURES: dict[str, Callable[[Figures], float]] = {
    "archetypes macro-F1": lambda one: one.archetype_f1,
    "situations macro-F1": lambda one: one.situation_f1,
    "urgency kappa": lambda one: one.urgency.kappa,
    "urgency level 3 F1": lambda one: one.urgency.now_f1,
    "claimed F1": lambda one: one.urgency.claimed_f1,
    "deadline F1": lambda one: one.urgency.deadline_f1,
    "calibration error": lambda one: one.calibration_error,
    "evidence token F1": lambda one: one.evidence_f1,
}


if __name__ == "__main__":
    main(sys.argv[1:])
