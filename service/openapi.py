"""The OpenAPI document: what FastAPI knows of the routes, completed by the bodies and errors that it cannot see."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from data.context import ClientContext
from service import api, batch_api, clients_api
from service.client_schemas import AliasIn
from service.gate import COOKIE
from service.inbound import forms, webhooks
from service.label_schemas import OpinionIn
from service.permissions import scope_of
from service.problems import MEDIA_TYPE
from service.schemas import MessageIn, ProblemOut
from service.scope import Scope

REFERENCE = "#/components/schemas/{model}"
EXAMPLE = {
    "subject": "Logo drafts",
    "body": "Hi, did my message from this morning arrive? Please copy me on every step from now on.",
    "from": "ana@brightloom.example",
    "sent_at": "2026-03-05T17:42:00+08:00",
}
_DOORS = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "an access token; none is needed where kyp listens on the loopback alone",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "a session of the pages; what changes something needs X-Form-Key besides",
    },
}
_CHALLENGE = {"headers": {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6750"}}}


def describe(app: FastAPI) -> None:
    """Let ``app`` give the completed document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(get_openapi(title="kyp", version="1", routes=app.routes))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents it


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in (MessageIn, ProblemOut, ClientContext, AliasIn, OpinionIn)],
        ref_template=REFERENCE,
    )
    document["components"]["schemas"] |= definitions["$defs"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    document["components"]["securitySchemes"] = _DOORS
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, scope_of(f"{method.upper()} {path}"))
    document["paths"]["/v1/messages"]["post"]["requestBody"] = _message_body()
    document["paths"][batch_api.PATH]["post"]["requestBody"] = _batch_body()
    for path in [path for path in document["paths"] if path.startswith(webhooks.PREFIX)]:
        document["paths"][path]["post"]["requestBody"] = _webhook_body(path)
    facts = {"agreed_date": "2026-03-20", "usual_check_days_before": 2, "timezone": "Asia/Manila"}
    clients = document["paths"]
    clients["/v1/clients/{client}/context"]["put"]["requestBody"] = _json_body("ClientContext", facts)
    clients["/v1/clients/{client}/aliases"]["post"]["requestBody"] = _json_body("AliasIn", {"alias": "@acme.example"})
    opinion = {"labels": {"distrust": False, "micro_managing": True}, "urgency": 1, "annotator": "mia"}
    clients["/v1/messages/{message_id}/labels"]["put"]["requestBody"] = {
        "required": True,
        "content": {api.JSON_TYPE: {"schema": {"$ref": REFERENCE.format(model="OpinionIn")}, "example": opinion}},
    }
    return document


def _complete(operation: dict[str, Any], scope: Scope | None) -> None:
    """Say of an operation what FastAPI does not: its errors, and who may ask for it."""
    answers = operation["responses"]
    answers.pop("422", None)
    for answer in answers.values():
        answer["description"] = answer["description"].replace("Successful Response", "As asked for")
    answers["4XX"] = _problem("What is wrong with the request, and the way out")
    answers["5XX"] = _problem("What the service cannot do now, and why")
    if scope is not None:
        answers["401"] = _problem("No token, or one that is not known") | _CHALLENGE
        answers["403"] = _problem(f"The token has not the scope {scope}") | _CHALLENGE
        operation["security"] = [{"token": []}, {"session": []}]


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="ProblemOut")}}},
    }


def _message_body() -> dict[str, Any]:
    fields = {"schema": {"$ref": REFERENCE.format(model="MessageIn")}, "example": EXAMPLE}
    mail = {"schema": {"type": "string", "format": "binary", "description": "a raw mail, forwarded or not"}}
    several = "a mail, .eml or .msg; several files may be sent"
    file = {"type": "string", "format": "binary", "minLength": 1, "description": several}
    form = {"schema": {"type": "object", "properties": {"file": file}, "required": ["file"]}}
    return {"required": True, "content": {api.JSON_TYPE: fields, api.MAIL_TYPE: mail, api.FORM_TYPE: form}}


def _webhook_body(path: str) -> dict[str, Any]:
    """What a provider posts: its own documentation has the fields."""
    kinds = [api.JSON_TYPE] if path.endswith("postmark") else list(forms.TYPES)
    return {"required": True, "content": {kind: {"schema": {"type": "object"}} for kind in kinds}}


def _json_body(model: str, example: dict[str, Any]) -> dict[str, Any]:
    schema = {"schema": {"$ref": REFERENCE.format(model=model)}, "example": example}
    return {"required": True, "content": dict.fromkeys(sorted(clients_api.JSON_TYPES), schema)}


def _batch_body() -> dict[str, Any]:
    kinds = {name: {"schema": {"type": "string", "format": "binary", "minLength": 1}} for name in batch_api.NAMES}
    return {"required": True, "content": kinds}
