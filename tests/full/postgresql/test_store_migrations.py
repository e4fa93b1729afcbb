"""The schema and its revisions, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_store_migrations import *  # noqa: F403 (whatever tests there are)
