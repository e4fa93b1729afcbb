"""Logging in and out of the pages, with an access token."""

from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service.gate import LogInFirst, cookie_line
from service.own_pages import own_page
from service.pages import pages, texts_of
from service.problems import Problem, problem_response
from service.requests import Here
from service.visitor import visitor_of

router = APIRouter(include_in_schema=False)


@router.get("/login")
def ask(request: Request, next: str = "/") -> Response:  # noqa: A002 (the name that the address bears)
    """The form; who is in already goes on."""
    if visitor_of(request).scope is not None:
        return RedirectResponse(own_page(next), 303)
    return _form(request, next)


@router.post("/login")
async def log_in(request: Request, service: Here) -> Response:
    """Begin a session for a living token, with a fresh cookie, and go on to the page that was asked for."""
    async with request.form() as form:
        presented, following = str(form.get("token", "")), str(form.get("next", "/"))
    address = visitor_of(request).address
    service.rates.may_try(address)
    token = await run_in_threadpool(service.tokens.find, presented)
    if token is None:
        service.rates.failure(address)
        return _form(request, following, texts_of(request)("login.wrong"), 403)
    secret = await run_in_threadpool(service.sessions.open, token)
    seconds = int(service.sessions.lasts.total_seconds())
    line = cookie_line(secret, secure=request.url.scheme == "https", seconds=seconds)
    return RedirectResponse(own_page(following), 303, headers={"Set-Cookie": line})


@router.post("/logout")
async def log_out(request: Request, service: Here) -> Response:
    """End the session here and on the server."""
    await run_in_threadpool(service.sessions.close, visitor_of(request).cookie)
    line = cookie_line("", secure=request.url.scheme == "https", seconds=0)
    return RedirectResponse("/login", 303, headers={"Set-Cookie": line})


def lead_strangers(app: FastAPI) -> None:
    """Let a stranger who asks for a page come to the login, and from there to that page."""

    @app.exception_handler(LogInFirst)
    async def _strangers(request: Request, _: LogInFirst) -> Response:
        reading = request.method == "GET"
        where = f"/login?{urlencode({'next': request.url.path})}" if reading and request.url.path != "/" else "/login"
        if "hx-request" in request.headers:  # htmx follows a redirect silently: tell it to load the login as a page
            ended = Problem(401, "session_ended", "The session has ended: log in again.", {"HX-Redirect": where})
            return problem_response(ended)
        return RedirectResponse(where, 303)


def _form(request: Request, following: str, error: str = "", status: int = 200) -> Response:
    content = {"next": own_page(following), "error": error}
    return pages.TemplateResponse(request, "login.html", content, status)
