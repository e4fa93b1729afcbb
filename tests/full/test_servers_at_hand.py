"""What the full tests stand on is installed: they fail with the way out, and are never skipped."""

import shutil
from pathlib import Path


def test_chromium_is_there() -> None:
    """A browser draws the pages."""
    assert shutil.which("chromium"), "apt-get install chromium"


def test_postgresql_is_there() -> None:
    """A server keeps the store."""
    found = list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    assert found, "apt-get install postgresql"
