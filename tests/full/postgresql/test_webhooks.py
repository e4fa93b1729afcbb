"""Webhooks, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_webhooks import *  # noqa: F403 (whatever tests there are)
