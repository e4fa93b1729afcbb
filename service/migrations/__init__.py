"""Alembic environment and revisions of the store."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

ADVISORY_LOCK = 0x6B7970  # "kyp"; any number does that no other program takes on the same PostgreSQL


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision; safe where several processes start at the same time."""
    with engine.connect() as connection:
        _wait_for_the_turn(connection)
        command.upgrade(config_for(connection), "head")
        connection.commit()


def is_known(revision: str) -> bool:
    """Whether a schema of this revision can be brought to the newest one."""
    folder = Path(__file__).parent
    return any(path.stem.partition("_")[0] == revision for path in (folder / "versions").glob("[0-9]*.py"))


def config_for(connection: Connection) -> Config:
    """Build Alembic's configuration in code, so that it works from any directory and needs no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _wait_for_the_turn(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
