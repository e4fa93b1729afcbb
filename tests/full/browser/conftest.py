"""A real Chromium, and a service with messages of several clients over weeks; a page that complains fails its test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from data.mail.reading import read
from service.settings import Settings
from service.wiring import build_service

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
Opened = Callable[..., Page]

SAMPLES = Path(__file__).parents[3] / "data" / "samples" / "eml"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
HOSTILE = "<script>window.broken = 1</script><img src=x onerror='window.broken = 2'>\"'&amp;" + "w" * 300
WEEKLY = """From: Ana <ana@weekly.example>
Subject: Week {number}
Date: {sent}

Copy me on every single mail and send me a screenshot each hour. That is report {number}.
"""
_WATCH = "addEventListener('securitypolicyviolation', (event) => console.error('CSP', event.violatedDirective))"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks nobody outside for anything."""
    program = shutil.which("chromium")
    assert program is not None, "apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the sample mails, a client who writes every week, and a hostile mail."""
    store = tmp_path_factory.mktemp("filled") / "kyp.db"
    service = build_service(Settings(home=home, database_url=f"sqlite:///{store}"))
    weeks = (datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(weeks=number) for number in range(8))
    weekly = [WEEKLY.format(number=number, sent=format_datetime(sent)) for number, sent in enumerate(weeks)]
    with closing(service.store):
        for content in (*(path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))), *map(str.encode, weekly)):
            service.desk.receive(read(content, "samples"))
        service.desk.receive(read(f"From: x@evil.example\nSubject: {HOSTILE}\n\n{HOSTILE}\n".encode(), "samples"))
        with service.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


@pytest.fixture
def settings(home: Path, filled: Path, tmp_path: Path) -> Settings:
    """A store of one's own with all that in it."""
    shutil.copy(filled, tmp_path / "kyp.db")
    return Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")


@pytest.fixture
def served(settings: Settings, running: Running) -> Iterator[str]:
    """The address of the running service."""
    with running(settings) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def opened(browser: Browser, served: str) -> Iterator[Opened]:
    """Open a path in a fresh browser profile; errors in the console and breaches of the policy fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", *, width: int = 1280, **options: Any) -> Page:
        wanted: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "base_url": served, "locale": "en-GB"}
        context = browser.new_context(**wanted | options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.add_init_script(_WATCH)
        page.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _complains(message: ConsoleMessage) -> bool:
    """Whether the browser reports an error; that the login refused a wrong token is none."""
    return message.type == "error" and not str(message.location["url"]).endswith("/login")
