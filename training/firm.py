"""Does retraining adapt kyp to one firm, and at nobody's cost? `python -m training.firm` measures it.

Two firms: held-out clients made to write in a house style, and one author batch that no model has seen. Of each firm
200 messages are given as its own labels, without passages, as people give them; the rest is what is measured.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.datasets import held_out, load, shipped
from data.records import LabelledMessage
from model.lexicon import Lexicon, load_lexicon
from model.triage import Triage
from training.bootstrap import interval, label_f1, macro, resamples
from training.fit import Fitted, fit
from training.held_out import HeldOut
from training.house_style import in_house_style
from training.own_weight import choose_weight
from training.promote import judged_by

OWN = 200
BATCH = "w5"
SEED = 0


@dataclass(frozen=True, slots=True)
class Firm:
    """What is shipped, what the firm labelled, and what is measured on: its other messages, and other people's."""

    name: str
    base: list[LabelledMessage]
    own: list[LabelledMessage]
    rest: list[LabelledMessage]
    others: list[LabelledMessage]


def styled_firm(messages: Sequence[LabelledMessage], own: int = OWN) -> Firm:
    """Held-out clients in a house style; others are the same clients' other messages, as they were written."""
    base, kept = held_out(messages)
    mixed = _mixed(kept)
    mine = [_labelled(in_house_style(one)) for one in mixed[:own]]
    return Firm("house style", base, mine, [in_house_style(one) for one in mixed[own:]], mixed[own:])


def batch_firm(messages: Sequence[LabelledMessage], batch: str = BATCH, own: int = OWN) -> Firm:
    """One author batch as the firm; others are the held-out clients of other authors."""
    rest = [one for one in messages if one.batch != batch]
    mixed = _mixed([one for one in messages if one.batch == batch])
    base, others = held_out(rest)
    return Firm(f"author batch {batch}", base, [_labelled(one) for one in mixed[:own]], mixed[own:], others)


def measure(firm: Firm, lexicon: Lexicon, *, jobs: int) -> dict[str, Any]:
    """Macro-F1 before and after on the firm's other messages and on other people's, with the change's 95 % interval."""
    learnt = sorted([*firm.base, *firm.own], key=lambda one: one.id)
    weight, tried = choose_weight(learnt, lexicon, seed=SEED, jobs=jobs)
    before = fit(firm.base, lexicon, seed=SEED, jobs=jobs, progress=_tell)
    after = fit(learnt, lexicon, seed=SEED, jobs=jobs, progress=_tell, own_weight=weight)
    figures = {
        name: _change(before, after, messages, lexicon)
        for name, messages in (("firm", firm.rest), ("others", firm.others))
    }
    weights = {f"{one.weight:g}": [round(one.own, 4), round(one.shipped, 4)] for one in tried}
    return {"firm": firm.name, "own": len(firm.own), "weight": weight, "weights": weights, **figures}


def _change(before: Fitted, after: Fitted, messages: Sequence[LabelledMessage], lexicon: Lexicon) -> dict[str, Any]:
    old, new = (_judged(fitted, messages, lexicon) for fitted in (before, after))
    weights = resamples(old.clients)
    was, now = macro(label_f1(old, weights)), macro(label_f1(new, weights))
    low, high = interval((now - was)[1:])
    return {
        "messages": len(messages),
        "before": round(float(was[0]), 4),
        "after": round(float(now[0]), 4),
        "change": [round(low, 4), round(high, 4)],
    }


def _judged(fitted: Fitted, messages: Sequence[LabelledMessage], lexicon: Lexicon) -> HeldOut:
    thresholds = HeldOut.of([], np.zeros((0, 13), dtype=np.float32), fitted.parameters.operating).thresholds
    return judged_by(Triage(fitted.parameters, lexicon, "firm"), messages, thresholds)


def _labelled(message: LabelledMessage) -> LabelledMessage:
    """As people label: whole messages, no passages."""
    bare = replace(message, evidence=dict.fromkeys(message.labels, ()), urgency_evidence=(), annotators=("firm",))
    return replace(bare, id=f"own{message.id.replace('-', '')}")


def _mixed(messages: Sequence[LabelledMessage]) -> list[LabelledMessage]:
    """In an order that has nothing to do with authors or languages, clients kept whole."""
    clients = sorted({one.client for one in messages})
    place = dict(zip(clients, np.random.default_rng(SEED).permutation(len(clients)).tolist(), strict=True))
    return sorted(messages, key=lambda one: (place[one.client], one.id))


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


def main(arguments: Sequence[str]) -> None:
    """Measure both firms; write firm.json into the folder (docs). With a second argument, on every so many messages."""
    folder, every = Path(arguments[0] if arguments else "docs"), int(arguments[1]) if arguments[1:] else 1
    messages, lexicon = load(shipped())[::every], load_lexicon()
    found = []
    for firm in (styled_firm(messages), batch_firm(messages, own=OWN // every)):
        found.append(measure(firm, lexicon, jobs=os.cpu_count() or 1))
        (folder / "firm.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(found[-1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
