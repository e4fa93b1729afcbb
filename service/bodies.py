"""Request bodies, read in a bounded way: a body that is too large is refused whether or not it declared its length."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import Problem, problem_response

_PACKED = Problem(
    415,
    "packed_body",
    "Packed bodies are not taken, as a small one may hold a very large one: send it without Content-Encoding.",
    {"Accept-Encoding": "identity"},
)


class LimitBody:
    """ASGI middleware: count what is read of each request and stop at the limit with 413; 415 for packed ones.

    A little more than the limit is still read and thrown away, so that an ordinary client that is busy sending
    gets to see the answer; beyond that the connection ends.
    """

    def __init__(self, app: ASGIApp, *, usual: int, others: Mapping[str, int]) -> None:
        self._app = app
        self._usual = usual
        self._others = others  # bytes by the beginning of the path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a ``receive`` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if Headers(scope=scope).get("content-encoding", "identity").lower() != "identity":
            await problem_response(_PACKED)(scope, receive, send)
            return
        others = (most for start, most in self._others.items() if scope["path"].startswith(start))
        limit = next(others, self._usual)
        await self._app(scope, _counting(receive, limit), send)


def _counting(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken <= limit:
            return message
        while message.get("more_body") and taken <= 2 * limit:
            message = await receive()
            taken += len(message.get("body", b""))
        raise too_large(limit)

    return counted


def too_large(limit: int) -> Problem:
    """The refusal of a body over the limit."""
    mebibytes = f"{limit / (1024 * 1024):g} MiB"
    detail = f"The request is larger than {mebibytes}: send fewer messages or leave attachments out."
    return Problem(413, "too_large", detail, {"Connection": "close"})  # whoever goes on sending is cut off


async def whole_body(request: Request) -> bytes:
    """The body (Problem where it is empty)."""
    body = await request.body()
    if not body.strip():
        raise Problem(422, "empty_body", "The request has no body: /docs shows what it must look like.")
    return body


def media_type(request: Request) -> str:
    """The media type of the body, lower case, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
