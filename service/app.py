"""The web application: routes and layers put together around one Service."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from service import api, batch_api, clients_api, clients_web, docs, health, labels_api, web
from service.access import AccessLog
from service.bodies import LimitBody
from service.openapi import describe
from service.problems import handle_problems
from service.settings import Settings
from service.shield import Shield
from service.wiring import Service


def create_app(service: Service) -> FastAPI:
    """Build the application; it holds no state of its own beside ``service``."""
    app = FastAPI(title="kyp", docs_url=None, redoc_url=None, middleware=_layers(service.settings))
    app.state.service = service
    handle_problems(app)
    for part in (api, batch_api, clients_api, labels_api, health, docs, web, clients_web):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    describe(app)
    return app


def _layers(settings: Settings) -> list[Middleware]:
    """From the outside in: what goes wrong further in is logged and answered further out."""
    return [
        Middleware(AccessLog),
        Middleware(Shield, hosts=frozenset(settings.allowed_hosts)),
        Middleware(
            LimitBody,
            usual=settings.max_body_bytes,
            large=settings.max_batch_bytes,
            large_paths=frozenset({batch_api.PATH}),
        ),
    ]
