"""Whether a new model takes the place of the one in use is decided on what the two say by themselves."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from data.datasets import load
from data.records import LabelledMessage
from model.artifact import Provenance
from model.registry import Registry
from training.evaluate import as_email
from training.held_out import FILE, HeldOut
from training.promote import Decision, Margins
from training.recipe import Recipe
from training.run import _decide


@pytest.fixture
def models(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with the shared champion, and a model that says the same under another name."""
    shutil.copytree(home / "models", tmp_path / "models")
    registry = Registry(tmp_path / "models")
    parameters = registry.load(str(registry.champion_version()))._parameters  # no quicker way to a second model
    evidence = parameters.operating.evidence + 0.001
    registry.add(replace(parameters, operating=replace(parameters.operating, evidence=evidence)), Provenance("0", 9, 7))
    yield tmp_path / "models"
    shutil.rmtree(tmp_path / "models")


def decided(models: Path, messages: list[LabelledMessage], prior: float | None) -> Decision:
    """The decision on the second model, in a home with a prior; the clock stands every second."""
    registry = Registry(models, prior)
    used = str(registry.champion_version())
    other = next(version for version in registry.versions() if version != used)
    thresholds = HeldOut.unpacked(registry.beside(used, FILE)).thresholds
    said = Registry(models).load(other).consider([as_email(one) for one in messages]).probabilities
    held = replace(HeldOut.blank(messages, thresholds), probabilities=said)
    ticks = count()
    recipe = Recipe(tuple(messages), len(messages))
    return _decide(recipe, held, registry, other, Margins(), lambda: float(next(ticks)))


def test_a_prior_does_not_help_a_candidate(home: Path, models: Path, all_shipped: tuple[LabelledMessage, ...]) -> None:
    """The one in use would find next to nothing by a prior of 0.02; without it both say the same, as they do."""
    known = {one.id for one in load([home / "part.jsonl"])}
    messages = [one for one in all_shipped if one.id not in known][::40]
    assert decided(models, messages, 0.02) == decided(models, messages, None)
    assert all(check.change == 0 for check in decided(models, messages, 0.02).checks)
