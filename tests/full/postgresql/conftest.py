"""In this folder the store is a PostgreSQL."""

import pytest


@pytest.fixture
def store_url(postgresql_url: str) -> str:
    """An empty PostgreSQL database."""
    return postgresql_url
