"""The store's schema and its revisions."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, make_url, select, text

from service.migrations import config_for, upgrade
from service.tables import Base, ClientRow, MessageRow, SignalRow


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


def test_what_was_stored_before_is_counted_and_dated(engine: Engine) -> None:
    """Rows of the second revision come through to the newest one: clients are counted, signals have owner and date."""
    _migrate(engine, "0002")
    with engine.begin() as connection:
        for number in range(3):
            connection.execute(text(_OLD_MESSAGE), {"id": f"m{number}", "at": f"2026-03-0{number + 1} 09:00:00.000000"})
        old = "('m0', 'distrust', 0.9, true), ('m1', 'distrust', 0.1, false)"
        connection.execute(text(f"INSERT INTO signals VALUES {old}"))  # noqa: S608 (our own rows)
    upgrade(engine)
    with engine.connect() as connection:
        first, second, third = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2, 3))
        client = connection.execute(select(ClientRow)).one()
        assert (client.client, client.messages, client.first_at, client.last_at) == ("ana@x.example", 3, first, third)
        signals = connection.execute(select(SignalRow.owner, SignalRow.dated_at).order_by(SignalRow.message_id)).all()
        assert [tuple(signal) for signal in signals] == [("ana@x.example", first), ("ana@x.example", second)]
        assert connection.scalars(select(MessageRow.has_text)).all() == [True] * 3
    engine.dispose()


def test_every_revision_can_be_taken_back(engine: Engine) -> None:
    """Down to nothing and up again leads to the same schema."""
    upgrade(engine)
    with engine.connect() as connection:
        command.downgrade(config_for(connection), "base")
        connection.commit()
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert "messages" in inspect(engine).get_table_names()
    engine.dispose()


_OLD_MESSAGE = """
INSERT INTO messages (id, client, owner, received_at, dated_at, source, lang, subject, text, urgency, claimed, model,
kind, assessment) VALUES (:id, 'ana@x.example', 'ana@x.example', :at, :at, 'api', 'en', '', 'Hi', 0, false, 'v1',
'message', '{}')
"""


def _migrate(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        command.upgrade(config_for(connection), revision)
        connection.commit()
