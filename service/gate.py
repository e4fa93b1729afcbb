"""The gate in front of every route: tells who comes, counts how often, and lets them do what their scope allows."""

from http.cookies import CookieError, SimpleCookie

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.permissions import is_page, needed
from service.problems import Problem, problem_response
from service.rates import Rates
from service.sessions import Sessions, new_secret
from service.shield import SAFE_METHODS
from service.tokens import Token, Tokens
from service.visitor import By, Visitor, visitor_of

COOKIE = "kyp_session"
FORM_FIELD, FORM_HEADER = "form_key", "X-Form-Key"
SIGNED = "/v1/inbound/"  # webhooks show a signature or a password of their own; a refusal here would lose mails
_CHALLENGE = 'Bearer realm="kyp"'


class LogInFirst(Exception):
    """A person without a session asks for a page."""


class Gate:
    """ASGI middleware: puts a Visitor into the request's state, and sets the cookie that its forms need."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens, sessions: Sessions, rates: Rates, asks: bool) -> None:
        self._app = app
        self._tokens = tokens
        self._sessions = sessions
        self._rates = rates
        self._asks = asks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its visitor; 401 for a token that is none, 429 for one request too many."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            visitor = await self._visitor(scope)
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        await self._app(scope, receive, _with_cookie(send, visitor, secure=scope["scheme"] == "https"))

    async def _visitor(self, scope: Scope) -> Visitor:
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else "unknown"
        cookie = _cookie(headers)
        visitor = Visitor(By.LOCAL, address, cookie or new_secret(), cookie_is_new=cookie is None)
        if self._asks and not scope["path"].startswith(SIGNED):
            await self._identify(visitor, headers.get("authorization"))
            self._rates.request(visitor.token.id if visitor.token else address)
        return visitor

    async def _identify(self, visitor: Visitor, authorization: str | None) -> None:
        visitor.by = By.NOTHING
        if authorization is not None:
            visitor.token, visitor.by = await self._bearer(visitor.address, authorization), By.TOKEN
        elif not visitor.cookie_is_new:
            visitor.token = await run_in_threadpool(self._sessions.find, visitor.cookie)
            visitor.by = By.SESSION if visitor.token else By.NOTHING

    async def _bearer(self, address: str, authorization: str) -> Token:
        self._rates.may_try(address)
        kind, _, presented = authorization.partition(" ")
        token = await run_in_threadpool(self._tokens.find, presented) if kind.lower() == "bearer" else None
        if token is None:
            self._rates.failure(address)
            detail = "This token is not known, or was revoked: send `Authorization: Bearer TOKEN` with a living one."
            headers = {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
            raise Problem(401, "invalid_token", detail, headers)
        return token


async def admitted(request: Request) -> None:
    """Every route depends on this: 401, 403 or the login where the visitor may not do what they ask for."""
    visitor, route = visitor_of(request), f"{request.method} {request.scope['route'].path}"
    scope, page = needed(route), is_page(route)
    if not visitor.may(scope):
        if visitor.token is None:
            raise LogInFirst if page else Problem(401, "no_token", _HOW_TO_ASK, {"WWW-Authenticate": _CHALLENGE})
        detail = f"This needs the scope {scope}; the token {visitor.name!r} has {visitor.scope}."
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        raise Problem(403, "insufficient_scope", detail, {"WWW-Authenticate": challenge})
    if request.method not in SAFE_METHODS and (page or visitor.by == By.SESSION):
        await _check_form_key(request, visitor, page=page)


_HOW_TO_ASK = "Send `Authorization: Bearer TOKEN`; `kyp token create NAME --scope read|write|admin` makes a token."


async def _check_form_key(request: Request, visitor: Visitor, *, page: bool) -> None:
    """403 for a form that none of our pages made for this visitor: another site cannot read the key."""
    given = request.headers.get(FORM_HEADER)
    if given is None and page:
        limit = request.app.state.service.settings.max_body_bytes
        form = await request.form(max_files=1, max_fields=30, max_part_size=limit)  # kept: the route gets the same
        field = form.get(FORM_FIELD)
        given = field if isinstance(field, str) else None
    if given is None or not visitor.wrote(given):
        detail = "The form does not come from a page of this session: allow the cookie of this address, load the page "
        raise Problem(403, "wrong_form_key", f"{detail}again, and send it anew.")


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found and 20 <= len(found.value) <= 100 else None


def _with_cookie(send: Send, visitor: Visitor, *, secure: bool) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and visitor.needs_cookie and visitor.cookie_is_new:
            MutableHeaders(scope=message).append("Set-Cookie", cookie_line(visitor.cookie, secure=secure))
        await send(message)

    return sent


def cookie_line(secret: str, *, secure: bool, seconds: int | None = None) -> str:
    """A Set-Cookie value; without ``seconds`` it ends with the browser.

    SameSite=Lax, not Strict: a link in an e-mail answer must find its reader logged in. What changes anything needs
    the form key besides.
    """
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}{age}"
