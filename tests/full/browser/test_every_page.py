"""Every page, wide and narrow, light and dark: nothing runs off, nothing unnamed, hostile mail stays text."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

Opened = Callable[..., Page]

PATHS = (
    "/", "/?new=1", "/?q=nothing-is-like-this", "/clients", "/clients/ana@weekly.example", "/clients/x@evil.example",
    "/agenda", "/labels", "/model", "/docs",
)  # fmt: skip
SENSE = (Path(__file__).parent / "sense.js").read_text(encoding="utf-8")
CONTRASTS = (Path(__file__).parent / "contrasts.js").read_text(encoding="utf-8")


def paths_of(page: Page) -> list[str]:
    """All pages, with a message and the hostile one."""
    rows = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.getAttribute('href'))")
    hostile = page.locator("[data-row]", has_text="evil.example").first.get_attribute("href")
    return [*PATHS, rows[1], str(hostile)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_fits_and_can_be_read(opened: Opened, width: int, scheme: str) -> None:
    """No horizontal scrolling, enough contrast of every text as it is really drawn, no script of a mail runs."""
    page = opened(width=width, color_scheme=scheme)
    for path in paths_of(page):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(CONTRASTS) == [], path
        assert page.evaluate("window.broken") is None, path


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("fil-PH", "fil"), ("ms-MY", "ms")])
def test_every_page_makes_sense_to_a_screen_reader(opened: Opened, locale: str, language: str) -> None:
    """One main, one first heading and no level left out; fields, links and pictures have names; ids are there once."""
    page = opened(locale=locale)
    for path in paths_of(page):
        page.goto(path)
        assert page.evaluate(SENSE) == {
            "unnamed": [], "silent": 0, "pictures": 0, "twice": [], "missing": [], "mains": 1, "headings": 1,
            "skipped": False, "language": language, "styled": 0,
        }, path  # fmt: skip


@pytest.mark.parametrize("width", [390, 320])
def test_a_row_that_unfolds_stays_beside_its_arrow(opened: Opened, width: int) -> None:
    """On a phone a long title wraps inside its row, in place of leaving the arrow alone on a line."""
    rows = opened("/clients/ana@weekly.example", width=width).locator("summary.signal")
    rows.evaluate_all("rows => rows.forEach(row => row.querySelector('strong').textContent = 'Long title '.repeat(12))")
    lowered = rows.evaluate_all("rows => rows.map(row => row.querySelector('strong').offsetTop - row.offsetTop)")
    assert lowered
    assert max(lowered) < 10


def test_the_keyboard_reaches_the_content_first(opened: Opened) -> None:
    """The first stop skips the navigation, and what has the focus is seen."""
    page = opened("/clients")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_nothing_is_asked_of_other_hosts(opened: Opened) -> None:
    """Fonts, scripts and styles are our own; a picture in a mail is not loaded."""
    page = opened()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in paths_of(page):
        page.goto(path)
    own = page.evaluate("location.origin")
    assert len(asked) > len(PATHS)
    assert [url for url in asked if not url.startswith(own)] == []
