"""What a browser is told and what is not let through: security headers, foreign host names, forms of other sites."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import Problem, problem_response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Shield:
    """ASGI middleware: headers on every answer; 400 for unknown hosts, 403 for writes that another site sends."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on where it may."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        answer = problem_response(refusal) if refusal else self._app
        await answer(scope, receive, _with_headers(send))

    def _refusal(self, method: str, headers: Headers) -> Problem | None:
        if "*" not in self._hosts and _host_name(headers.get("host", "")) not in self._hosts:
            return Problem(400, "unknown_host", "This host name is not served here: add it to KYP_ALLOWED_HOSTS.")
        if method not in SAFE_METHODS and _from_elsewhere(headers):
            return Problem(
                403, "cross_site", "Another web site sent this request: use the service's own pages or its API."
            )
        return None


def _host_name(host: str) -> str:
    """A Host header without its port; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that the request comes from another origin; programs send neither header."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent
