"""What an access token may do."""

from enum import StrEnum


class Scope(StrEnum):
    """What a token may do; each scope may also do what those before it may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: "Scope") -> bool:
        """Whether this scope is enough where ``needed`` is asked for."""
        order = tuple(Scope)
        return order.index(self) >= order.index(needed)
