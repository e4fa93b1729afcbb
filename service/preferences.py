"""How a reader wants the pages: in which language, light or dark; kept in cookies of their browser."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from service.catalogue import INTERFACE_LANGUAGES, InterfaceLanguage
from service.own_pages import own_page

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
Switch = Literal["on", "off"]
_COOKIES = {"language": "kyp_language", "theme": "kyp_theme", "shortcuts": "kyp_shortcuts"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "language": INTERFACE_LANGUAGES,
    "theme": THEMES,
    "shortcuts": get_args(Switch),  # single keys can be switched off, as WCAG 2.1.4 asks
}
_ALSO_CALLED = {"tl": "fil", "zsm": "ms"}
_YEAR = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds for one request; the theme ``auto`` follows the device."""

    language: InterfaceLanguage
    theme: Theme
    shortcuts: Switch


def preferences_of(request: Request, usual: InterfaceLanguage) -> Preferences:
    """What the reader chose; else the browser's language, where it is one of ours; else the ``usual`` one."""
    language = _chosen(request, "language") or _preferred(request.headers.get("accept-language", "")) or usual
    theme, shortcuts = _chosen(request, "theme") or "auto", _chosen(request, "shortcuts") or "on"
    return Preferences(cast("InterfaceLanguage", language), cast("Theme", theme), cast("Switch", shortcuts))


@router.post("/preferences")
async def choose(request: Request) -> Response:
    """Keep the choices and go back to the page they were made on."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {name: str(value) for name, value in form.items()}
    response = RedirectResponse(own_page(given.get("back", "/")), 303)
    for name, choices in _CHOICES.items():
        if given.get(name) in choices:
            _keep(response, request, name, given[name])
    return response


def _keep(response: Response, request: Request, name: str, value: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(_COOKIES[name], value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


def _chosen(request: Request, name: str) -> str | None:
    value = request.cookies.get(_COOKIES[name])
    return value if value in _CHOICES[name] else None


def _preferred(header: str) -> str | None:
    """The first of our languages in an Accept-Language header, by weight; ``tl`` is Filipino too."""
    ranked = sorted((_weighed(part) for part in header.split(",")[:20]), key=lambda pair: -pair[1])
    return next((name for name, weight in ranked if name in INTERFACE_LANGUAGES and weight > 0), None)


def _weighed(part: str) -> tuple[str, float]:
    tag, _, weight = part.partition(";q=")
    name = tag.strip().lower().partition("-")[0]
    try:
        return _ALSO_CALLED.get(name, name), float(weight or 1)
    except ValueError:
        return name, 0.0
