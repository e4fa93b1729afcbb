"""What whoever runs the service sees of it: figures, readiness, and a new model that is taken up while it runs."""

import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from data.errors import ArtifactError
from data.taxonomy import LABELS
from model.artifact import Provenance
from model.registry import Registry
from model.triage import Triage
from service.champion import Champion
from service.metrics import Metrics
from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
BODY = {"body": "Did my message arrive? Copy me on every single step.", "from": "ana@brightloom.example"}
PATIENCE = 60.0  # seconds within which a new model must be taken up


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """A home whose registry a test may change."""
    own = tmp_path / "home"
    shutil.copytree(home / "models", own / "models")
    return own


@pytest.fixture
def own(own_home: Path, running: Running) -> Iterator[httpx.Client]:
    """A service on that home which looks for a new model all the time."""
    with running(Settings(home=own_home, model_check_seconds=0.05)) as client:
        yield client


def figures(client: httpx.Client) -> dict[str, float]:
    """The samples of /metrics by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    samples = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def another(home: Path) -> tuple[str, str]:
    """Put a second model beside the first, which differs in a threshold; gives the one in use, and the new one."""
    registry = Registry(home / "models")
    used = registry.champion_version()
    parameters = registry.load(used or "")._parameters  # there is no quicker way to a second model
    eager = replace(parameters.operating, claimed=0.123)
    parameters = replace(parameters, operating=eager)
    manifest = registry.add(parameters, Provenance("0" * 64, 1, 7))
    assert manifest.version != used
    return str(used), manifest.version


def crown(home: Path, version: str) -> None:
    """Put a version in use without looking at it."""
    pointer = home / "models" / "registry.json"
    told = json.loads(pointer.read_text(encoding="utf-8"))
    told["champions"].append({"version": version, "since": "2026-03-05T17:42:00+00:00", "reason": "by hand"})
    (home / "new.json").write_text(json.dumps(told), encoding="utf-8")
    (home / "new.json").replace(pointer)


def until(reached: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_figures_tell_of_requests_messages_and_the_model(client: httpx.Client) -> None:
    """Requests by route template and status, messages by way in, label and urgency, the model; never a client."""
    first = client.post("/v1/messages", json=BODY).json()
    client.post("/v1/messages", json=BODY)
    client.get(f"/v1/messages/{first['id']}")
    client.get("/v1/messages/unknown")
    found = figures(client)
    assert found['kyp_requests_total{method="POST",route="/v1/messages",status="201"}'] == 1
    assert found['kyp_requests_total{method="POST",route="/v1/messages",status="200"}'] == 1
    assert found['kyp_requests_total{method="GET",route="/v1/messages/{message_id}",status="404"}'] == 1
    assert found['kyp_request_seconds_count{method="POST",route="/v1/messages"}'] == 2
    assert found['kyp_messages_total{way="api"}'] == 1
    assert found[f'kyp_message_urgency_total{{level="{first["urgency"]["level"]}"}}'] == 1
    present = {signal["label"] for signal in first["signals"] if signal["present"]}
    assert present == {
        name.split('"')[1] for name in found if name.startswith("kyp_message_labels_total") and found[name] == 1
    }
    assert found[f'kyp_model_info{{version="{first["model"]}"}}'] == 1
    assert found["kyp_model_refused"] == 0
    for signal in first["signals"]:
        mean = found[f'kyp_probability_mean{{label="{signal["label"]}",lang="en"}}']
        assert mean == pytest.approx(signal["probability"], abs=1e-3)
    assert found['kyp_probability_messages{lang="en"}'] == 1
    assert not [name for name in found if "brightloom" in name or first["id"] in name]


def test_drift_is_shown_where_it_is_measured(home: Path) -> None:
    """What another part measures of drift stands among the figures; two services share none."""
    champion = Champion(Registry(home / "models"))
    one, other = Metrics(champion), Metrics(champion)
    one.show_drift(LABELS[0], "fil", -0.25)
    assert f'kyp_probability_drift{{label="{LABELS[0]}",lang="fil"}} -0.25' in one.text().decode()
    assert "-0.25" not in other.text().decode()


def test_a_new_model_is_taken_up_without_a_dropped_request(own: httpx.Client, own_home: Path) -> None:
    """While requests go on the champion changes: all are answered, first by the old model, then by the new one."""
    old, new = another(own_home)
    statuses: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=own.base_url, timeout=60) as client:
            while not ended.is_set():
                statuses.append(client.post("/v1/messages", json=BODY).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    until(lambda: len(statuses) > 3)
    assert own.get("/readyz").json()["model"] == old
    Registry(own_home / "models").promote(new, "a test")
    until(lambda: bool(own.get("/readyz").json()["model"] == new))
    ended.set()
    asking.join()
    assert set(statuses) <= {200, 201}
    assert own.post("/v1/messages", json={"body": "Another one."}).json()["model"] == new
    assert figures(own)[f'kyp_model_info{{version="{new}"}}'] == 1


def test_a_broken_new_model_is_refused_and_told(
    own: httpx.Client, own_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The old model goes on; /readyz, the figures and the log name the refusal, once; a good one mends it."""
    old, new = another(own_home)
    until(lambda: own.get("/readyz").status_code == 200)
    registry = Registry(own_home / "models")
    arrays = max((own_home / "models" / new).iterdir(), key=lambda path: path.stat().st_size)
    whole = arrays.read_bytes()
    arrays.write_bytes(whole[:-100] + bytes([77]) * 100)
    with pytest.raises(ArtifactError):
        registry.promote(new, "a test")
    crown(own_home, new)  # as if it had been damaged since
    until(lambda: own.get("/readyz").json()["refused_model"] is not None)
    told = own.get("/readyz").json()
    assert (told["model"], told["refused_model"]["version"]) == (old, new)
    assert told["refused_model"]["reason"]
    assert own.post("/v1/messages", json=BODY).json()["model"] == old
    assert figures(own)["kyp_model_refused"] == 1
    refusals = [record for record in caplog.records if record.message == "model refused"]
    assert [vars(record)["model"] for record in refusals] == [new]
    arrays.write_bytes(whole)
    registry.promote(new, "mended")
    until(lambda: own.get("/readyz").json() == {"status": "ready", "model": new, "refused_model": None})


class Counted(Registry):
    """The registry, which counts how often a model was loaded from it."""

    loads = 0

    def load(self, version: str) -> Triage:
        """Count, and load."""
        self.loads += 1
        return super().load(version)


def test_a_model_that_cannot_be_used_is_not_loaded_for_every_request(own_home: Path) -> None:
    """Where there is no other model, each request is told so at once; a new one is taken up all the same."""
    old, new = another(own_home)
    (own_home / "models" / old / "plain.json").write_text("{}")
    registry = Counted(own_home / "models")
    champion = Champion(registry)
    for _ in range(5):
        with pytest.raises(ArtifactError, match=old):
            champion.triage()
    assert registry.loads == 1
    registry.promote(new, "a test")
    assert champion.triage().version == new


def test_a_damaged_pointer_leaves_the_model_in_use(own: httpx.Client, own_home: Path) -> None:
    """A registry that cannot be read is told of; the loaded model goes on."""
    until(lambda: own.get("/readyz").status_code == 200)
    (own_home / "models" / "registry.json").write_text("{")
    until(lambda: own.get("/readyz").json()["refused_model"] is not None)
    assert "registry.json" in own.get("/readyz").json()["refused_model"]["reason"]
    assert own.post("/v1/messages", json=BODY).status_code == 201


def test_readiness_names_every_reason(tmp_path: Path, running: Running) -> None:
    """Without a model and without a store it is 503, and the detail tells of both; the process lives on."""
    with running(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")) as client:
        engine = create_engine(f"sqlite:///{tmp_path / 'kyp.db'}")
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE messages RENAME TO elsewhere"))
        engine.dispose()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert re.search("kyp train.*store does not answer", answer.json()["detail"])
        assert client.get("/healthz").json() == {"status": "ok"}
