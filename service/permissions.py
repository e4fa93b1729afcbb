"""Who may do what: every address with the scope that it asks for, on one page."""

from collections.abc import Mapping

from service.scope import Scope

READ, WRITE, ADMIN = Scope
OPEN = None  # answered to everybody: it tells nothing of a mail, or what comes in is signed and checked on its own

API: Mapping[str, Scope | None] = {
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": READ,
    "GET /openapi.json": OPEN,
    "POST /v1/messages": WRITE,
    "GET /v1/messages": READ,
    "GET /v1/messages/{message_id}": READ,
    "PUT /v1/messages/{message_id}/labels": WRITE,
    "GET /v1/messages/{message_id}/labels": READ,
    "GET /v1/labels/export": READ,
    "POST /v1/batch": WRITE,
    "GET /v1/clients": READ,
    "GET /v1/clients/{client:path}": READ,
    "DELETE /v1/clients/{client:path}": ADMIN,
    "GET /v1/clients/{client:path}/context": READ,
    "PUT /v1/clients/{client:path}/context": WRITE,
    "POST /v1/clients/{client:path}/aliases": WRITE,
    "DELETE /v1/clients/{client:path}/aliases/{alias}": WRITE,
    "GET /v1/agenda": READ,
    "POST /v1/inbound/mailgun": OPEN,
    "POST /v1/inbound/mailgun/mime": OPEN,
    "POST /v1/inbound/sendgrid": OPEN,
    "POST /v1/inbound/postmark": OPEN,
}
PAGES: Mapping[str, Scope | None] = {
    "GET /static": OPEN,
    "GET /docs": OPEN,
    "GET /login": OPEN,
    "POST /login": OPEN,
    "POST /logout": OPEN,
    "POST /preferences": OPEN,
    "GET /": READ,
    "POST /": WRITE,
    "GET /messages/{message_id}": READ,
    "POST /messages/{message_id}/labels": WRITE,
    "GET /labels": READ,
    "POST /labels": WRITE,
    "GET /clients": READ,
    "GET /clients/{client:path}": READ,
    "POST /clients/{client:path}/facts": WRITE,
    "POST /clients/{client:path}/aliases": WRITE,
    "POST /clients/{client:path}/forget": ADMIN,
    "GET /agenda": READ,
    "GET /model": READ,
    "POST /model/rollback": ADMIN,
    "GET /models/{version}/card": READ,
}


def is_page(route: str) -> bool:
    """Whether a route (``GET /clients``) is for people: strangers are led to the login, forms bear a form key."""
    return route in PAGES


def needed(route: str) -> Scope | None:
    """The scope that a route asks for; one that is in neither table asks for everything."""
    return PAGES.get(route, API.get(route, ADMIN))


def scope_of(described: str) -> Scope | None:
    """The same for a route as OpenAPI writes it, without ``:path``."""
    plain = {route.replace(":path}", "}"): scope for route, scope in API.items()}
    return plain.get(described, ADMIN)


def methods_of(path: str) -> list[str]:
    """What an address takes, by its template."""
    taken = (route.split(" ", 1) for route in (*API, *PAGES))
    return [method for method, template in taken if template == path]
