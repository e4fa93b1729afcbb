"""The reference of the JSON interface as a plain page, written from the OpenAPI document; nothing comes from afar."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.pages import pages

_MOST_NAMES = 20

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the service."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    bodies: list[str]
    example: str
    answers: list[tuple[str, str, str]]


@router.get("/docs")
def reference(request: Request) -> Response:
    """Every operation and every object, on one page."""
    document = request.app.openapi()
    schemas = sorted(document["components"]["schemas"].items())
    return pages.TemplateResponse(
        request, "docs.html", {"operations": list(_operations(document)), "schemas": schemas, "type_of": type_of}
    )


def type_of(schema: dict[str, Any]) -> str:
    """A schema in a few words: ``text``, ``list of SignalOut``, ``number or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(type_of(option) for option in schema["anyOf"])
    if len(schema.get("enum", ())) > _MOST_NAMES:
        return f"one of {len(schema['enum'])} names, such as {schema['enum'][0]}"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    words = {"string": "text", "boolean": "true or false"}
    kind = str(schema.get("type", "anything"))
    return str(schema.get("format") or words.get(kind, kind))


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            content = found.get("requestBody", {}).get("content", {})
            examples = [kind["example"] for kind in content.values() if "example" in kind]
            yield Operation(
                method=method.upper(),
                path=path,
                summary=found.get("summary", ""),
                description=found.get("description", ""),
                parameters=found.get("parameters", []),
                bodies=[f"{kind}: {type_of(body['schema'])}" for kind, body in content.items()],
                example=json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
                answers=[_answer(status, answer) for status, answer in sorted(found["responses"].items())],
            )


def _answer(status: str, answer: dict[str, Any]) -> tuple[str, str, str]:
    kinds = [type_of(body["schema"]) for body in answer.get("content", {}).values() if body.get("schema")]
    return status, answer.get("description", ""), ", ".join(kinds)
