"""The database behind the store: opened at an SQLAlchemy URL, brought to the newest schema, written in turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from data.errors import InputError, MissingExtra
from service.migrations import upgrade

LOCK_SECONDS = 30.0
MAPPED = 2 * 1024**3  # bytes of a SQLite file that are read through memory; more is read as usual
EXAMPLE_URL = "sqlite:////var/lib/kyp/kyp.db or postgresql+psycopg://user:password@host/kyp"


def open_database(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL and bring its schema up to date; makes the folder of a SQLite file."""
    try:
        engine = _engine(make_url(url))
        upgrade(engine)
    except ArgumentError as error:
        raise InputError(f"KYP_DATABASE_URL is not a database URL; one looks like {EXAMPLE_URL}") from error
    except ModuleNotFoundError as error:
        raise MissingExtra(f"This database needs the driver {error.name}: install it beside kyp") from error
    except (SQLAlchemyError, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise InputError(
            f"The store {shown} cannot be opened ({type(error).__name__}): see that it exists and may be written"
        ) from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes what it first looked up: all of it or nothing, on disk once the block has ended.

    SQLite lets one such writer in at a time; PostgreSQL does not, there a lock or a unique key has to decide.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def scrub(engine: Engine) -> None:
    """After something was dropped for good: let SQLite's journal forget it too (its file overwrites what is deleted).

    What PostgreSQL leaves on its disk goes with its own VACUUM.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    raise InputError(
        f"kyp keeps messages in SQLite or PostgreSQL, not in {url.get_backend_name()}: set KYP_DATABASE_URL"
    )


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged is on disk, also when the power fails
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA mmap_size={MAPPED}")  # a page read through the map costs no call to the system
    cursor.execute("PRAGMA journal_size_limit=67108864")  # bytes: a long write does not leave a long journal behind
    cursor.execute("PRAGMA secure_delete=ON")  # a client who is forgotten is gone from the file too
    cursor.close()
