"""Signs of parting over HTTP, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_http_client_signs import *  # noqa: F403 (whatever tests there are)
