"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy spells once for each."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

Insert = postgresql.Insert | sqlite.Insert


def insert_into(dialect: str, table: type[DeclarativeBase], row: dict[str, Any]) -> Insert:
    """Begin an insertion that can be told what to do where the row is there already."""
    return postgresql.insert(table).values(row) if dialect == "postgresql" else sqlite.insert(table).values(row)
