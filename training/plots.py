"""The plots of a model card as SVG: reliability, precision and recall, urgency, learning curve; no screen needed."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from data.taxonomy import LABELS, URGENCY_NAMES
from training.held_out import HeldOut
from training.learning_curve import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _ACCENT, _SOFT = "#1d2327", "#0f5e63", "#9aa3ab"
_BINS = 10
_POINTS = 250  # of a curve: more cannot be told apart, and make a card of megabytes
_STYLE: Any = {  # matplotlib names each key it knows in a type of its own
    "svg.fonttype": "none",
    "svg.hashsalt": "kyp",  # the same plot is the same bytes
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def reliability(held: HeldOut) -> bytes:
    """For each label how often it holds among messages that were given about the same probability."""

    def panel(axes: "Axes", head: int) -> None:
        rows = held.known[:, head]
        said, true = held.probabilities[rows, head], held.targets[rows, head]
        bins = np.minimum((said * _BINS).astype(int), _BINS - 1)
        counts = np.bincount(bins, minlength=_BINS)
        filled = counts > 0
        mean, share = (np.bincount(bins, values, _BINS)[filled] / counts[filled] for values in (said, true))
        axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=0.8, linestyle="--")
        axes.plot(mean, share, color=_ACCENT, linewidth=1.2)
        axes.scatter(mean, share, s=6 + 40 * np.sqrt(counts[filled] / counts.max()), color=_ACCENT)

    return _by_label(panel, "probability given", "share that bears it")


def precision_recall(held: HeldOut) -> bytes:
    """For each label precision against recall; the dot is where the model decides."""
    from sklearn.metrics import precision_recall_curve

    def panel(axes: "Axes", head: int) -> None:
        rows = held.known[:, head]
        said, true = held.probabilities[rows, head], held.targets[rows, head]
        if not true.any():
            return
        precision, recall, _ = precision_recall_curve(true, said)
        shown = np.unique(np.linspace(0, len(recall) - 1, _POINTS).astype(int))
        axes.plot(recall[shown], precision[shown], color=_ACCENT, linewidth=1.2)
        chosen = said >= held.thresholds[head]
        if chosen.any():
            axes.scatter([true[chosen].sum() / true.sum()], [true[chosen].mean()], color=_INK, s=22, zorder=3)

    return _by_label(panel, "recall", "precision")


def urgency(held: HeldOut) -> bytes:
    """Messages by the level people gave (down) and the level told (across)."""
    table = np.zeros((4, 4), dtype=int)
    rows = held.known[:, len(LABELS)]
    np.add.at(table, (held.true_levels[rows], held.levels[rows]), 1)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)

    def draw(figure: Any) -> None:  # noqa: ANN401 (matplotlib comes only when a card is drawn)
        axes = figure.subplots()
        axes.imshow(shares, cmap="BuGn", vmin=0, vmax=1)
        names = [f"{level} {name}" for level, name in enumerate(URGENCY_NAMES)]
        axes.set_xticks(range(4), names)
        axes.set_yticks(range(4), names)
        axes.set_xlabel("told")
        axes.set_ylabel("given by people")
        for true in range(4):
            for said in range(4):
                colour = "white" if shares[true, said] > 0.6 else _INK
                axes.text(said, true, str(table[true, said]), ha="center", va="center", color=colour)

    return _drawn(draw, (4.6, 4.0))


def learning(points: Sequence[Point]) -> bytes:
    """Mean average precision against the number of messages learnt from."""

    def draw(figure: Any) -> None:  # noqa: ANN401
        axes = figure.subplots()
        axes.plot([one.messages for one in points], [one.precision for one in points], "o-", color=_ACCENT)
        axes.set_xscale("log")
        axes.set_xticks([one.messages for one in points], [str(one.messages) for one in points])
        axes.minorticks_off()
        axes.set_xlabel("messages learnt from")
        axes.set_ylabel("mean average precision")
        axes.grid(axis="y", color=_SOFT, alpha=0.3)

    return _drawn(draw, (5.2, 3.4))


def race(lines: Mapping[str, Sequence[tuple[int, float]]]) -> bytes:
    """Mean average precision against the number of labels, a line for each way of choosing them."""

    def draw(figure: Any) -> None:  # noqa: ANN401
        axes = figure.subplots()
        for (name, points), colour in zip(lines.items(), (_SOFT, _ACCENT), strict=False):
            axes.plot(*zip(*points, strict=True), "o-", color=colour, label=name)
        axes.set_xlabel("labels given")
        axes.set_ylabel("mean average precision on held-out clients")
        axes.grid(axis="y", color=_SOFT, alpha=0.3)
        axes.legend(frameon=False, loc="lower right")

    return _drawn(draw, (6.4, 4.0))


def _by_label(panel: Any, across: str, up: str) -> bytes:  # noqa: ANN401
    """Three by three small panels, one a label."""

    def draw(figure: Any) -> None:  # noqa: ANN401
        grid = figure.subplots(3, 3, sharex=True, sharey=True)
        for head, axes in enumerate(grid.flat):
            panel(axes, head)
            axes.set_title(LABELS[head], fontsize=9, loc="left", color=_INK)
            axes.set_xlim(-0.03, 1.03)
            axes.set_ylim(-0.03, 1.03)
        figure.supxlabel(across, fontsize=9)
        figure.supylabel(up, fontsize=9)

    return _drawn(draw, (7.2, 6.6))


def _drawn(draw: Any, size: tuple[float, float]) -> bytes:  # noqa: ANN401
    from matplotlib import rc_context
    from matplotlib.figure import Figure  # no pyplot: it keeps figures in a global list, and looks for a screen

    buffer = io.BytesIO()
    with rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    return buffer.getvalue()
