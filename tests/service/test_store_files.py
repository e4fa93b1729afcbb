"""The store as a file: what SQLite alone promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import KypError
from data.records import Assessment
from service.store import open_store

Assessed = Callable[..., Assessment]


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine may read the mails."""
    open_store(f"sqlite:///{tmp_path / 'home' / 'kyp.db'}").close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://u:secret@h/kyp", "sqlite:////proc/no/such/kyp.db", "postgresql+psycopg://u:secret@h/kyp"],
)
def test_a_store_that_cannot_be_says_why(url: str) -> None:
    """A wrong URL is an error for people, and does not show a password."""
    with pytest.raises(KypError) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
