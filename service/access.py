"""The outermost layer of HTTP: a request id, one log line and the figures of a request, and the catch-all."""

import logging
import re
import time
from collections.abc import Callable, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from service.logs import places
from service.metrics import Metrics
from service.problems import Problem, problem_response

log = logging.getLogger("kyp.access")
errors = logging.getLogger("kyp.errors")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLog:
    """ASGI middleware: log id, method, path template, status and milliseconds, and count them.

    Never the address, the query or a body: they hold what clients wrote and who they are. All that is logged while the
    request goes on bears its id.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, clock: Callable[[], float] = time.perf_counter) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 where anything unexpected comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        with bound_contextvars(request=request_id):
            await self._watched(scope, receive, _Answer(send, request_id))

    async def _watched(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        started = self._clock()
        self._metrics.began()
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 (the one catch-all of this entrance)
            errors.error("unexpected", extra={"error": type(error).__name__, "where": places(error.__traceback__)})
            if answer.status is None:
                await problem_response(_unexpected(answer.request_id))(scope, receive, answer.send)
        finally:
            self._note(scope, answer.status, self._clock() - started)

    def _note(self, scope: Scope, status: int | None, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self._metrics.answered(method, route, status, seconds)
        took = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("request", extra=took)


class _Answer:
    """What is sent back, watched for its status; bears the request's id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-ID"] = self.request_id
        await self._send(message)


def _route(scope: MutableMapping[str, Any]) -> str:
    mounted = f"{scope['root_path']}/*" if scope.get("root_path") else "(none)"
    return str(getattr(scope.get("route"), "path", mounted))


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _unexpected(request_id: str) -> Problem:
    return Problem(500, "unexpected", f"Something went wrong here; the log has more under the request id {request_id}.")
