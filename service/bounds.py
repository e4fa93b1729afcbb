"""How much of the service one caller may take: seconds, bytes a second, connections."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection, and all together, may take."""

    connections: int = 500
    head_seconds: float = 10.0  # for the request line and the headers
    stalled_seconds: float = 30.0  # for a reader that takes nothing of its answer
    shutdown_seconds: int = 30  # for requests under way, once the process is told to end


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for a body ``grace`` seconds and one more for every ``rate`` bytes, then for the answer.

    The form is that of Apache's mod_reqtimeout (``body=20,MinRate=500``).
    """

    grace: float = 20.0
    rate: float = 1000.0  # bytes a second
    answer: float = 60.0
