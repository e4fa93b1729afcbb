"""How many requests one sender may make, counted over a sliding window in this process."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from data.errors import InputError
from service.problems import Problem


class Rates:
    """Counts requests by sender, and failed attempts to get in by address; the counts are of this process alone."""

    def __init__(self, requests: str, failures: str) -> None:
        self._requests = parse_rate(requests)
        self._failures = parse_rate(failures)
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())

    def request(self, sender: str) -> None:
        """Count a request (Problem 429 where it is one too many)."""
        if not self._window.hit(self._requests, "request", sender):
            raise self._too_many(self._requests, "request", sender, "requests")

    def failure(self, address: str) -> None:
        """Count a token that is none."""
        self._window.hit(self._failures, "failure", address)

    def may_try(self, address: str) -> None:
        """Problem 429 where too many tokens that are none came from an address of late."""
        if not self._window.test(self._failures, "failure", address):
            raise self._too_many(self._failures, "failure", address, "attempts to get in")

    def _too_many(self, rate: RateLimitItem, *sender: str) -> Problem:
        *key, what = sender
        seconds = max(1, math.ceil(self._window.get_window_stats(rate, *key).reset_time - time.time()))
        detail = f"Too many {what}: {rate} are answered. Try again in {seconds} s."
        return Problem(429, "too_many_requests", detail, {"Retry-After": str(seconds)})


def parse_rate(text: str) -> RateLimitItem:
    """A rate such as ``600/minute`` (InputError where it is none)."""
    try:
        return parse(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no rate: write it as 600/minute or 10/second") from error
