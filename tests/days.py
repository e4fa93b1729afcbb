"""The days that a text names, for tests."""

from datetime import date, datetime, timedelta, timezone

from model.dates import DateMention, scan_dates
from model.spelling import Written

# A Tuesday morning in Manila and Kuala Lumpur.
TUESDAY = datetime(2026, 3, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def find_dates(text: str, sent_at: datetime | None) -> list[DateMention]:
    """The days that a text names, from left to right."""
    return list(scan_dates(Written.of(text), sent_at).mentions)


def day_of(text: str, sent_at: datetime | None = TUESDAY) -> date | None:
    """The one day that a text names, or None."""
    found = find_dates(text, sent_at)
    assert len(found) <= 1, found
    return found[0].date if found else None
