"""No request holds the service up: bodies come at some pace, answers begin in time, and not too many at once."""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.bounds import Patience
from service.problems import Problem, problem_response

_SLOW = Problem(408, "too_slow", "The body came too slowly: send it again over a better line.", {"Connection": "close"})
_LATE = Problem(503, "too_late", "The answer took too long: try again a little later.", {"Retry-After": "10"})
_BUSY = Problem(503, "too_busy", "Too many requests are being answered: try again in a moment.", {"Retry-After": "1"})

_TICK = 1.0  # seconds


class Pace:
    """ASGI middleware: 408 for a body that trickles, 503 for an answer that does not begin in time."""

    def __init__(self, app: ASGIApp, *, patience: Patience) -> None:
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in a task of its own, which is left behind where it takes too long."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        course = _Course(self._patience, receive, send)
        task = asyncio.create_task(self._run(scope, course))
        try:
            while not task.done() and not course.overdue:
                await asyncio.wait({task}, timeout=course.look_again)
        finally:
            course.left_behind = not task.done()
            if course.left_behind:  # a thread that works for it works on; nobody waits for it
                task.cancel()
                task.add_done_callback(_forgotten)
        if task.done():
            task.result()
        else:
            await problem_response(course.problem)(scope, receive, send)

    async def _run(self, scope: Scope, course: "_Course") -> None:
        await self._app(scope, course.receive, course.send)


class _Course:
    """One request on its way, and the moment until which to wait for what comes next."""

    def __init__(self, patience: Patience, receive: Receive, send: Send) -> None:
        self._patience = patience
        self._receive = receive
        self._send = send
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._taken = 0
        self._reading = False
        self._end: float | None = self._began + patience.answer
        self.left_behind = False

    @property
    def look_again(self) -> float | None:
        """Seconds until it may be overdue: the end moves while a body comes.

        None where the answer has begun: who reads it slowly is the server's affair.
        """
        return None if self._end is None else min(_TICK, max(0.0, self._end - self._clock()))

    @property
    def overdue(self) -> bool:
        return self._end is not None and self._clock() >= self._end

    @property
    def problem(self) -> Problem:
        return _SLOW if self._reading else _LATE

    async def receive(self) -> Message:
        self._reading = self._end is not None
        if self._reading:
            self._end = self._began + self._patience.grace + self._taken / self._patience.rate
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._reading and not message.get("more_body"):
            self._end = self._clock() + self._patience.answer
        self._reading = False
        return message

    async def send(self, message: Message) -> None:
        if not self.left_behind:
            self._end = None
            await self._send(message)


class Crowd:
    """ASGI middleware: 503 for whoever comes while ``most`` requests are being answered."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on where there is room."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._inside >= self._most:
            await problem_response(_BUSY)(scope, receive, send)
        else:
            self._inside += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._inside -= 1


def _forgotten(task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        task.exception()  # taken note of, so that asyncio does not complain; the client has its answer
