"""Texts that have had their time, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_store_retention import *  # noqa: F403 (whatever tests there are)
