"""Problems of the pages as pages: a person who asks for a page is not answered with JSON."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from data.errors import KypError
from service.pages import pages
from service.permissions import is_page
from service.problems import Problem, from_framework, from_kyp, problem_response


def show_problems(app: FastAPI) -> None:
    """Let problems of pages come out as pages where the browser takes them; all others stay problem details."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        return _page(request, problem) if _wants_page(request) else problem_response(problem)

    @app.exception_handler(KypError)
    async def _expected(request: Request, error: KypError) -> Response:
        problem = from_kyp(error)
        return _page(request, problem) if _wants_page(request) else problem_response(problem)

    @app.exception_handler(HTTPException)
    async def _framework(request: Request, error: HTTPException) -> Response:
        problem = from_framework(request, error)
        return _page(request, problem) if _wants_page(request) else problem_response(problem)


def _wants_page(request: Request) -> bool:
    """Whether a browser asked for something that is not of the interface: a page, or an address that there is not."""
    route = getattr(request.scope.get("route"), "path", None)
    page = not request.url.path.startswith("/v1/") if route is None else is_page(f"{request.method} {route}")
    return page and "text/html" in request.headers.get("accept", "")


def _page(request: Request, problem: Problem) -> Response:
    content = {"problem": problem}
    headers = dict(problem.headers or {})
    return pages.TemplateResponse(request, "problem.html", content, problem.status, headers=headers)
