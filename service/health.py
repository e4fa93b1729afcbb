"""Whether the service lives, and whether it can work."""

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from data.errors import ArtifactError
from service.problems import Problem
from service.requests import Here

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process lives")
def alive() -> dict[str, str]:
    """Answer as long as the process can answer at all."""
    return {"status": "ok"}


@router.get("/readyz", summary="Messages can be judged and stored")
def ready(service: Here) -> dict[str, str]:
    """Name the model in use; 503 with the reason where there is none, or where the store does not answer."""
    try:
        service.store.check()
        return {"status": "ready", "model": service.champion.triage().version}
    except ArtifactError as error:
        raise Problem(503, "no_model", str(error)) from error
    except SQLAlchemyError as error:
        detail = f"The store does not answer ({type(error).__name__}): see KYP_DATABASE_URL."
        raise Problem(503, "no_store", detail) from error
