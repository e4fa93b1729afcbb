"""The HTTP server under the application: who opens connections and then dawdles, on purpose or not, is cut off."""

import asyncio
import json
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.bounds import Bounds
from service.problems import MEDIA_TYPE, Problem, problem_body

_IDLE_SECONDS = 5  # a connection without a request is kept for the next one
_LAST_WORDS = 0.2  # seconds for a request on its way when the service ends
_LINGER = 1.0  # seconds for which what still comes is thrown away, so that the answer gets through
_THROWN_AWAY = 16 * 2**20  # bytes of it; who floods is cut off
_GARBLED = Problem(400, "bad_request", "This is no HTTP/1.1 request that can be read.")
_SLOW = Problem(408, "too_slow", "The head of the request came too slowly.")
_FULL = Problem(503, "too_busy", "Too many connections are open: try again in a moment.", {"Retry-After": "1"})


def server_config(app: FastAPI, bounds: Bounds, *, port: int = 0) -> Config:
    """Uvicorn for ``app``; who is behind a proxy, and what is logged, is the application's own affair."""
    return Config(
        app,
        port=port,
        http=cast("type[asyncio.Protocol]", partial(PatientProtocol, bounds)),
        ws="none",
        lifespan="on",
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=bounds.shutdown_seconds,
    )


class PatientProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1 with bounds; its own refusals are problem details too."""

    def __init__(self, bounds: Bounds, **given: Any) -> None:  # noqa: ANN401 (handed on to uvicorn as it comes)
        super().__init__(**given)
        self._bounds = bounds
        self._head_begun = False
        self._thrown_away = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for a request, where there is room for one more."""
        super().connection_made(cast("asyncio.Transport", _Lingering(transport, self.loop)))
        if len(self.connections) > self._bounds.connections:
            self._end(_FULL)
        else:  # a browser may open a connection ahead of need: without a word it is closed without one
            self._head_timer = self.loop.call_later(self._bounds.head_seconds, self.transport.close)

    def data_received(self, data: bytes) -> None:
        """Read on; the time for a head runs from its first byte to its last."""
        if self.transport.is_closing():
            self._thrown_away += len(data)
            if self._thrown_away > _THROWN_AWAY:
                self.transport.abort()
            return
        if self._between_requests and not self._head_begun:
            self._head_begun = True
            _stop(self._head_timer)
            self._head_timer = self.loop.call_later(self._bounds.head_seconds, self._end, _SLOW)
        super().data_received(data)
        if not self._between_requests:
            self._head_begun = False
            _stop(self._head_timer)

    def pause_writing(self) -> None:
        """The reader is behind: give it some time."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(self._bounds.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader has caught up."""
        super().resume_writing()
        _stop(self._stall_timer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        _stop(self._head_timer)
        _stop(self._stall_timer)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """At the end of the service: a request may be here already, unread, so silence is closed a moment later."""
        if self._between_requests:
            self.loop.call_later(_LAST_WORDS, self._shut_down)
        else:
            super().shutdown()

    def _shut_down(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's own words)
        """What is no HTTP gets a problem like any other wrong request."""
        self._end(_GARBLED)

    @property
    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _end(self, problem: Problem) -> None:
        if not self.transport.is_closing():
            self.transport.write(_raw(problem))
            self.transport.close()


class _Lingering:
    """A transport that closes in two steps: first only what we say ends.

    A socket that is closed while the other side still sends answers with a reset, and the reset may overtake the last
    answer: who sent too slowly, or too much, would see a broken connection instead of the reason (RFC 9112, 9.6).
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._ended = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (all else is the transport's)
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._ended:
            self._transport.write(data)

    def is_closing(self) -> bool:
        return self._ended or self._transport.is_closing()

    def close(self) -> None:
        if self.is_closing():
            return
        self._ended = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._transport.resume_reading()
            self._loop.call_later(_LINGER, self._transport.close)
        else:
            self._transport.close()


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _raw(problem: Problem) -> bytes:
    """A whole answer, for when there is no request that the application could answer."""
    body = json.dumps(problem_body(problem)).encode()
    own = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**own, **(problem.headers or {})}.items()]
    status = HTTPStatus(problem.status)
    return "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *lines, "", ""]).encode() + body
