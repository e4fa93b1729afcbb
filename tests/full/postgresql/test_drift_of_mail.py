"""Drift, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_drift_of_mail import *  # noqa: F403 (whatever tests there are)
