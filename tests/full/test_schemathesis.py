"""The service keeps what its OpenAPI document says: schemathesis, all checks, finds nothing."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from service.clock import now
from service.scope import Scope
from service.settings import Settings
from service.store import open_store
from service.tokens import Tokens

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
EXAMPLES = 8  # an operation and phase: some nine hundred requests in all
NO_SCHEMA_TELLS = """
# Which passages stand in a message, no schema can tell: a correction that quotes others is refused as invalid.
[[operations]]
include-path = "/v1/messages/{message_id}/labels"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "422", "5xx"]
"""
SECONDS = 600  # far more than it takes, on a machine that is busy with other things


def test_the_document_is_kept(home: Path, tmp_path: Path, running: Running) -> None:
    """Wrong and right requests by the document, with and without a token: each answer is one that it tells of."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    store = open_store(url)
    token = Tokens(store.engine, now).create("schemathesis", Scope.ADMIN)
    store.close()
    settings = Settings(
        home=home,
        database_url=url,
        require_tokens=True,
        rate_limit="1000000/minute",
        failure_limit="1000000/minute",
    )
    (tmp_path / "schemathesis.toml").write_text(NO_SCHEMA_TELLS, encoding="utf-8")
    with running(settings) as client:
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(client.base_url.join("/openapi.json"))]
        command += ["--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "1", "--no-color"]
        command += ["--header", f"Authorization: Bearer {token}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS)  # noqa: S603 (our own)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert "Operations" in done.stdout
