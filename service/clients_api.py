"""The JSON interface of clients: list, report, facts, aliases, forgetting; and the list of the week."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from data.context import ClientContext, Day
from service.bodies import media_type, whole_body
from service.client_schemas import AgendaOut, AliasIn, ClientOut, ClientsOut
from service.client_wire import agenda_json, context_json, line_json, report_json
from service.cursor import Cursor
from service.problems import Problem, from_validation
from service.requests import Here
from service.schemas import Moment, NextCursor, Slug
from service.wiring import Service

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
CONTEXT_PATH, ALIASES_PATH = "/clients/{client:path}/context", "/clients/{client:path}/aliases"
MOST = 200

Language = Annotated[
    str | None, Query(pattern="^[a-z]{2,8}$", description="of the texts; the client's own, or en, where left out")
]
_In = TypeVar("_In", bound=BaseModel)

router = APIRouter(prefix="/v1", tags=["clients"])


@router.get("/clients", summary="Clients, those who wrote last first", responses={200: {"model": ClientsOut}})
def list_clients(
    service: Here,
    cursor: NextCursor = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Response:
    """List the clients with their counts, their commonest signals, and the signs that hold."""
    page = service.clients.page(limit, Cursor.from_token(cursor) if cursor is not None else None)
    known = [(line, service.clients.known(line.client)) for line in page.clients]
    rows = [line_json(line, told, [sign.id for sign in service.reporter.signs(told)]) for line, told in known]
    return JSONResponse({"clients": rows, "next_cursor": page.next.token() if page.next else None})


@router.get(CONTEXT_PATH, summary="What is known of a client", responses={200: {"model": ClientContext}})
def show_context(client: Slug, service: Here) -> Response:
    """Give every fact that was told; null where nothing was."""
    return JSONResponse(context_json(service.clients.known(_there(service, client))))


@router.put(CONTEXT_PATH, summary="Tell facts about a client", responses={200: {"model": ClientContext}})
async def tell_context(request: Request, client: Slug, service: Here) -> Response:
    """Lay a JSON Merge Patch over what is known: null forgets a fact, a key left out stays; the client may be new.

    `agreed_date` notes a date beside those before, so that one sees it moved; `agreed_dates` replaces them all.
    """
    patch = await _from_body(request, ClientContext)
    return JSONResponse(context_json(await run_in_threadpool(service.clients.patch, client, patch)))


@router.post(
    ALIASES_PATH, status_code=201, summary="Merge an address into a client", responses={201: {"model": ClientOut}}
)
async def add_alias(request: Request, client: Slug, service: Here) -> Response:
    """Take another address, name or whole `@domain` for this client; its messages and facts move over."""
    given = await _from_body(request, AliasIn)
    await run_in_threadpool(service.clients.merge, client, given.alias)
    return JSONResponse(report_json(await run_in_threadpool(service.reporter.report, client)), 201)


@router.delete(ALIASES_PATH + "/{alias}", status_code=204, summary="Let an alias stand for itself again")
def drop_alias(client: Slug, alias: Slug, service: Here) -> Response:
    """Part an address from a client; its messages go with it, facts stay."""
    if not service.clients.part(client, alias):
        raise Problem(404, "unknown_alias", "This client has no such alias; GET /v1/clients/{client} lists them.")
    return Response(status_code=204)


@router.get("/clients/{client:path}", summary="One client in full", responses={200: {"model": ClientOut}})
def show_client(
    client: Slug,
    service: Here,
    as_of: Annotated[
        Moment | None, Query(description="where the signs' window ends; the client's newest message where left out")
    ] = None,
    lang: Language = None,
) -> Response:
    """Report on a client: signals over time, signs of a parting with their messages, strategies that fit, facts."""
    return JSONResponse(report_json(service.reporter.report(_there(service, client), as_of, lang)))


@router.delete("/clients/{client:path}", status_code=204, summary="Forget a client")
def forget_client(client: Slug, service: Here) -> Response:
    """Drop everything of a client for good: messages, signals, facts, agreed dates, aliases."""
    if not service.clients.forget(client):
        raise _unknown()
    return Response(status_code=204)


@router.get("/agenda", summary="What to do this week", tags=["agenda"], responses={200: {"model": AgendaOut}})
def show_agenda(
    service: Here,
    today: Annotated[Day | None, Query(description="first day of the week; today where left out")] = None,
    lang: Language = None,
) -> Response:
    """List what facts call for: clients unheard of, feedback rounds, recaps after calls, dates that come."""
    day = today or service.today()
    return JSONResponse(agenda_json(day, service.planner.week(day, lang)))


def _there(service: Service, client: str) -> str:
    if not service.clients.exists(client):
        raise _unknown()
    return client


def _unknown() -> Problem:
    return Problem(404, "unknown_client", "Nothing is stored of this client; GET /v1/clients lists those there are.")


async def _from_body(request: Request, kind: type[_In]) -> _In:
    if media_type(request) not in JSON_TYPES:
        raise Problem(415, "unsupported_type", "Send a JSON object as application/json, and say so in Content-Type.")
    try:
        return kind.model_validate_json(await whole_body(request))
    except ValidationError as error:
        raise from_validation(error, "invalid_fact") from error
