"""Every model has a card: the same bytes for the same model, whole in itself, and silent about users' own words."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from data.records import LabelledMessage
from data.taxonomy import LABELS
from model.registry import Registry
from training.card_pages import Page, Picture, Table, html, markdown
from training.strongest import strongest
from training.targets import message_targets


@pytest.fixture
def beside(home: Path) -> dict[str, str]:
    """The files beside the shared model."""
    registry = Registry(home / "models")
    version = str(registry.champion_version())
    names = registry.manifest(version).files
    return {name: registry.beside(version, name).decode() for name in names if not name.endswith((".npz", ".npy"))}


def test_it_says_what_it_must(beside: dict[str, str]) -> None:
    """Use and misuse, data with fingerprint, figures with intervals, weaknesses, every label and plot."""
    card = beside["card.md"]
    for words in ("must not be used", "Judging people", "Answering by itself", "Fingerprint", "Known weaknesses"):
        assert words in card
    for label in LABELS:
        assert re.search(rf"\| {label} \| \d+ \| 0\.\d+ \(0\.\d+–\d\.\d+\)", card)
    pictures = re.findall(r"!\[.+\]\((.+)\)", card)
    assert len(pictures) == 4
    assert all(beside[name].lstrip().startswith("<?xml") for name in pictures)


def test_the_page_is_whole_in_itself(beside: dict[str, str]) -> None:
    """No script, nothing loaded from elsewhere; the plots are drawn in the page."""
    page = beside["card.html"]
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert not re.search(r"@import|url\((?!#)", page)


def test_what_is_told_is_escaped() -> None:
    """A name cannot bring mark-up into the page, nor break a table."""
    page = Page("<b>", "a & b").section("<i>").paragraph("1 < 2").bullets(["<u>"])
    page.table(Table(["x"], [["a | <b>"]])).picture(Picture("p.svg", "<s>", b"<?xml ?><svg></svg>"))
    written = html(page)
    assert not re.search("<[biu]>", written)
    assert '<figure role="img" aria-label="&lt;s&gt;"><svg>' in written
    assert "| a \\| <b> |" in markdown(page)


def test_words_of_users_own_mail_are_not_told(home: Path, all_shipped: tuple[LabelledMessage, ...]) -> None:
    """However strongly a word speaks, it is named only where shipped messages hold it too."""
    registry = Registry(home / "models")
    parameters = registry.load(str(registry.champion_version()))._parameters
    messages = [replace(one, lang="en") for one in all_shipped if "distrust" in one.labels][:8]
    messages += [replace(one, lang="en") for one in all_shipped if not one.labels][:8]
    columns = sum(parameters.vocabulary.sizes)
    counts = np.zeros((len(messages), columns), dtype=np.float32)
    loud = int(parameters.message_heads.weights[np.arange(len(parameters.vocabulary.words))][:, 1].argmax())
    counts[:8, loud] = 1.0

    def told(own: int) -> tuple[str, ...]:
        marked = [replace(one, annotators=("mia",)) if n < own else one for n, one in enumerate(messages)]
        found = strongest(marked, sparse.csr_matrix(counts), message_targets(messages)[:, : len(LABELS)], parameters)
        return next(one.features for one in found if one.label == "distrust")

    assert told(0) == (parameters.vocabulary.words[loud],)
    assert told(8) == ()
