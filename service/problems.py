"""Errors over HTTP: RFC 9457 problem details, one clear sentence each, never a stack trace and never mail text."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from data.errors import ArtifactError, Conflict, InputError, KypError, MissingExtra
from service.permissions import methods_of

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered as asked; raise it anywhere below a route.

    Attributes:
        status: the HTTP status.
        code: a short stable name for machines, the end of ``type``.
        detail: what is wrong and the way out.
        headers: response headers that belong to the status.
    """

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers


def problem_response(problem: Problem) -> Response:
    """Write a problem down as RFC 9457 has it."""
    return JSONResponse(problem_body(problem), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def problem_body(problem: Problem) -> dict[str, str | int]:
    """The members of a problem."""
    return {
        "type": f"urn:kyp:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }


def handle_problems(app: FastAPI) -> None:
    """Let every error of the routes, and of the framework itself, come out as a problem."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> Response:
        return problem_response(error)

    @app.exception_handler(KypError)
    async def _expected(_: Request, error: KypError) -> Response:
        return problem_response(from_kyp(error))

    @app.exception_handler(RequestValidationError)
    async def _parameters(_: Request, invalid: RequestValidationError) -> Response:
        return problem_response(
            Problem(
                422, "invalid_parameter", sentences([error | {"loc": error["loc"][1:]} for error in invalid.errors()])
            )
        )

    @app.exception_handler(HTTPException)
    async def _framework(request: Request, error: HTTPException) -> Response:
        return problem_response(from_framework(request, error))


def from_kyp(error: KypError) -> Problem:
    """Give an expected error its status: the caller's fault 422 or 409, no model 503, a missing extra 501, else 500."""
    if isinstance(error, Conflict):
        return Problem(409, error.code, str(error))
    if isinstance(error, InputError):
        return Problem(422, error.code, str(error))
    if isinstance(error, ArtifactError):
        return Problem(503, error.code, str(error))
    if isinstance(error, MissingExtra):
        return Problem(501, error.code, str(error))
    return Problem(500, error.code, str(error))


def from_validation(error: ValidationError, code: str = "invalid_message") -> Problem:
    """Say which fields of a JSON body are wrong and how, without their values."""
    details = error.errors(include_input=False, include_url=False, include_context=False)
    broken = any(detail["type"] == "json_invalid" for detail in details)
    return Problem(422, "invalid_json" if broken else code, sentences(details))


def sentences(details: Sequence[ErrorDetails]) -> str:
    """One sentence per wrong field, at most five; keys that the schema does not know are not repeated."""
    return " ".join(f"{_sentence(detail)}." for detail in details[:5])


def _sentence(detail: ErrorDetails) -> str:
    where = [str(part) for part in detail["loc"]]
    if detail["type"] == "extra_forbidden":
        inside = f" in {'.'.join(where[:-1])}" if where[:-1] else ""
        return f"There is a field{inside} that is not known here; /docs lists the fields"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{'.'.join(where)}: {message}" if where else message


def from_framework(request: Request, error: HTTPException) -> Problem:
    """Put an error of the framework itself (no such address, a method that is not taken) into our words."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return Problem(404, "not_found", "There is nothing at this address; /docs lists what there is.")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(methods_of(request.scope["route"].path))
        detail = f"{request.method} is not possible here; this address takes {allowed}."
        return Problem(405, "method_not_allowed", detail, {"Allow": allowed})
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return Problem(400, "bad_request", "The form could not be read: send it as a browser does, with a boundary.")
    return Problem(error.status_code, "http_error", str(error.detail), error.headers)
