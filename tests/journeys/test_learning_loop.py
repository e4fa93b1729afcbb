"""The loop closes: a model learns from corrections, and the running service answers with it; bad ones stay outside."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from data.datasets import load
from data.records import LabelledMessage
from data.taxonomy import LABELS, Label
from model.registry import Registry
from service.settings import Settings
from training.recipe import Recipe
from training.run import learn

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
Shipped = tuple[LabelledMessage, ...]
PATIENCE = 30.0


@pytest.fixture
def own_home(small_home: Path, tmp_path: Path) -> Path:
    """A home of its own with a model of few messages as champion."""
    shutil.copytree(small_home / "models", tmp_path / "own" / "models")
    return tmp_path / "own"


def unseen(small_home: Path, shipped: Sequence[LabelledMessage], number: int) -> list[LabelledMessage]:
    """Shipped messages that the model did not learn from."""
    known = {one.id for one in load([small_home / "part.jsonl"])}
    return [one for one in shipped if one.id not in known][:: 5000 // number][:number]


def kyp(home: Path, *words: object) -> str:
    """Run `kyp` on a home; what it prints."""
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, words)]
    settings = os.environ | {"KYP_HOME": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, env=settings, timeout=600)  # noqa: S603 (our own program)
    assert done.returncode == 0, done.stderr
    return done.stdout


def turned_over(one: LabelledMessage) -> LabelledMessage:
    """The message with every label set that it does not bear, and the urgency that it has not."""
    labels = frozenset(LABELS) - one.labels
    evidence: dict[Label, tuple[str, ...]] = dict.fromkeys(labels, ())
    return replace(one, labels=labels, evidence=evidence, urgency=3 - one.urgency, annotators=("mallory",))


def correct(client: httpx.Client, one: LabelledMessage) -> bool:
    """Send a message in, and what people say of it; whether it can be learnt from: the model must know its language."""
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
    return bool(message["lang"] != "other")


def test_corrections_become_the_model_that_answers(
    small_home: Path, own_home: Path, all_shipped: Shipped, running: Running, tmp_path: Path
) -> None:
    """PUT labels, export them, retrain, promote, and the service that never stopped answers with the new version."""
    settings = Settings(home=own_home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}", model_check_seconds=0.1)
    with running(settings) as client:
        known = [correct(client, one) for one in unseen(small_home, all_shipped, 40)]
        before = client.get("/readyz").json()["model"]
        (tmp_path / "own.jsonl").write_text(client.get("/v1/labels/export").text, encoding="utf-8")
        assert len(load([tmp_path / "own.jsonl"])) == sum(known) > 30
        told = kyp(own_home, "train", small_home / "part.jsonl", tmp_path / "own.jsonl", "--only-mine", "--nice", 0)
        assert f"compared with {before} on" in told
        (version,) = set(Registry(own_home / "models").versions()) - {before}
        assert f"model {version} learnt from" in told
        kyp(own_home, "models", "promote", version, "--anyway")  # with so little data a label may well fall by chance
        end = time.monotonic() + PATIENCE
        while client.get("/readyz").json()["model"] != version:
            assert time.monotonic() < end, "the new model was not taken up"
            time.sleep(0.05)
        fields = {"subject": "New", "body": "Could you copy me on every single step from now on, please?"}
        assert client.post("/v1/messages", json=fields).json()["model"] == version


def test_deliberately_bad_labels_are_not_let_in(small_home: Path, own_home: Path, all_shipped: Shipped) -> None:
    """Every label turned over in 200 messages: the candidate is refused with reasons, the champion stays."""
    bad = [turned_over(one) for one in unseen(small_home, all_shipped, 200)]
    registry = Registry(own_home / "models")
    before = registry.champion_version()
    messages = sorted([*load([small_home / "part.jsonl"]), *bad], key=lambda one: one.id)
    outcome = learn(Recipe(tuple(messages), len(bad)), registry, seed=0, jobs=2, progress=lambda _: None)
    assert not outcome.promoted
    assert registry.champion_version() == before
    decision = registry.decision(outcome.version)
    assert decision is not None
    assert "not as good as" in decision["reason"]
    assert "macro-F1" in [check["name"] for check in decision["checks"] if not check["passed"]]
    assert len(outcome.suspects) > 50
