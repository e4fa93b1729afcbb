"""The pages' texts: every key in every language, every key that a page asks for, dates as each language writes them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import httpx
import pytest
from jinja2 import Environment, nodes

from data.taxonomy import LABELS, URGENCY_NAMES
from service import words
from service.catalogue import INTERFACE_LANGUAGES, Catalogue, InterfaceLanguage, load_catalogues
from service.dates import Dates

SERVICE = Path(__file__).parents[2] / "service"
CATALOGUES = load_catalogues()
OTHERS: tuple[InterfaceLanguage, ...] = INTERFACE_LANGUAGES[1:]


def blanks(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_in_every_language(language: InterfaceLanguage) -> None:
    """The same keys, the same blanks, nothing empty, lists of the same length."""
    english, other = CATALOGUES["en"].texts, CATALOGUES[language].texts
    assert english.keys() == other.keys()
    assert all(other.values())
    assert {key for key in english if blanks(english[key]) != blanks(other[key])} == set()
    assert {key for key in english if english[key].count("|") != other[key].count("|")} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_texts_are_translated(language: InterfaceLanguage) -> None:
    """Whole sentences differ from the English ones: nothing was forgotten."""
    english, other = CATALOGUES["en"].texts, CATALOGUES[language].texts
    assert {
        key
        for key in english
        if len(english[key].split()) > 3 and "{" not in english[key] and english[key] == other[key]
    } == set()


def asked_for() -> Iterator[tuple[str, bool]]:
    """Every key that a template asks for by its whole name, and whether it is asked for by a count."""
    parsed = Environment(autoescape=True)
    for path in (SERVICE / "templates").glob("*.html"):
        for call in parsed.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            key = call.args[0] if isinstance(call.node, nodes.Name) and call.node.name == "t" else None
            if isinstance(key, nodes.Const):
                yield key.value, any(one.key == "count" for one in call.kwargs)
    for path in SERVICE.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        yield from ((key, False) for key in re.findall(r"texts(?:_of\(request\))?\(\"([a-z_.]+)\"\)", text))


def test_every_text_that_is_asked_for_is_there() -> None:
    """A page cannot ask for a key that no catalogue has, nor count where there are no forms."""
    asked = set(asked_for())
    assert len(asked) > 150
    known = CATALOGUES["en"].texts
    assert {key for key, counted in asked if (f"{key}.one" if counted else key) not in known} == set()


def test_the_terminal_calls_things_as_the_english_pages_do() -> None:
    """One name for a label and a level of urgency, wherever they are read."""
    english = CATALOGUES["en"]
    for label in LABELS:
        assert words.LABELS[label] == (english(f"label.{label}.name"), english(f"label.{label}.means"))
    for name in URGENCY_NAMES:
        assert words.URGENCY[name] == (english(f"urgency.{name}.name"), english(f"urgency.{name}.means"))


def dates(language: InterfaceLanguage) -> Dates:
    """Dates of a provider in Manila, on 6 March 2026."""
    return Dates(CATALOGUES[language], ZoneInfo("Asia/Manila"), date(2026, 3, 6))


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Friday, 6 March 2026, 01:42"),
        ("fil", "Biyernes, Marso 6, 2026, 01:42"),
        ("ms", "Jumaat, 6 Mac 2026, 01:42"),
    ],
)
def test_moments_are_written_as_the_language_does(language: InterfaceLanguage, written: str) -> None:
    """In the provider's time zone: 17:42 UTC is the next day in Manila."""
    assert dates(language).moment(datetime(2026, 3, 5, 17, 42, tzinfo=UTC)) == written


def test_lists_tell_the_time_of_today_and_the_day_of_earlier_ones() -> None:
    """No year where it is this one."""
    english = dates("en")
    moments = [
        datetime(2026, 3, 5, 17, 42, tzinfo=UTC),
        datetime(2026, 3, 5, 9, tzinfo=UTC),
        datetime(2025, 3, 5, tzinfo=UTC),
    ]
    assert [english.short(moment) for moment in moments] == ["01:42", "5 Mar", "5 Mar 2025"]


def test_one_and_many_have_forms_of_their_own() -> None:
    """A count chooses the form."""
    text: Catalogue = CATALOGUES["en"]
    assert [text("clients.messages", count=n) for n in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]


def chosen(client: httpx.Client, **headers: str) -> str:
    """The language that a page comes in."""
    found = re.search(r'<html lang="(\w+)"', client.get("/", headers=headers).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("asked", "language"),
    [("fil-PH,fil;q=0.9,en;q=0.8", "fil"), ("tl", "fil"), ("ms-MY", "ms"), ("de,ms;q=0.4,en;q=0.3", "ms"),
     ("de", "en"), ("", "en"), ("ms;q=0,en", "en"), ("ms;q=x,fil;q=0.1", "fil")],
)  # fmt: skip
def test_the_browsers_language_is_taken_where_it_is_ours(client: httpx.Client, asked: str, language: str) -> None:
    """Accept-Language by weight; where none of ours is in it, the setting's."""
    assert chosen(client, **{"Accept-Language": asked}) == language


def form_key(client: httpx.Client) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def test_what_a_reader_chooses_goes_before_the_browsers_language(client: httpx.Client) -> None:
    """Language, appearance and shortcuts are kept in cookies, and lead back to the page they were chosen on."""
    choice = {
        "form_key": form_key(client),
        "language": "ms",
        "theme": "dark",
        "shortcuts": "off",
        "back": "/clients?x=1",
    }
    answer = client.post("/preferences", data=choice)
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients?x=1")
    page = client.get("/clients", headers={"Accept-Language": "fil"}).text
    assert '<html lang="ms" data-theme="dark">' in page
    assert 'data-shortcuts="off"' in page
    assert "Pelanggan" in page


def test_choices_that_are_none_are_passed_over(client: httpx.Client) -> None:
    """Nothing is kept of a value that is not offered, and nobody is led to another site."""
    choice = {"form_key": form_key(client), "language": "xx", "theme": "<b>", "back": "//evil.example"}
    answer = client.post("/preferences", data=choice)
    assert answer.headers["location"] == "/"
    assert "kyp_language" not in client.cookies
    assert "kyp_theme" not in client.cookies
