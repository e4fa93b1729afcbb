"""The templates, and what each of them may use: the visitor, their language, dates on the provider's calendar."""

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.templating import Jinja2Templates

from data.taxonomy import ARCHETYPES, LABELS, SITUATIONS, URGENCY_NAMES
from service.catalogue import INTERFACE_LANGUAGES, Catalogue
from service.dates import Dates
from service.gate import FORM_FIELD
from service.preferences import THEMES, preferences_of
from service.scope import Scope
from service.visitor import Visitor, visitor_of
from service.wiring import Service


def texts_of(request: Request) -> Catalogue:
    """The texts in the language that the reader wants."""
    service: Service = request.app.state.service
    return service.catalogues[preferences_of(request, service.settings.language).language]


def _of_the_request(request: Request) -> dict[str, Any]:
    """``t`` gives texts, ``dates`` writes dates, ``form_key()`` goes into each form, ``here`` is this address."""
    service: Service = request.app.state.service
    visitor, wanted = visitor_of(request), preferences_of(request, service.settings.language)
    texts = service.catalogues[wanted.language]
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "t": texts,
        "dates": Dates(texts, service.settings.zone, service.today()),
        "theme": wanted.theme,
        "shortcuts": wanted.shortcuts,
        "visitor": visitor,
        "may": partial(_may, visitor),
        "form_key": partial(_form_key, visitor),
        "here": request.url.path + query,
    }


def _may(visitor: Visitor, scope: str) -> bool:
    return visitor.may(Scope(scope))


def _form_key(visitor: Visitor) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, visitor.form_key())


def percent(share: float) -> str:
    """A share in whole per cent; what is not certain is never shown as certain."""
    rounded = round(share * 100)
    return f"{min(99, max(1, rounded)) if 0 < share < 1 else rounded}%"


def coded(text: str) -> Markup:
    """A sentence whose words between backticks are code."""
    as_text, as_code = Markup("{}"), Markup("<code>{}</code>")
    parts = ((as_code if place % 2 else as_text).format(part) for place, part in enumerate(text.split("`")))
    return Markup("").join(parts)


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(percent=percent, coded=coded)
_environment.globals.update(
    LABELS=LABELS,
    ARCHETYPES=ARCHETYPES,
    SITUATIONS=SITUATIONS,
    URGENCY_NAMES=URGENCY_NAMES,
    LANGUAGES=INTERFACE_LANGUAGES,
    THEMES=THEMES,
)
pages = Jinja2Templates(env=_environment, context_processors=[_of_the_request])
