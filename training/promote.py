"""Whether a candidate takes the champion's place: better or as good on the same held-out messages, and safe elsewhere.

Every message that the candidate learnt from is judged by a candidate and by a champion that had not seen its author:
out of fold where a model learnt from it (see training.held_out), by the champion itself where it did not.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES
from model.lexicon import Floats
from model.triage import Triage
from training.bootstrap import interval, kappa, label_f1, macro, resamples
from training.evaluate import as_email
from training.held_out import HeldOut
from training.metrics import calibration_error

FEWEST_SHARED = 100  # messages that both learnt from, below which all of the candidate's are compared on
_TIMED, _ROUNDS = 300, 3
_HEADS = len(LABELS)


@dataclass(frozen=True, slots=True)
class Margins:
    """How much worse a candidate may be: F1 of a label, macro-F1 of a language, kappa of urgency, calibration, time."""

    label: float = 0.03
    language: float = 0.02
    kappa: float = 0.02
    calibration: float = 0.01
    time: float = 1.5


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of promotion, with what was measured (``change`` is candidate minus champion)."""

    name: str
    champion: float
    candidate: float
    change: float
    passed: bool
    rule: str

    def line(self) -> str:
        """For a terminal."""
        told = f"{self.champion:.3f} → {self.candidate:.3f} ({self.change:+.3f})"
        return f"{'ok ' if self.passed else 'NO '} {self.name:34} {told:28} {self.rule}"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to promote, and every condition that was looked at."""

    promoted: bool
    reason: str
    champion: str | None = None
    shared: int = 0
    checks: tuple[Check, ...] = ()
    own: tuple[int, float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain, to be written beside the model."""
        told = [
            {name: _plain(getattr(one, name)) for name in ("name", "champion", "candidate", "change", "passed", "rule")}
            for one in self.checks
        ]
        own = (
            None
            if self.own is None
            else dict(zip(("messages", "champion", "candidate"), map(_plain, self.own), strict=True))
        )
        return {
            "promoted": self.promoted,
            "reason": self.reason,
            "champion": self.champion,
            "compared_on": self.shared,
            "checks": told,
            "new_own_messages": own,
        }


def first() -> Decision:
    """What is decided where there is no champion yet."""
    return Decision(True, "first model")


def compare(
    candidate: HeldOut, champion: HeldOut, time_ratio: float, *, version: str, margins: Margins, seed: int = 0
) -> Decision:
    """Decide between two models; ``champion`` has a row for every message of the candidate, or for the shared ones."""
    one, other = _paired(candidate, champion)
    weights = resamples(one.clients, seed)
    checks = [_macro_check(one, other, weights), *_label_checks(one, other, margins)]
    checks += [*_language_checks(one, other, margins), _kappa_check(one, other, margins)]
    checks += [_calibration_check(one, other, margins), _time_check(time_ratio, margins)]
    failed = [check.name for check in checks if not check.passed]
    worse, fine = f"not as good as {version}: {', '.join(failed)}", f"as good as {version} or better in all respects"
    reason = worse if failed else fine
    return Decision(not failed, reason, version, len(one), tuple(checks))


def decide(
    candidate: HeldOut,
    champion: HeldOut,
    unseen: HeldOut,
    time_ratio: float,
    *,
    version: str,
    margins: Margins,
    seed: int = 0,
) -> Decision:
    """Compare on the messages that both learnt from; on all where those are few.

    ``unseen`` is what the champion says of the candidate's messages that it did not learn from. How both do on the
    users' own ones among them is reported beside: their labels are new, and may be wrong.
    """
    shared = int(np.isin(candidate.ids, champion.ids).sum())
    everything = champion.joined(unseen)
    known = champion if shared >= FEWEST_SHARED else everything
    decision = compare(candidate, known, time_ratio, version=version, margins=margins, seed=seed)
    rows = np.flatnonzero(unseen.own)
    if not len(rows):
        return decision
    mine, theirs = _paired(candidate, unseen.only(rows))
    return replace(decision, own=(len(rows), _macro(theirs), _macro(mine)))


def judged_by(triage: Triage, messages: Sequence[LabelledMessage], thresholds: Floats) -> HeldOut:
    """What a model says of messages that it did not learn from."""
    blank = HeldOut.blank(messages, thresholds)
    if not messages:
        return blank
    return replace(blank, probabilities=triage.consider([as_email(one) for one in messages]).probabilities)


def time_ratio(
    candidate: Triage, champion: Triage, messages: Sequence[LabelledMessage], clock: Callable[[], float]
) -> float:
    """How much longer the candidate takes for the same messages: the best of some rounds, in turns."""
    emails = [as_email(one) for one in messages[:: max(1, len(messages) // _TIMED)]]
    taken: dict[str, list[float]] = {"candidate": [], "champion": []}
    for _ in range(_ROUNDS + 1):  # the first round warms up
        for name, triage in (("candidate", candidate), ("champion", champion)):
            began = clock()
            triage.judge(emails)
            taken[name].append(clock() - began)
    return min(taken["candidate"][1:]) / max(min(taken["champion"][1:]), 1e-9)


def _macro_check(one: HeldOut, other: HeldOut, weights: Floats) -> Check:
    mine, theirs = macro(label_f1(one, weights)), macro(label_f1(other, weights))
    low, high = interval((mine - theirs)[1:])
    rule = f"95 % of the change lies in {low:+.3f} to {high:+.3f}, which must reach 0"
    return _check("macro-F1", theirs[0], mine[0], high >= 0, rule)


def _label_checks(one: HeldOut, other: HeldOut, margins: Margins) -> list[Check]:
    everything = np.ones((1, len(one)), dtype=np.float32)
    pairs = zip(LABELS, label_f1(other, everything)[0], label_f1(one, everything)[0], strict=True)
    return [_bounded(f"F1 of {label}", theirs, mine, margins.label) for label, theirs, mine in pairs]


def _language_checks(one: HeldOut, other: HeldOut, margins: Margins) -> list[Check]:
    return [
        _bounded(f"macro-F1 in {lang}", _macro(other.only(rows)), _macro(one.only(rows)), margins.language)
        for lang in LANGUAGES
        if len(rows := one.rows_of(lang))
    ]


def _kappa_check(one: HeldOut, other: HeldOut, margins: Margins) -> Check:
    everything = np.ones((1, len(one)), dtype=np.float32)
    return _bounded("kappa of urgency", kappa(other, everything)[0], kappa(one, everything)[0], margins.kappa)


def _calibration_check(one: HeldOut, other: HeldOut, margins: Margins) -> Check:
    mine, theirs = _calibration(one), _calibration(other)
    rule = f"may rise by {margins.calibration}"
    return _check("calibration error", theirs, mine, mine <= theirs + margins.calibration, rule)


def _time_check(ratio: float, margins: Margins) -> Check:
    rule = (
        f"may be {margins.time} times as long" if margins.time < math.inf else "not counted: an encoder was asked for"
    )
    return _check("time a message takes", 1.0, ratio, ratio <= margins.time, rule)


def _bounded(name: str, champion: Any, candidate: Any, margin: float) -> Check:  # noqa: ANN401 (NumPy numbers)
    """A figure that may fall by a margin; one that cannot be measured falls by nothing."""
    fallen = np.nan_to_num(float(champion) - float(candidate))
    return _check(name, champion, candidate, fallen <= margin, f"may fall by {margin}")


def _check(name: str, champion: Any, candidate: Any, passed: Any, rule: str) -> Check:  # noqa: ANN401
    was, now = float(champion), float(candidate)
    return Check(name, was, now, now - was, bool(passed), rule)


def _macro(held: HeldOut) -> float:
    return float(macro(label_f1(held, np.ones((1, len(held)), dtype=np.float32)))[0])


def _calibration(held: HeldOut) -> float:
    errors = []
    for head in range(_HEADS):
        rows = held.known[:, head]
        errors.append(calibration_error(held.targets[rows, head], held.probabilities[rows, head]))
    return float(np.mean(errors))


def _paired(candidate: HeldOut, champion: HeldOut) -> tuple[HeldOut, HeldOut]:
    """Both on the messages that both have, in one order; a label that changed between them is not compared on."""
    _, mine, theirs = np.intersect1d(candidate.ids, champion.ids, return_indices=True)
    one, other = candidate.only(mine), champion.only(theirs)
    known = one.known & other.known & (one.targets == other.targets)
    place = {"clients": one.clients, "languages": one.languages, "targets": one.targets, "known": known}
    return replace(one, known=known), replace(other, **place)


def _plain(value: Any) -> Any:  # noqa: ANN401 (a number, a word or a truth value)
    if isinstance(value, float):
        return round(value, 4) if value == value else None
    return value
