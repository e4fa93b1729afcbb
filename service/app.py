"""The web application: routes and layers put together around one Service."""

from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service import api, batch_api, clients_api, clients_web, docs, health, labels_api, login, web
from service.access import AccessLog
from service.bodies import LimitBody
from service.gate import Gate, admitted
from service.inbound import webhooks
from service.openapi import describe
from service.problems import handle_problems
from service.shield import Shield
from service.wiring import Service


def create_app(service: Service) -> FastAPI:
    """Build the application; it holds no state of its own beside ``service``."""
    inside = [Depends(admitted)]
    app = FastAPI(title="kyp", docs_url=None, redoc_url=None, middleware=_layers(service), dependencies=inside)
    app.state.service = service
    handle_problems(app)
    login.lead_strangers(app)
    for part in (api, batch_api, clients_api, labels_api, webhooks, health, docs, login, web, clients_web):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    describe(app)
    return app


def _layers(service: Service) -> list[Middleware]:
    """From the outside in: what goes wrong further in is logged and answered further out."""
    settings = service.settings
    return [
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)),
        Middleware(AccessLog),
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
