"""What tests of several folders share: a small model trained once a session, and the running service around it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from model.registry import Registry
from service.app import create_app
from service.champion import Champion
from service.settings import Settings
from service.wiring import build_service
from training.run import train

EVERY = 6  # of the shipped messages: enough for a model that is right about plain cases, and quick to train

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a real model, trained on a part of the shipped data; tests do not write into it."""
    home = tmp_path_factory.mktemp("home")
    shipped = sorted((Path(__file__).parents[1] / "data" / "labelled").glob("*.jsonl"))
    part = home / "part.jsonl"
    lines = [line for path in shipped for line in path.read_text(encoding="utf-8").splitlines(keepends=True)[::EVERY]]
    part.write_text("".join(lines), encoding="utf-8")
    train([part], Registry(home / "models"), seed=0, jobs=1, progress=lambda _: None)
    return home


@pytest.fixture(scope="session")
def running(home: Path) -> Running:
    """Start a real server with the settings given, on a free port of the loopback; it ends with the block."""
    loaded = Champion(Registry(home / "models"))

    @contextmanager
    def run(settings: Settings) -> Iterator[httpx.Client]:
        service = build_service(settings, champion=loaded if settings.home == home else None)
        server = uvicorn.Server(uvicorn.Config(create_app(service), port=0, log_level="warning", access_log=False))
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
def client(home: Path, tmp_path: Path, running: Running) -> Iterator[httpx.Client]:
    """A client of a service with a fresh store."""
    settings = Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}", max_body_bytes=2_000_000)
    with running(settings) as client:
        yield client
