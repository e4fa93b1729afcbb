"""What the store keeps, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_store_keeping import *  # noqa: F403 (whatever tests there are)
