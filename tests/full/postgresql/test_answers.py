"""Answers by e-mail, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_answers import *  # noqa: F403 (whatever tests there are)
