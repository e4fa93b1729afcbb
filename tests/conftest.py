"""What tests of several folders share: a small model trained once a session, the running service, made assessments."""

import fcntl
import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from data.datasets import load, shipped
from data.records import Assessment, LabelledMessage, Passage, Reason, Signal, Suggestion, Urgency
from data.taxonomy import LABELS, Label
from model.registry import Registry
from service.app import create_app
from service.champion import Champion
from service.server import server_config
from service.settings import Settings
from service.wiring import build_service
from training.run import train

ROOT = Path(__file__).parents[1]
EVERY = 12  # of the shipped messages one: enough for a model that is right about plain cases, and quick to train
FEW = 64  # of them one: too few to be right, enough to learn from

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="session")
def all_shipped() -> tuple[LabelledMessage, ...]:
    """The shipped messages, read once a session."""
    return tuple(load(shipped()))


@pytest.fixture(scope="session")
def home(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a real model, trained on ``part.jsonl``, a part of the shipped data; tests do not write into it."""
    return _home(pytestconfig, tmp_path_factory, EVERY)


@pytest.fixture(scope="session")
def small_home(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a model of so few messages that learning them again is quick."""
    return _home(pytestconfig, tmp_path_factory, FEW)


def _home(config: pytest.Config, folders: pytest.TempPathFactory, every: int) -> Path:
    """A copy of a home that is trained once for this state of code and data, whoever of the test processes is first."""
    cached = config.cache.mkdir("homes") / f"{_state()}-{every}"
    with cached.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cached.exists():
            making = cached.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            _train(making, every)
            making.rename(cached)
    own = folders.mktemp("home") / "home"
    shutil.copytree(cached, own)
    return own


def _train(home: Path, every: int) -> None:
    part = home / "part.jsonl"
    lines = [line for path in shipped() for line in path.read_text(encoding="utf-8").splitlines(keepends=True)[::every]]
    part.write_text("".join(lines), encoding="utf-8")
    train([part], Registry(home / "models"), seed=0, jobs=2, progress=lambda _: None)


def _state() -> str:
    """What a model depends on: our code, the data, and the libraries."""
    told = hashlib.sha256((ROOT / ".ci" / "requirements-dev.lock").read_bytes())
    for folder in ("data", "model", "training"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".jsonl", ".tsv", ".txt", ".npz", ".toml", ".json", ".yaml"):
                told.update(path.read_bytes())
    return told.hexdigest()[:16]


@pytest.fixture(scope="session")
def running(home: Path) -> Running:
    """Start a real server with the settings given, on a free port of the loopback; it ends with the block."""
    loaded = Champion(Registry(home / "models"))

    @contextmanager
    def run(settings: Settings) -> Iterator[httpx.Client]:
        service = build_service(settings, champion=loaded if settings.home == home else None)
        server = uvicorn.Server(server_config(create_app(service), settings.bounds))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
            service.store.close()

    return run


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """Where a test keeps its messages: a fresh SQLite file; tests/full/postgresql puts a PostgreSQL in its place."""
    return f"sqlite:///{tmp_path / 'deep' / 'kyp.db'}"


@pytest.fixture
def client(home: Path, store_url: str, running: Running) -> Iterator[httpx.Client]:
    """A client of a service with a fresh store."""
    settings = Settings(home=home, database_url=store_url, max_body_bytes=2_000_000)
    with running(settings) as client:
        yield client


@pytest.fixture(scope="session")
def assessed() -> Assessed:
    """Make an assessment that bears ``labels``; keywords replace any field."""

    def make(own_id: str = "m1", labels: tuple[Label, ...] = (), **fields: Any) -> Assessment:
        text = "Did my message arrive? Copy me on every step."
        in_subject = (Passage(0, 6, "Drafts", "subject"),)
        quoted = (Passage(0, 22, text[:22]),)
        signals = tuple(
            Signal(label, 0.9312345 if label in labels else 0.02, label in labels, quoted if label in labels else ())
            for label in LABELS
        )
        strategy = Suggestion(
            id="set-boundaries", title="Set boundaries", advice="Say when you are there.", steps=("Name the hours",),
            reply="Hi {client_name}", avoid="Answering at night",
            because=(Reason("micro_managing", 0.93, ("Did my message arrive?",)), Reason(fact="outside working hours")),
        )  # fmt: skip
        whole: dict[str, Any] = {
            "id": own_id, "source": "api", "message_id": f"<{own_id}@mail.example>",
            "client": "ana@brightloom.example",
            "sent_at": datetime(2026, 3, 5, 17, 42, tzinfo=UTC), "lang": "en", "subject": "Drafts", "text": text,
            "signals": signals, "model": "v1", "strategies": (strategy,), "more": ("stay-yourself",),
            "urgency": Urgency(2, (0.1, 0.2, 0.6, 0.1), True, 0.8, date(2026, 3, 6), in_subject),
        }  # fmt: skip
        return Assessment(**whole | fields)

    return make
