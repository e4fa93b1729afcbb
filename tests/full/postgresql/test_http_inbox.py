"""The inbox, its filter and its search, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_http_inbox import *  # noqa: F403 (whatever tests there are)
