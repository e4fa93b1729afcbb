"""How a model judges its training messages on the whole: what later mail is held against to see whether it drifts."""

from typing import Any

import numpy as np

from data.taxonomy import LABELS, LANGUAGES
from training.held_out import HeldOut


def profile(held: HeldOut) -> dict[str, Any]:
    """By language: the number of messages, and each label's mean probability and share present (out of fold)."""
    return {lang: _of(held.only(rows)) for lang in LANGUAGES if len(rows := held.rows_of(lang))}


def _of(held: HeldOut) -> dict[str, Any]:
    labels = {
        label: {"mean": _rounded(held.probabilities[:, head]), "share": _rounded(held.said[:, head])}
        for head, label in enumerate(LABELS)
    }
    return {"messages": len(held), "labels": labels}


def _rounded(values: Any) -> float:  # noqa: ANN401 (an array of numbers or truth values)
    return round(float(np.mean(values)), 4)
