"""The loop closes: a model learns from corrections, and the running service answers with it; bad ones stay outside."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from data.datasets import load, shipped
from data.records import LabelledMessage
from data.taxonomy import LABELS, Label
from model.registry import Registry
from service.settings import Settings
from training.recipe import Recipe
from training.run import TrainingOutcome, learn

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
PATIENCE = 30.0


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """A home of its own with the shared model as champion."""
    shutil.copytree(home / "models", tmp_path / "own" / "models")
    return tmp_path / "own"


def unseen(home: Path, number: int) -> list[LabelledMessage]:
    """Shipped messages that the shared model did not learn from."""
    known = {one.id for one in load([home / "part.jsonl"])}
    return [one for one in load(shipped()) if one.id not in known][:: 5000 // number][:number]


def kyp(home: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run `kyp` on a home."""
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, words)]
    settings = os.environ | {"KYP_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=settings, timeout=300)  # noqa: S603 (our own program)


def retrained(home: Path, own_home: Path, own: list[LabelledMessage]) -> TrainingOutcome:
    """Learn from what the shared model knew, and from these."""
    base = {one.id: one for one in load([home / "part.jsonl"])}
    messages = tuple(sorted([*base.values(), *own], key=lambda one: one.id))
    registry = Registry(own_home / "models")
    return learn(Recipe(messages, len(own)), registry, seed=0, jobs=2, progress=lambda _: None)


def turned_over(one: LabelledMessage) -> LabelledMessage:
    """The message with every label set that it does not bear, and the urgency that it has not."""
    labels = frozenset(LABELS) - one.labels
    evidence: dict[Label, tuple[str, ...]] = dict.fromkeys(labels, ())
    return replace(one, labels=labels, evidence=evidence, urgency=3 - one.urgency, annotators=("mallory",))


def correct(client: httpx.Client, one: LabelledMessage) -> None:
    """Send a message in, and what people say of it."""
    fields = {"subject": one.subject, "body": one.body, "client": one.client, "sent_at": one.sent_at.isoformat()}
    message = client.post("/v1/messages", json=fields).json()
    opinion = {
        "labels": sorted(one.labels),
        "urgency": one.urgency,
        "urgency_claimed": one.urgency_claimed,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "annotator": "mia",
    }
    assert client.put(f"/v1/messages/{message['id']}/labels", json=opinion).status_code == 200


def test_corrections_become_the_model_that_answers(
    home: Path, own_home: Path, running: Running, tmp_path: Path
) -> None:
    """PUT labels, export them, retrain, and the service that never stopped answers with the new version."""
    settings = Settings(home=own_home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}", model_check_seconds=0.1)
    with running(settings) as client:
        for one in unseen(home, 40):
            correct(client, one)
        before = client.get("/readyz").json()["model"]
        (tmp_path / "own.jsonl").write_text(client.get("/v1/labels/export").text, encoding="utf-8")
        assert len(load([tmp_path / "own.jsonl"])) == 40
        told = kyp(own_home, "train", home / "part.jsonl", tmp_path / "own.jsonl", "--only-mine", "--nice", 0)
        assert told.returncode == 0, told.stderr
        version = Registry(own_home / "models").champion_version()
        assert f"model {version} learnt from" in told.stdout
        assert f"compared with {before} on" in told.stdout
        end = time.monotonic() + PATIENCE
        while client.get("/readyz").json()["model"] != version:
            assert time.monotonic() < end, "the new model was not taken up"
            time.sleep(0.05)
        fields = {"subject": "New", "body": "Could you copy me on every single step from now on, please?"}
        assert client.post("/v1/messages", json=fields).json()["model"] == version != before


def test_deliberately_bad_labels_are_not_let_in(home: Path, own_home: Path) -> None:
    """Every label turned over in 300 messages: the candidate is refused with reasons, the champion stays."""
    bad = [turned_over(one) for one in unseen(home, 300)]
    registry = Registry(own_home / "models")
    before = registry.champion_version()
    outcome = retrained(home, own_home, bad)
    assert not outcome.promoted
    assert registry.champion_version() == before
    decision = registry.decision(outcome.version)
    assert decision is not None
    assert "not as good as" in decision["reason"]
    assert [check["name"] for check in decision["checks"] if not check["passed"]]
    assert len(outcome.suspects) > 100
