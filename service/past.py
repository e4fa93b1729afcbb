"""What is remembered of a client: how many messages came before, since when, and what was in the latest; no text."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.records import Assessment
from model.facts import SeenMessage

REMEMBERED = 500  # messages of one client that a rule may look back on; the longest window is 60 days


@dataclass(frozen=True, slots=True)
class Past:
    """A client's earlier messages, oldest first; ``count`` and ``first_at`` go beyond those in ``latest``."""

    count: int = 0
    first_at: datetime | None = None
    latest: tuple[SeenMessage, ...] = ()


class Memory:
    """The pasts of all clients of one run over many mails; grows with the clients, not with the text."""

    def __init__(self) -> None:
        self._clients: dict[str, _Remembered] = {}

    def past(self, client: str) -> Past:
        """What was remembered of a client so far."""
        remembered = self._clients.get(client)
        if remembered is None:
            return Past()
        return Past(remembered.count, remembered.first_at, tuple(remembered.latest))

    def remember(self, assessment: Assessment) -> None:
        """Note that a client's message went by."""
        if assessment.client is None or assessment.error is not None:
            return
        remembered = self._clients.setdefault(assessment.client, _Remembered())
        remembered.count += 1
        remembered.first_at = _earlier(remembered.first_at, assessment.sent_at)
        remembered.latest.append(SeenMessage(assessment.id, assessment.sent_at, assessment.labels))


@dataclass(slots=True)
class _Remembered:
    count: int = 0
    first_at: datetime | None = None
    latest: deque[SeenMessage] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    moments = [m if m.tzinfo else m.replace(tzinfo=UTC) for m in (one, other) if m is not None]
    return min(moments, default=None)
