"""Corrections, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_http_labels import *  # noqa: F403 (whatever tests there are)
