"""The web application: routes and layers put together around one Service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.types import Lifespan
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service import (
    api,
    batch_api,
    clients_api,
    clients_web,
    docs,
    health,
    labels_api,
    login,
    message_web,
    model_web,
    preferences,
    queue_web,
    web,
)
from service.access import AccessLog
from service.assets import Assets
from service.bodies import LimitBody
from service.gate import Gate, admitted
from service.inbound import webhooks
from service.openapi import describe
from service.pace import Crowd, Pace
from service.problem_pages import show_problems
from service.problems import handle_problems
from service.shield import Shield
from service.watch import watching
from service.wiring import Service

INTERFACE = (api, batch_api, clients_api, labels_api, webhooks, health)
PAGES = (web, message_web, clients_web, queue_web, model_web, preferences, login, docs)


def create_app(service: Service) -> FastAPI:
    """Build the application; it holds no state of its own beside ``service``."""
    inside = [Depends(admitted)]
    app = FastAPI(
        title="kyp",
        docs_url=None,
        redoc_url=None,
        middleware=_layers(service),
        dependencies=inside,
        lifespan=_lifespan(service),
    )
    app.state.service = service
    handle_problems(app)
    show_problems(app)
    login.lead_strangers(app)
    for part in (*INTERFACE, *PAGES):
        app.include_router(part.router)
    app.mount("/static", Assets(directory=Path(__file__).parent / "static"), name="static")
    describe(app)
    return app


def _lifespan(service: Service) -> Lifespan[FastAPI]:
    """What goes on beside the requests."""

    @asynccontextmanager
    async def beside(_: FastAPI) -> AsyncIterator[None]:
        async with watching(service.champion, every=service.settings.model_check_seconds):
            yield

    return beside


def _layers(service: Service) -> list[Middleware]:
    """From the outside in: what goes wrong further in is logged and answered further out."""
    settings = service.settings
    return [
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)),
        Middleware(AccessLog, metrics=service.metrics),
        Middleware(Crowd, most=settings.max_requests),
        Middleware(Pace, patience=settings.patience),
        Middleware(Shield, hosts=frozenset((*settings.allowed_hosts, settings.host))),
        Middleware(
            Gate,
            tokens=service.tokens,
            sessions=service.sessions,
            rates=service.rates,
            asks=settings.asks_for_tokens,
        ),
        Middleware(
            LimitBody,
            usual=settings.max_body_bytes,
            others={batch_api.PATH: settings.max_batch_bytes, webhooks.PREFIX: settings.max_webhook_bytes},
        ),
    ]
