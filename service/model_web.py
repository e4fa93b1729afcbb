"""The page of the model: which one is in use and how far it can be trusted; and how to go back to the one before."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from data.errors import ArtifactError, InputError
from service import model_report
from service.drift_table import drift_table
from service.model_report import CARD
from service.pages import pages, texts_of
from service.problems import Problem
from service.requests import Here
from service.schemas import Slug
from service.wiring import Service

CARD_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"  # its plots bear inline styles

router = APIRouter(include_in_schema=False)


@router.get("/model")
def show(request: Request, service: Here) -> Response:
    """The model in use, its figures, and the history."""
    return _page(request, service)


@router.post("/model/rollback")
async def roll_back(request: Request, service: Here) -> Response:
    """Put the champion before this one in use again, where the box is ticked that says so."""
    async with request.form(max_files=0, max_fields=10) as form:
        sure, seen = form.get("sure") == "yes", str(form.get("version", ""))
    try:
        await run_in_threadpool(_roll_back, request, service, sure, seen)
    except (InputError, ArtifactError) as error:
        return await run_in_threadpool(_page, request, service, str(error))
    return RedirectResponse("/model?rolled=1", 303)


@router.get("/models/{version}/card")
def card(version: Slug, service: Here) -> Response:
    """A model's card, as it was written with the model."""
    try:
        content = service.registry.beside(version, CARD)
    except (InputError, ArtifactError) as error:
        raise Problem(404, "no_card", f"This model has no card: {error}.") from error
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": CARD_POLICY})


def _roll_back(request: Request, service: Service, sure: bool, seen: str) -> None:
    texts = texts_of(request)
    if not sure:
        raise InputError(texts("model.tick"))
    if service.registry.champion_version() != seen:
        raise InputError(texts("model.changed"))
    service.registry.rollback(texts("model.reason"))
    service.champion.refresh()


def _page(request: Request, service: Service, error: str = "") -> Response:
    report = model_report.model_report(service.registry, service.champion.version)
    content = {
        "report": report,
        "drift": drift_table(service.drift, report.used.version) if report.used else None,
        "error": error,
        "rolled": "rolled" in request.query_params,
        "plot": model_report,
    }
    return pages.TemplateResponse(request, "model.html", content, 422 if error else 200)
