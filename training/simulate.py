"""Does the label queue save labels? `python -m training.simulate [FOLDER]` hides the shipped labels and reveals some.

Two learners start from the same few labelled messages. One is shown messages in random order, the other in the order
of model.label_queue; both learn anew after each batch and are measured on the clients held out for good. Support
vector heads on whole messages stand for the model, which is fitted anew after every batch.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.metrics import average_precision_score

from data.datasets import held_out, load, shipped
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, Label, Language
from model.label_queue import Candidates, choose
from model.lexicon import Floats, load_lexicon
from model.reader import joined
from training.first_layer import MESSAGE_STRENGTH, fit_heads
from training.own_weight import message_matrix
from training.plots import race
from training.targets import Targets, message_targets

SIZES = (200, 300, 450, 650, 900, 1200, 1600)
SEEDS = (0, 1, 2, 3, 4)
POOL = 4000  # messages whose labels are hidden, drawn anew with each seed
_STEEP = 2.0  # from margins to probabilities
Order = Callable[["Bench", list[int], list[int], Floats, int, int], list[int]]


@dataclass(frozen=True, slots=True)
class Bench:
    """All messages as rows of one matrix, what they bear, and which of them are held out for good."""

    messages: list[LabelledMessage]
    matrix: sparse.csr_matrix
    targets: Targets
    test: list[int]

    @classmethod
    def of(cls, messages: Sequence[LabelledMessage]) -> "Bench":
        """Read the messages; the vocabulary is learnt from all texts, as labels are all that is hidden."""
        pool, test = held_out(messages)
        every = [*pool, *test]
        places = list(range(len(pool), len(every)))
        return cls(every, message_matrix(every, load_lexicon()), message_targets(every), places)

    def learn(self, known: Sequence[int]) -> Floats:
        """Probabilities of every head for every message, learnt from some of them."""
        everyone = np.zeros(len(known), dtype=np.int64)
        rows, targets = self.matrix[known], self.targets[known]
        heads = fit_heads(rows, targets, np.ones(targets.shape, dtype=np.float32), everyone, None, MESSAGE_STRENGTH, 0)
        scores = self.matrix @ heads.weights + heads.biases
        return np.asarray(1 / (1 + np.exp(-_STEEP * scores)), dtype=np.float32)

    def precision(self, told: Floats) -> float:
        """Mean average precision over the labels, on the clients held out."""
        pairs = ((self.targets[self.test, head], told[self.test, head]) for head in range(len(LABELS)))
        return float(np.mean([average_precision_score(true, said) for true, said in pairs]))


def race_of(bench: Bench, order: Order, seed: int) -> list[float]:
    """Mean average precision after each number of labels in ``SIZES``, revealed by an order."""
    pool = len(bench.messages) - len(bench.test)
    drawn = np.random.default_rng(seed).permutation(pool)[:POOL].tolist()
    known, left = drawn[: SIZES[0]], drawn[SIZES[0] :]
    reached = []
    for size, following in zip(SIZES, (*SIZES[1:], SIZES[-1]), strict=True):
        told = bench.learn(known)
        reached.append(bench.precision(told))
        picked = order(bench, known, left, told, following - size, seed)
        known = [*known, *picked]
        left = sorted(set(left) - set(picked))
    return reached


def at_random(_bench: Bench, _known: list[int], left: list[int], _told: Floats, most: int, seed: int) -> list[int]:
    """Any of them."""
    return [left[int(n)] for n in np.random.default_rng([seed, len(left)]).permutation(len(left))[:most]]


def by_worth(bench: Bench, known: list[int], left: list[int], told: Floats, most: int, _seed: int) -> list[int]:
    """Those that the queue would show first."""
    own = [bench.messages[n] for n in left]
    labels = np.clip(told[left][:, : len(LABELS)], 1e-4, 1 - 1e-4)
    sentences = (np.log(labels / (1 - labels)) / 2).astype(np.float32)  # no sentences here: nothing to contradict
    candidates = Candidates(_texts(own), [one.lang for one in own], told[left], sentences)
    labelled = [bench.messages[n] for n in known]
    balance: Counter[tuple[Language, Label]] = Counter({(lang, label): 0 for lang in LANGUAGES for label in LABELS})
    balance.update((one.lang, label) for one in labelled for label in one.labels)
    return [left[pick.place] for pick in choose(candidates, _texts(labelled), balance, most)]


def labels_needed(sizes: Sequence[int], reached: Sequence[float], goal: float) -> float:
    """After how many labels a curve comes to a goal, read off between its points; infinite where it never does."""
    if reached[0] >= goal:
        return float(sizes[0])
    steps = zip(sizes, sizes[1:], reached, reached[1:], strict=False)
    crossing = (a + (goal - low) / (high - low) * (b - a) for a, b, low, high in steps if low < goal <= high)
    return next(crossing, float("inf"))


def main(arguments: Sequence[str]) -> None:
    """Run both orders with each seed; write active-learning.json and .svg into the folder (docs)."""
    folder = Path(arguments[0]) if arguments else Path("docs")
    bench = Bench.of(load(shipped()))
    found: dict[str, list[list[float]]] = {"random order": [], "label queue": []}
    for seed in SEEDS:
        for name, order in (("random order", at_random), ("label queue", by_worth)):
            found[name].append(race_of(bench, order, seed))
            _tell(f"{name} {seed}: {np.round(found[name][-1], 3).tolist()}")
    means = {name: np.mean(runs, axis=0).round(4).tolist() for name, runs in found.items()}
    goal = means["random order"][-1]
    saved = 1 - labels_needed(SIZES, means["label queue"], goal) / SIZES[-1]
    rounded = {name: np.round(runs, 4).tolist() for name, runs in found.items()}
    told = {"labels": SIZES, "runs": rounded, "mean": means, "saved_at_the_end": round(saved, 3)}
    (folder / "active-learning.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    lines = {name: list(zip(SIZES, values, strict=True)) for name, values in means.items()}
    (folder / "active-learning.svg").write_bytes(race(lines))


def _texts(messages: Sequence[LabelledMessage]) -> list[str]:
    return [joined(one.subject, one.body) for one in messages]


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
