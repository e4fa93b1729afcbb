"""Mail by SMTP, on PostgreSQL: the very tests that SQLite passes."""

from tests.service.test_mail_server import *  # noqa: F403 (whatever tests there are)
