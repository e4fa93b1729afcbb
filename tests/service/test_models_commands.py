"""`kyp models`: list, show, diff, promote and rollback, each with a way out where it cannot be done."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from model.artifact import Provenance
from model.registry import Registry
from service.cli import app


@pytest.fixture
def own_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two models: the champion, and a candidate that was refused."""
    shutil.copytree(home / "models", tmp_path / "models")
    monkeypatch.setenv("KYP_HOME", str(tmp_path))
    registry = Registry(tmp_path / "models")
    used = str(registry.champion_version())
    parameters = registry.load(used)._parameters  # there is no quicker way to a second model
    other = replace(parameters, operating=replace(parameters.operating, claimed=0.123))
    beside = {name: registry.beside(used, name) for name in ("held_out.npz", "suspects.json", "card.html")}
    manifest = registry.manifest(used)
    provenance = Provenance(
        "0" * 64, 9, 7, manifest.metrics, manifest.profile, beside=beside, created="2026-03-05T17:42:00+00:00"
    )
    registry.add(other, provenance)
    candidate = next(version for version in registry.versions() if version != used)
    refusal = {"promoted": False, "reason": "not as good: F1 of distrust", "champion": used, "checks": []}
    registry.decide(candidate, refusal)
    return tmp_path


@pytest.fixture
def versions(own_home: Path) -> tuple[str, str]:
    """The champion and the candidate."""
    registry = Registry(own_home / "models")
    used = str(registry.champion_version())
    return used, next(version for version in registry.versions() if version != used)


def kyp(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_the_list_marks_the_one_in_use_and_says_why_not_the_other(versions: tuple[str, str]) -> None:
    """A line each, with date, size, figures and verdict."""
    used, candidate = versions
    lines = kyp("models", "list").stdout.splitlines()
    assert next(line for line in lines if used in line).startswith("*")
    assert "F1 of distrust" in next(line for line in lines if candidate in line)


def test_a_model_that_cannot_be_used_keeps_its_line(own_home: Path, versions: tuple[str, str]) -> None:
    """An older format says so, with the way out; the others are listed as ever."""
    manifest = own_home / "models" / versions[1] / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 1}))
    listed = kyp("models", "list")
    assert listed.exit_code == 0
    assert "format 1" in listed.stdout
    assert "kyp train" in listed.stdout


def test_one_is_shown_in_full(versions: tuple[str, str]) -> None:
    """Figures, history, decision, doubtful labels, drift, and where the card is; the one in use where none is named."""
    shown = kyp("models", "show").stdout
    for words in (versions[0], "in use since", "distrust", "doubtful", "drift", "card.html", "put in use: first model"):
        assert words in shown
    told = json.loads(kyp("models", "show", versions[1], "--json").stdout)
    assert told["decision"]["promoted"] is False


def test_two_are_compared(versions: tuple[str, str]) -> None:
    """Label by label, on the messages that both learnt from."""
    compared = kyp("models", "diff", *versions)
    assert compared.exit_code == 0
    assert "F1 of goodwill" in compared.stdout
    assert "macro-F1 in ms" in compared.stdout


def test_a_refused_model_needs_a_word_and_can_be_rolled_back(own_home: Path, versions: tuple[str, str]) -> None:
    """Promote names why it was refused; --anyway does it; rollback undoes it; one more rollback has nowhere to go."""
    used, candidate = versions
    registry = Registry(own_home / "models")
    refused = kyp("models", "promote", candidate)
    assert refused.exit_code == 2
    assert "F1 of distrust" in refused.stderr
    assert registry.champion_version() == used
    assert kyp("models", "promote", candidate, "--anyway", "--reason", "we know better").exit_code == 0
    assert registry.champion_version() == candidate
    assert kyp("models", "rollback", "--reason", "we did not").exit_code == 0
    assert registry.champion_version() == used
    assert [reign.reason for reign in registry.history()] == ["first model", "we know better", "we did not"]
    assert kyp("models", "rollback").exit_code == 2
