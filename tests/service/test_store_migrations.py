"""The store's schema and its revisions."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, make_url

from service.migrations import upgrade
from service.tables import Base


@pytest.fixture
def engine(store_url: str) -> Engine:
    """An empty database."""
    if (url := make_url(store_url)).get_backend_name() == "sqlite":
        Path(str(url.database)).parent.mkdir()
    return create_engine(url)


def test_the_revisions_make_what_the_models_say(engine: Engine) -> None:
    """After all revisions the database has exactly the tables, columns and indexes of the models."""
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """A second start finds the schema as it is."""
    upgrade(engine)
    upgrade(engine)
    assert {"messages", "signals"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_several_processes_may_start_at_once_from_anywhere(store_url: str) -> None:
    """Three processes that start together on an empty database all come up, whatever directory they are in."""
    program = "import sys; from service.store import open_store; open_store(sys.argv[1]).close()"
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-c", program, store_url]
    started = [subprocess.Popen(command, cwd="/", env=environment) for _ in range(3)]  # noqa: S603 (our own program)
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
