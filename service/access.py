"""The outermost layer of HTTP: a request id, one log line a request, and the catch-all that keeps the service up."""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import Problem, problem_response

log = logging.getLogger("kyp.access")
errors = logging.getLogger("kyp.errors")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class AccessLog:
    """ASGI middleware: log id, method, path template, status and milliseconds as one JSON object.

    Never the address, the query or a body: they hold what clients wrote and who they are.
    """

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 where anything unexpected comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request_id, answer = self._clock(), _request_id(scope), _Answer(send)
        try:
            await self._app(scope, receive, answer.bearing(request_id))
        except Exception as error:  # noqa: BLE001 (the one catch-all of this entrance)
            _log_unexpected(error, request_id)
            if answer.status is None:
                await problem_response(_unexpected(request_id))(scope, receive, answer.bearing(request_id))
        took = round((self._clock() - started) * 1000, 1)
        log.info(json.dumps(_line(scope, request_id, answer.status, took)))


class _Answer:
    """What is sent back, watched for its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    def bearing(self, request_id: str) -> Send:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await self._send(message)

        return send


def _line(scope: MutableMapping[str, Any], request_id: str, status: int | None, took: float) -> dict[str, Any]:
    mounted = f"{scope['root_path']}/*" if scope.get("root_path") else "(none)"
    route = getattr(scope.get("route"), "path", mounted)
    return {"request": request_id, "method": scope["method"], "route": route, "status": status, "ms": took}


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _unexpected(request_id: str) -> Problem:
    return Problem(500, "unexpected", f"Something went wrong here; the log has more under the request id {request_id}.")


def _log_unexpected(error: Exception, request_id: str) -> None:
    """Log where it happened, but not the exception's own text, which may quote a mail."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    errors.error("request %s failed with %s at\n%s", request_id, type(error).__name__, frames)
