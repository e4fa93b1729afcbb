"""What is remembered of a client: how many messages came before, since when, and what was in the latest; no text."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data.records import Assessment
from model.facts import SeenMessage

REMEMBERED = 500  # messages of one client that a store looks back on; the longest window of a rule is 60 days
HELD = 100  # of them that a run over many mails holds in memory, of each of its clients
ALWAYS = 50  # of those are kept however old they are: mailboxes are not always in order
WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Past:
    """A client's earlier messages, oldest first; ``count`` and ``first_at`` go beyond those in ``latest``."""

    count: int = 0
    first_at: datetime | None = None
    latest: tuple[SeenMessage, ...] = ()


class Memory:
    """The pasts of all clients of one run over many mails; grows with the clients, not with their mails."""

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
        if len(remembered.latest) > remembered.room:
            remembered.forget()

    def wrote_to(self, client: str, at: datetime | None) -> None:
        """Note a mail of one's own to a client: the relationship is at least that old."""
        remembered = self._clients.setdefault(client, _Remembered())
        remembered.first_at = _earlier(remembered.first_at, at)


@dataclass(slots=True)
class _Remembered:
    count: int = 0
    first_at: datetime | None = None
    latest: list[SeenMessage] = field(default_factory=list)
    room: int = 2 * ALWAYS

    def forget(self) -> None:
        """Keep those of the last ``ALWAYS`` and ``WINDOW``, ``HELD`` at most; tidy up again when as many came."""
        since = max((seen.sent_at for seen in self.latest if seen.sent_at), default=None)
        old, recent = self.latest[:-ALWAYS], self.latest[-ALWAYS:]
        within = [seen for seen in old if since and seen.sent_at and seen.sent_at >= since - WINDOW]
        self.latest = (within + recent)[-HELD:]
        self.room = min(HELD, len(self.latest) + ALWAYS)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    moments = [m if m.tzinfo else m.replace(tzinfo=UTC) for m in (one, other) if m is not None]
    return min(moments, default=None)
