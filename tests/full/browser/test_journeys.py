"""The main ways through the pages in a real browser: by mouse, by keyboard, and without JavaScript."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from playwright.sync_api import Page, expect

from service.scope import Scope
from service.settings import Settings
from service.wiring import build_service

Opened = Callable[..., Page]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

MAIL = "Did you get my message from 4:30? Copy me on every mail, and send me a screenshot every hour from now on."


def paste(page: Page, text: str = MAIL) -> None:
    """Put a mail into the form and send it by keyboard."""
    page.get_by_label("The mail", exact=True).fill(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/messages/*")


def test_a_pasted_mail_is_corrected_by_keyboard(opened: Opened) -> None:
    """n, paste, Ctrl+Enter: the message. 3, Enter: kept without a new page, told aloud, there after a reload."""
    page = opened()
    page.keyboard.press("n")
    page.wait_for_url("**/?new=1#new")
    paste(page)
    expect(page.locator("mark.micro_managing").first).to_be_visible()
    page.evaluate("window.same = true")
    box = page.get_by_role("checkbox", name=re.compile("Taking over"))
    expect(box).not_to_be_checked()
    page.keyboard.press("3")
    expect(box).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Taking over: yes")
    expect(page.locator("#status")).to_have_text("Kept")
    assert page.evaluate("window.same")
    page.reload()
    expect(box).to_be_checked()
    page.goto("/")
    row = page.locator("[data-row]").first
    expect(row).to_contain_text("Taking over")
    expect(row).to_contain_text("checked")


def test_urgency_and_claim_are_corrected_by_keyboard(opened: Opened) -> None:
    """Key u goes through the levels, c turns the claim; the strip above follows once it is kept."""
    page = opened("/?new=1#new")
    paste(page, "Here are the photos for the brochure.")
    page.keyboard.press("u")
    page.keyboard.press("c")
    level = page.locator("input[name=urgency]:checked").get_attribute("value")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("presses for haste")
    expect(page.locator("#urgency")).to_have_class(re.compile(f"level-{level}"))


def test_a_label_is_corrected_by_two_clicks(opened: Opened) -> None:
    """Tick, keep."""
    page = opened()
    page.locator("[data-row]").first.click()
    page.get_by_text("Growing scope", exact=True).last.click()
    page.get_by_role("button", name="Keep my correction").click()
    expect(page.locator(".said")).to_contain_text("Growing scope: yes")


def test_the_inbox_narrows_down_as_one_types(opened: Opened) -> None:
    """Without a new page; the address follows, the number is told aloud, Back gives the list before."""
    page = opened()
    everything = page.locator("[data-row]").count()
    page.keyboard.press("/")
    page.keyboard.type("report 3")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("1 message")
    expect(page).to_have_url(re.compile(r"/\?q=report(\+|%20)3$"))
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").fill("")
    expect(page.locator("[data-row]")).to_have_count(everything)
    page.get_by_label("Signals", exact=True).select_option("distrust")
    expect(page.locator("[data-row]:not(:has(.chip.distrust))")).to_have_count(0)
    assert 0 < page.locator("[data-row]").count() < everything
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(everything)


def test_earlier_messages_are_a_page_away(opened: Opened) -> None:
    """The list goes on where it ended; nothing comes twice."""
    page = opened()
    first = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.href)")
    page.get_by_role("link", name="Earlier").click()
    expect(page.get_by_role("link", name="Newest")).to_be_visible()
    second = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.href)")
    assert first
    assert second
    assert not set(first) & set(second)


def test_the_queue_is_worked_by_keyboard(opened: Opened) -> None:
    """Turn a label, Enter, s: each key leads on to another message, and all of it is kept."""
    page = opened("/labels")
    subject = page.locator("#subject")
    first = subject.inner_text()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("1 message labelled")
    expect(subject).not_to_have_text(first)
    expect(page.locator("#status")).to_contain_text(subject.inner_text())
    second = subject.inner_text()
    page.keyboard.press("s")
    expect(page.locator(".told")).to_contain_text("1 left for later")
    expect(subject).not_to_have_text(second)
    page.get_by_role("link", name="Back to the last one").or_(page.get_by_role("link", name="Show them again")).click()


def test_shortcuts_are_listed_and_can_be_switched_off(opened: Opened) -> None:
    """? lists them, Escape closes the list, g and c lead to the clients, j walks the rows; off, none of them acts."""
    page = opened()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/clients")
    page.get_by_text("Display", exact=True).click()
    page.get_by_role("button", name="Off").click()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_a_draft_is_copied(opened: Opened) -> None:
    """The button puts the draft on the clipboard and says so."""
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/?q=week+3")
    page.locator("[data-row]").first.click()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.locator("#status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#reply-1").inner_text()


def test_a_dropped_file_is_read(opened: Opened) -> None:
    """A mail dropped anywhere on the inbox leads to its page, though the form is closed."""
    page = opened()
    page.evaluate(
        """(mail) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([mail], "mail.eml"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        "From: a@b.example\nSubject: Dropped\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nHi",
    )
    page.wait_for_url("**/messages/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dropped")


def test_language_and_appearance_are_chosen(opened: Opened) -> None:
    """The menu changes both at once and for good."""
    page = opened()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_text("Display", exact=True).click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.get_by_text("Display", exact=True).click()
    page.get_by_role("button", name="Filipino").click()
    expect(page.get_by_role("link", name="Mga client")).to_be_visible()
    page.goto("/clients")
    expect(page.locator("html")).to_have_attribute("lang", "fil")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_essentials_work_without_javascript(opened: Opened) -> None:
    """Paste, correct, narrow down, label: by plain forms."""
    page = opened("/?new=1", java_script_enabled=False)
    page.locator("#text").fill(MAIL)
    page.get_by_role("button", name="Read this mail").click()
    page.locator("#is-take_over").check()
    page.get_by_role("button", name="Keep my correction").click()
    expect(page.locator(".said")).to_contain_text("Taking over: yes")
    page.goto("/")
    page.locator("#f-label").select_option("goodwill")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("[data-row]:not(:has(.chip.goodwill))")).to_have_count(0)
    page.goto("/labels")
    page.get_by_role("button", name="Right as it stands").click()
    expect(page.locator(".told")).to_contain_text("2 messages labelled")


def test_people_log_in_and_out(settings: Settings, running: Running, opened: Opened) -> None:
    """Where tokens are asked for: the login, a wrong one, a right one, a reader's pages without forms, out again."""
    service = build_service(settings)
    secret = service.tokens.create("tala", Scope.READ)
    service.store.close()
    with running(settings.model_copy(update={"require_tokens": True})) as client:
        page = opened(f"{client.base_url}/clients")
        page.get_by_label("Your token").fill("kyp_00000000_wrong")
        page.get_by_role("button", name="Log in").click(no_wait_after=True)
        expect(page.get_by_role("alert")).to_contain_text("not known")
        page.get_by_label("Your token").fill(secret)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/clients")
        page.goto(f"{client.base_url}/?q=week+3")
        page.locator("[data-row]").first.click()
        expect(page.get_by_role("checkbox", name=re.compile("Distrust"))).to_be_disabled()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_model_page_shows_its_plot_and_card(opened: Opened, scheme: str) -> None:
    """The plot is drawn, the drift told, the card opens without breaking the policy."""
    page = opened("/model", color_scheme=scheme)
    expect(page.locator(".calibration circle").first).to_be_visible()
    expect(page.get_by_role("heading", name="Drift")).to_be_visible()
    page.get_by_role("link", name=re.compile("Model card")).click()
    expect(page.get_by_role("heading", name="What it must not be used for")).to_be_visible()
