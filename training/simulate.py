"""Does the label queue save labels? `python -m training.simulate [FOLDER]` hides the shipped labels and reveals some.

Two learners start from the same few labelled messages. One is shown messages in random order, the other in the order
of model.label_queue; both learn anew after each batch and are measured on the clients held out for good.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.datasets import held_out, load, shipped
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, Label, Language
from model.label_queue import Candidates, choose
from model.lexicon import Lexicon, load_lexicon
from model.reader import joined
from model.triage import Triage
from training.evaluate import as_email, evaluate
from training.fit import fit
from training.plots import race

SIZES = (200, 300, 450, 700, 1000)
SEEDS = (0, 1)
Order = Callable[[Triage, Sequence[LabelledMessage], Sequence[LabelledMessage], int, int], list[int]]


@dataclass(frozen=True, slots=True)
class Step:
    """After so many labels: macro-F1 over the nine labels, and their mean average precision, on held-out clients."""

    labels: int
    f1: float
    precision: float


def race_of(
    order: Order, pool: Sequence[LabelledMessage], test: Sequence[LabelledMessage], lexicon: Lexicon, seed: int
) -> list[Step]:
    """Reveal the pool's labels by an order, learning after each batch."""
    left = np.random.default_rng(seed).permutation(len(pool)).tolist()
    known, left = left[: SIZES[0]], left[SIZES[0] :]
    steps = []
    for size, following in zip(SIZES, (*SIZES[1:], SIZES[-1]), strict=True):
        labelled = sorted((pool[n] for n in known), key=lambda one: one.id)
        fitted = fit(labelled, lexicon, seed=seed, jobs=1, progress=lambda _: None)
        triage = Triage(fitted.parameters, lexicon, f"{size}")
        found = evaluate(triage, test).overall.labels.values()
        f1, precision = (float(np.mean([getattr(one, name) for one in found])) for name in ("f1", "average_precision"))
        steps.append(Step(size, f1, precision))
        picked = set(order(triage, [pool[n] for n in left], labelled, following - size, seed))
        known += [n for place, n in enumerate(left) if place in picked]
        left = [n for place, n in enumerate(left) if place not in picked]
    return steps


def at_random(
    _triage: Triage, left: Sequence[LabelledMessage], _known: Sequence[LabelledMessage], most: int, seed: int
) -> list[int]:
    """Any of them."""
    return [int(n) for n in np.random.default_rng([seed, len(left)]).permutation(len(left))[:most]]


def by_worth(
    triage: Triage, left: Sequence[LabelledMessage], known: Sequence[LabelledMessage], most: int, _seed: int
) -> list[int]:
    """Those that the queue would show first."""
    judgement = triage.consider([as_email(one) for one in left])
    candidates = Candidates.of(judgement, [joined(one.subject, one.body) for one in left])
    balance: Counter[tuple[Language, Label]] = Counter({(lang, label): 0 for lang in LANGUAGES for label in LABELS})
    balance.update((one.lang, label) for one in known for label in one.labels)
    picks = choose(candidates, [joined(one.subject, one.body) for one in known], balance, most)
    return [pick.place for pick in picks]


def main(arguments: Sequence[str]) -> None:
    """Run both orders with each seed; write active-learning.json and .svg into the folder (docs)."""
    folder = Path(arguments[0]) if arguments else Path("docs")
    pool, test = held_out(load(shipped()))
    lexicon = load_lexicon()
    found: dict[str, list[list[Step]]] = {"random order": [], "label queue": []}
    for seed in SEEDS:
        for name, order in (("random order", at_random), ("label queue", by_worth)):
            found[name].append(race_of(order, pool, test, lexicon, seed))
            _tell(
                f"{name} {seed}: {[(one.labels, round(one.f1, 3), round(one.precision, 3)) for one in found[name][-1]]}"
            )
    told = {name: [[_plain(step) for step in run] for run in runs] for name, runs in found.items()}
    (folder / "active-learning.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    lines = {name: [_mean([run[n] for run in runs]) for n in range(len(SIZES))] for name, runs in found.items()}
    (folder / "active-learning.svg").write_bytes(race(lines))


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


def _plain(step: Step) -> dict[str, float]:
    return {"labels": step.labels, "macro_f1": round(step.f1, 4), "mean_precision": round(step.precision, 4)}


def _mean(steps: Sequence[Step]) -> tuple[int, float]:
    return steps[0].labels, float(np.mean([step.precision for step in steps]))


if __name__ == "__main__":
    main(sys.argv[1:])
