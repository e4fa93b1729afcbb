"""Whether the service lives, and whether it can work."""

from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from data.errors import ArtifactError
from service.problems import Problem
from service.requests import Here
from service.schemas import AliveOut, ReadyOut
from service.wiring import Service

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process lives", responses={200: {"model": AliveOut}})
async def alive() -> dict[str, str]:
    """Answer as long as the process can answer at all; no thread is needed for it."""
    return {"status": "ok"}


@router.get("/readyz", summary="Messages can be judged and stored", responses={200: {"model": ReadyOut}})
def ready(service: Here) -> dict[str, Any]:
    """Name the model in use, and a newer one that was refused; 503 with every reason where work is not possible."""
    wrong = [*_without_model(service), *_without_store(service)]
    if wrong:
        codes, reasons = zip(*wrong, strict=True)
        raise Problem(503, codes[0], " ".join(reasons), {"Retry-After": "10"})
    refused = service.champion.refused
    told = {"version": refused.version, "reason": refused.reason} if refused else None
    return {"status": "ready", "model": service.champion.version, "refused_model": told}


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def figures(service: Here) -> Response:
    """Requests, messages, the model, and its mean probabilities of late."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _without_model(service: Service) -> list[tuple[str, str]]:
    try:
        service.champion.triage()
    except ArtifactError as error:
        return [("no_model", str(error))]
    return []


def _without_store(service: Service) -> list[tuple[str, str]]:
    try:
        service.store.check()
    except SQLAlchemyError as error:
        return [("no_store", f"The store does not answer ({type(error).__name__}): see KYP_DATABASE_URL.")]
    return []
