"""What a provider hands over in one request: a raw mail, who sent it by the envelope, and the token that signs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail. ``envelope_sender`` is None where it was not told, empty for the null sender of bounces.

    ``token`` is what the request was signed with where it may be used once only.
    """

    raw: bytes
    envelope_sender: str | None = None
    token: str | None = None
