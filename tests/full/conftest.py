"""A real PostgreSQL of the tests' own: started once a session in a temporary folder, empty for each test."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

NewDatabase = Callable[[], str]
OWNER = "postgres"  # PostgreSQL refuses to run as root
PATIENCE = 60.0  # seconds within which it must be up


@pytest.fixture(scope="session")
def new_database() -> Iterator[NewDatabase]:
    """Make an empty database on the tests' server, and give its SQLAlchemy URL."""
    names = (f"kyp{number}" for number in count())
    with _server() as sockets:

        def create() -> str:
            name = next(names)
            with psycopg.connect(host=str(sockets), user=OWNER, dbname="postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"postgresql+psycopg://{OWNER}@/{name}?host={sockets}"

        yield create


@pytest.fixture(scope="session")
def cleared_database(new_database: NewDatabase) -> NewDatabase:
    """Empty one database again and again, which is much quicker than to make another one."""
    url = new_database()

    def clear() -> str:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return url

    return clear


@pytest.fixture
def postgresql_url(cleared_database: NewDatabase) -> str:
    """An empty PostgreSQL database."""
    return cleared_database()


@contextmanager
def _server() -> Iterator[Path]:
    """Run PostgreSQL; gives the folder of its socket. It listens on no network address."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
    assert programs is not None, "apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="kyp-pg-"))  # a short path: that of a socket has 107 characters at most
    user = OWNER if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    initdb: list[Path | str] = [
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        OWNER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    try:
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)  # noqa: S603 (PostgreSQL's own)
        command: list[Path | str] = [
            programs / "postgres",
            "-D",
            folder / "data",
            "-k",
            folder,
            "-c",
            "listen_addresses=",
        ]
        command += ["-c", "fsync=off", "-c", "max_connections=200"]
        log = (folder / "log").open("wb")
        with log, subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder) as server:  # noqa: S603
            try:
                _wait(folder, server)
                yield folder
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: nothing of it is wanted any more
    finally:
        shutil.rmtree(folder)


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, (folder / "log").read_text()
        try:
            with psycopg.connect(host=str(folder), user=OWNER, dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())
