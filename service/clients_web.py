"""The pages of clients and of the week: who writes, one client with plot, signs and facts, what to do."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from data.context import ClientContext
from data.errors import InputError
from service import timeline
from service.client_report import ClientReport
from service.cursor import Cursor
from service.gate import FORM_FIELD
from service.pages import pages, texts_of
from service.problems import Problem, sentences
from service.requests import Here
from service.schemas import Slug
from service.wiring import Service

PAGE = 50
SHOWN = 6  # strategies, and messages behind a figure before the rest is folded away
_YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}

router = APIRouter(include_in_schema=False)


@router.get("/clients")
def list_clients(request: Request, service: Here, cursor: str | None = None) -> Response:
    """All clients, those who wrote last first."""
    page = service.clients.page(PAGE, Cursor.from_token(cursor) if cursor else None)
    known = [(line, service.clients.known(line.client)) for line in page.clients]
    rows = [(line, told, service.reporter.signs(told)) for line, told in known]
    following = page.next.token() if page.next else None
    return pages.TemplateResponse(request, "clients.html", {"rows": rows, "next": following})


@router.get("/agenda")
def agenda(request: Request, service: Here) -> Response:
    """What to do this week."""
    day = service.today()
    items = service.planner.week(day, texts_of(request).language)
    return pages.TemplateResponse(request, "agenda.html", {"today": day, "items": items})


@router.post("/clients/{client:path}/facts")
async def tell_facts(request: Request, client: Slug, service: Here) -> Response:
    """Keep what the form tells; what cannot be used brings the page back with the reason."""
    return await _changed(request, client, service, _tell)


@router.post("/clients/{client:path}/aliases")
async def merge(request: Request, client: Slug, service: Here) -> Response:
    """Merge an address into this client, or part it again."""
    return await _changed(request, client, service, _merge)


@router.post("/clients/{client:path}/forget")
async def forget(request: Request, client: Slug, service: Here) -> Response:
    """Forget the client, where the box is ticked that says so."""
    return await _changed(request, client, service, _forget)


@router.get("/clients/{client:path}")
def show(request: Request, client: Slug, service: Here) -> Response:
    """One client."""
    return _page(request, client, service)


def _page(
    request: Request, client: str, service: Service, error: str = "", given: Mapping[str, str] | None = None
) -> Response:
    if not service.clients.exists(client):
        raise Problem(
            404, "unknown_client", "Nothing is stored of this client; the page Clients lists those there are."
        )
    report = service.reporter.report(client, reader=texts_of(request).language)
    zone = report.known.told.zone or service.settings.zone
    content: dict[str, Any] = {
        "report": report,
        "known": report.known,
        "plot": timeline.draw(report.moments, report.window, zone),
        "size": timeline,
        "by_id": {moment.seen.id: moment for moment in report.moments},
        "bearing": _bearing(report),
        "form": given or _form(report.known.summary),
        "error": error,
        "shown": SHOWN,
    }
    return pages.TemplateResponse(request, "client.html", content, 422 if error else 200)


def _bearing(report: ClientReport) -> list[tuple[str, list[str]]]:
    """Each label of the client with the messages that bear it, the newest first, the commonest label first."""
    found: dict[str, list[str]] = {}
    for moment in reversed(report.moments):
        for label in moment.seen.labels:
            found.setdefault(label, []).append(moment.seen.id)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


async def _changed(request: Request, client: str, service: Service, change: Any) -> Response:  # noqa: ANN401
    async with request.form(max_files=0, max_fields=20) as form:
        given = {name: value.strip() for name, value in form.items() if isinstance(value, str) and name != FORM_FIELD}
    try:
        where = await run_in_threadpool(change, service, client, given)
    except InputError as error:
        again = given if change is _tell else None
        return await run_in_threadpool(_page, request, client, service, str(error), again)
    return RedirectResponse(where, 303)


def _tell(service: Service, client: str, given: Mapping[str, str]) -> str:
    before = _form(service.clients.known(client).summary)
    changed = {name: _value(name, text) for name, text in given.items() if before.get(name) != text}
    try:
        patch = ClientContext.model_validate(changed)
    except ValidationError as error:
        raise InputError(sentences(error.errors(include_input=False, include_url=False))) from None
    return _address(service.clients.patch(client, patch).client)


def _merge(service: Service, client: str, given: Mapping[str, str]) -> str:
    if given.get("part"):
        service.clients.part(client, given["part"])
        return _address(service.clients.owner_of(client))
    if not 0 < len(given.get("alias", "")) <= 320 or "\0" in given["alias"]:
        raise InputError("Give the other address, or a domain as in @company.example.")
    return _address(service.clients.merge(client, given["alias"]).client)


def _forget(service: Service, client: str, given: Mapping[str, str]) -> str:
    if given.get("sure") != "yes":
        raise InputError("Tick the box that says so, if this client shall really be forgotten.")
    service.clients.forget(client)
    return "/clients"


def _form(told: ClientContext) -> dict[str, str]:
    """The form's fields as texts."""
    yes_no = {True: "yes", False: "no", None: ""}
    lead = told.usual_check_days_before
    return {
        "display_name": told.display_name or "",
        "relationship_start": str(told.relationship_start or ""),
        "agreed_date": str(told.agreed_date or ""),
        "usual_check_days_before": "" if lead is None else f"{lead:g}",
        "asked_for_input_recently": yes_no[told.asked_for_input_recently],
        "project_finished": yes_no[told.project_finished],
        "last_written_to": str(told.last_written_to or ""),
        "working_hours": told.working_hours or "",
        "timezone": told.timezone or "",
    }


def _value(name: str, text: str) -> object:
    if name in ("asked_for_input_recently", "project_finished"):
        return _YES_NO.get(text, text)
    if name == "usual_check_days_before" and text:
        try:
            return float(text)
        except ValueError:
            return text
    return text or None


def _address(client: str) -> str:
    return f"/clients/{quote(client)}"
