"""The model card: what a model is for and not for, what it learnt from, how good it is and where it is weak.

In the manner of Mitchell et al., "Model Cards for Model Reporting" (2019). The same content as Markdown and as HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.taxonomy import LABELS, LANGUAGES
from model.encoder import Mark
from model.lexicon import Floats
from training import plots
from training.bootstrap import interval, kappa, label_f1, macro, resamples
from training.card_pages import Page, Picture, Table, html, markdown
from training.held_out import HeldOut
from training.learning_curve import Point
from training.metrics import label_figures
from training.recipe import Recipe
from training.strongest import Strongest

WEAK, BEHIND = 0.8, 0.05  # F1 below which a label is called weak, and how far a language may fall behind
_HEADS = len(LABELS)
_FOR = (
    "Sorting and answering client mail of consultants, agencies, freelancers and service firms in English, Filipino "
    "and Malay: a person reads the mail, the passages shown and the advice, and decides."
)
_NOT_FOR = (
    "Judging people: a label says what one text shows, not what its writer is like. No rating, ranking or screening of "
    "persons, no decisions on hiring, credit, insurance or the like.",
    "Answering by itself: drafts are for a person to read and change before anything is sent.",
    "Watching employees, or mail that one may not read.",
    "Mail of other kinds (private letters, support tickets, legal notices) or languages, without measuring first.",
)
_RELIABILITY = (
    "On the dashed line, of ten messages given 0.8 eight bear the label; larger dots stand for more messages."
)
_FEATURES = (
    "Words, pairs and triples of words. An = marks English stems, which stand for words of all languages; … two words "
    "near each other in either order; ^ opens a sentence."
)
_ALWAYS = (
    "The shipped messages were written for the purpose, and labels are far commoner in them than in an ordinary inbox: "
    "there, probabilities come out too high for rare labels until own labels are learnt.",
    "Irony, hints and facts of a trade that only insiders read as a fault are often missed.",
    "Figures are by cross-validation with whole author batches left out: a new author of the same kind. On another "
    "kind of mail kyp may do worse.",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a card tells of; no date, so that the same data give the same bytes."""

    version: str
    recipe: Recipe
    seed: int
    own_weight: float
    held: HeldOut
    curve: Sequence[Point]
    strongest: Sequence[Strongest]
    suspects: int
    encoder: Mark | None = None


def card(findings: Findings) -> dict[str, bytes]:
    """The files of the card by name: Markdown with its pictures, and one self-contained HTML page."""
    page = _page(findings)
    files = {picture.name: picture.svg for picture in page.pictures}
    return files | {"card.md": markdown(page).encode(), "card.html": html(page).encode()}


def _page(own: Findings) -> Page:
    page = Page(f"Model {own.version}", "Client mail: nine labels and urgency.")
    page.section("What it is for").paragraph(_FOR)
    page.section("What it must not be used for").bullets(_NOT_FOR)
    _data(page, own)
    _figures(page, own.held)
    page.section("Known weaknesses").bullets([*_weaknesses(own), *_ALWAYS])
    _pictures(page, own)
    _features(page, own.strongest)
    return page


def _data(page: Page, own: Findings) -> None:
    messages = own.recipe.messages
    page.section("What it learnt from")
    counted = f"{len(messages)} messages of {len({one.client for one in messages})} clients"
    mine = f", {own.recipe.own} of them own ones that count {own.own_weight:g} times" if own.recipe.mixed else ""
    page.paragraph(f"{counted}{mine}. Fingerprint of the data (SHA-256): {own.recipe.fingerprint}. Seed {own.seed}.")
    if own.encoder is not None:
        page.paragraph(f"Sentences are read by the encoder {own.encoder.name} too, which is not part of the model.")
    rows = []
    for label in LABELS:
        by_language = [sum(label in one.labels and one.lang == lang for one in messages) for lang in LANGUAGES]
        rows.append([label, *map(str, by_language), str(sum(by_language))])
    totals = [sum(one.lang == lang for one in messages) for lang in LANGUAGES]
    rows.append(["messages", *map(str, totals), str(len(messages))])
    page.table(Table(["", *LANGUAGES, "all"], rows))
    if scarce := own.recipe.scarce():
        page.paragraph("Too few examples:").bullets(scarce)
    if own.suspects:
        page.paragraph(f"{own.suspects} labels look doubtful to the model itself: `kyp models show` lists them.")


def _figures(page: Page, held: HeldOut) -> None:
    weights = resamples(held.clients)
    f1 = label_f1(held, weights)
    parts = {lang: held.only(rows) for lang in LANGUAGES if len(rows := held.rows_of(lang))}
    by_language = [label_f1(part, _once(len(part)))[0] for part in parts.values()]
    page.section("How good it is")
    page.paragraph("On messages whose authors it had not seen; in brackets the 95 % interval by resampling clients.")
    lines = []
    for head, label in enumerate(LABELS):
        known = held.known[:, head]
        told = label_figures(held.targets[known, head], held.said[known, head], held.probabilities[known, head])
        figures = (told.precision, told.recall, told.average_precision, told.calibration_error)
        numbers = [_number(one) for one in (*figures, *(own[head] for own in by_language))]
        lines.append([label, str(told.support), _with_interval(f1[:, head]), *numbers])
    heads = ["label", "n", "F1", "precision", "recall", "AP", "calibration error", *(f"F1 {lang}" for lang in parts)]
    page.table(Table(heads, lines))
    summary = {"macro-F1": macro(f1), "quadratic kappa of urgency": kappa(held, weights)}
    summary |= {f"macro-F1 {lang}": macro(label_f1(part, resamples(part.clients))) for lang, part in parts.items()}
    page.table(Table(["", "value"], [[name, _with_interval(values)] for name, values in summary.items()]))


def _weaknesses(own: Findings) -> list[str]:
    everything = label_f1(own.held, _once(len(own.held)))[0]
    pairs = zip(LABELS, everything.tolist(), strict=True)
    found = [f"{label}: F1 {f1:.2f} on new authors" for label, f1 in pairs if f1 < WEAK]
    overall = float(macro(everything[None, :])[0])
    for lang in LANGUAGES:
        part = own.held.only(own.held.rows_of(lang))
        behind = overall - float(macro(label_f1(part, _once(len(part))))[0]) if len(part) else 0.0
        if behind > BEHIND:
            found.append(f"{lang} falls behind the others by {behind:.2f} macro-F1")
    return found


def _pictures(page: Page, own: Findings) -> None:
    page.section("How far probabilities can be trusted").paragraph(_RELIABILITY)
    page.picture(Picture("reliability.svg", "Reliability of each label", plots.reliability(own.held)))
    page.section("What a threshold costs").paragraph("The dot is where the model decides.")
    drawn = plots.precision_recall(own.held)
    page.picture(Picture("precision-recall.svg", "Precision against recall of each label", drawn))
    drawn = plots.urgency(own.held)
    page.section("Urgency").picture(Picture("urgency.svg", "Urgency given by people against urgency told", drawn))
    if own.curve:
        page.section("Would more messages help?").paragraph("Heads on whole messages alone; a quarter of the authors.")
        drawn = plots.learning(own.curve)
        page.picture(Picture("learning.svg", "Mean average precision against messages learnt from", drawn))


def _features(page: Page, found: Sequence[Strongest]) -> None:
    page.section("What speaks for a label").paragraph(_FEATURES)
    rows = [[one.label, one.language, ", ".join(one.features)] for one in found]
    page.table(Table(["label", "language", "strongest features"], rows))


def _once(messages: int) -> Floats:
    return np.ones((1, messages), dtype=np.float32)


def _with_interval(values: Floats) -> str:
    low, high = interval(values[1:])
    return f"{values[0]:.3f} ({low:.3f}–{high:.3f})"


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"
