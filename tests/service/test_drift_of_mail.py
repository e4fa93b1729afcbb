"""Stored messages are held against the training of the model that judged them; what has moved far is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.records import Assessment
from data.taxonomy import LABELS
from model.registry import Registry
from service.champion import Champion
from service.drift import DriftWatch
from service.drift_figures import DriftFigures
from service.store import Store, open_store

Assessed = Callable[..., Assessment]
Kept = list[tuple[Assessment, datetime]]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
RECENT = NOW - timedelta(days=3)


@pytest.fixture
def champion(home: Path) -> Champion:
    """The shared model, loaded."""
    champion = Champion(Registry(home / "models"))
    champion.triage()
    return champion


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store."""
    store = open_store(store_url)
    yield store
    store.close()


def watch(home: Path, store: Store, messages: Kept) -> DriftWatch:
    for message, at in messages:
        store.add(message, at)
    return DriftWatch(store.engine, Registry(home / "models"), lambda: NOW)


def many(assessed: Assessed, model: str | None, number: int, at: datetime, *labels: str) -> Kept:
    name = f"{model}-{at:%m%d}-{len(labels)}"
    return [(assessed(f"{name}-{n}", labels, model=model), at) for n in range(number)]


def test_a_label_that_became_common_is_told(home: Path, store: Store, assessed: Assessed, champion: Champion) -> None:
    """Half of the last window's messages bear it, far fewer did in training; other models' messages do not count."""
    version = str(champion.version)
    kept = many(assessed, version, 60, RECENT, "distrust") + many(assessed, version, 60, RECENT)
    kept += many(assessed, "another", 300, RECENT)
    warning = next(one for one in watch(home, store, kept).warnings(version) if one.label == "distrust")
    assert (warning.language, warning.now.messages, warning.now.share) == ("en", 120, 0.5)
    assert warning.trained.share < 0.25


def test_a_prior_is_no_drift(home: Path, store: Store, assessed: Assessed, champion: Champion) -> None:
    """Labels told to be a hundred times rarer are looked for that rarely; one that is not so rare has drifted."""
    version = str(champion.version)
    kept = many(assessed, version, 300, RECENT)
    usual = watch(home, store, kept)
    rare = DriftWatch(store.engine, Registry(home / "models", prior=0.005), lambda: NOW)
    assert usual.warnings(version)
    assert rare.warnings(version) == ()
    trained, expected = (next(iter(one.windows(version, 1)[0].drifts)).trained for one in (usual, rare))
    assert expected.share < trained.share / 50
    for message, at in many(assessed, version, 60, RECENT, "distrust"):
        store.add(message, at)
    assert [one.label for one in rare.warnings(version)] == ["distrust"]


def test_windows_go_back_in_time(home: Path, store: Store, assessed: Assessed, champion: Champion) -> None:
    """Thirty days each, the newest first; an empty one says nothing."""
    version = str(champion.version)
    kept = many(assessed, version, 4, NOW - timedelta(days=1))
    kept += many(assessed, version, 2, NOW - timedelta(days=70), "distrust")
    windows = watch(home, store, kept).windows(version, 4)
    assert [{one.now.messages for one in window.drifts} for window in windows] == [{4}, set(), {2}, set()]
    shares = {one.label: one.now.share for one in windows[2].drifts}
    assert shares == {label: float(label == "distrust") for label in LABELS}


def test_the_figures_warn(home: Path, store: Store, assessed: Assessed, champion: Champion) -> None:
    """1 for what has drifted; the mean's distance from training is handed on."""
    shown: dict[tuple[str, str], float] = {}
    version = str(champion.version)
    measured = watch(home, store, many(assessed, version, 120, RECENT, "distrust"))
    figures = DriftFigures(measured, champion, lambda: NOW, lambda a, b, c: shown.update({(a, b): c}))
    (family,) = figures.collect()
    warned = {sample.labels["label"]: sample.value for sample in family.samples if sample.labels["lang"] == "en"}
    assert warned["distrust"] == 1
    trained = Registry(home / "models").manifest(version).profile["en"]["labels"]["distrust"]["mean"]
    assert shown["distrust", "en"] == pytest.approx(0.9312345 - trained, abs=1e-3)


def test_without_a_model_there_are_no_figures(home: Path, tmp_path: Path, store: Store) -> None:
    """Nothing is loaded yet: nothing is said, nothing breaks."""
    empty = Champion(Registry(tmp_path / "models"))
    (family,) = DriftFigures(watch(home, store, []), empty, lambda: NOW, lambda *_: None).collect()
    assert family.samples == []
