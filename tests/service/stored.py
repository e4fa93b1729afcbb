"""What tests of what is kept share: facts told of a client, and everything that a database holds."""

from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, inspect, make_url, text

ANA = "ana@brightloom.example"


def tell(client: httpx.Client, name: str = ANA, **facts: object) -> dict[str, Any]:
    """Tell facts about a client; what is known then."""
    answer = client.put(f"/v1/clients/{name}/context", json=facts)
    assert answer.status_code == 200, answer.text
    known: dict[str, Any] = answer.json()
    return known


def rows_of_all_tables(url: str) -> dict[str, list[Any]]:
    """Everything that the database holds."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = {name: list(connection.execute(text(f"SELECT * FROM {name}"))) for name in names}  # noqa: S608
    engine.dispose()
    return rows


def bytes_of_the_files(url: str) -> str:
    """A SQLite file and its journal; what a server writes to its disk is not ours to read."""
    if make_url(url).get_backend_name() != "sqlite":
        return ""
    path = Path(str(make_url(url).database))
    return "".join(file.read_bytes().decode("latin-1") for file in path.parent.glob(f"{path.name}*") if file.is_file())
