"""The playbook's texts and how they are loaded: complete in three languages, overridable, and checked key by key."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from data.advice import BLANKS, FACTS, SIGNS, STRATEGIES, PartingText, Playbook, StrategyText
from data.errors import InputError
from data.strategies import SHIPPED_PLAYBOOK, load_playbook
from data.taxonomy import LANGUAGES

SHIPPED = load_playbook()
TEXTS = [(name, lang, SHIPPED.strategies[name][lang]) for name in STRATEGIES for lang in LANGUAGES]
ALL: list[tuple[str, str, StrategyText | PartingText]] = [
    *TEXTS,
    *(("consider-parting-ways", lang, SHIPPED.parting[lang]) for lang in LANGUAGES),
]
MONEY = re.compile(r"[$€£₱]|\b(?:USD|EUR|PHP|MYR|RM|pesos?|piso|ringgit|dollars?|euros?)\b", re.IGNORECASE)


def passages(text: StrategyText | PartingText) -> Iterator[str]:
    yield from (text.title, text.advice, text.reply, text.avoid, *text.steps)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def written(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_every_strategy_is_written_in_three_languages() -> None:
    """Nineteen strategies and the parting, each in English, Filipino and Malay; every fact is worded in all three."""
    assert len(STRATEGIES) == 19
    for name in STRATEGIES:
        assert set(SHIPPED.strategies[name]) == set(LANGUAGES)
    assert set(SHIPPED.parting) == set(SHIPPED.wordings) == set(LANGUAGES)
    for lang in LANGUAGES:
        assert set(SHIPPED.wordings[lang].facts) == set(FACTS)
        assert set(SHIPPED.parting[lang].signs) == set(SIGNS)


@pytest.mark.parametrize("text", [pytest.param(text, id=f"{name}-{lang}") for name, lang, text in ALL])
def test_a_text_is_short_and_whole(text: StrategyText | PartingText) -> None:
    """Advice of two to five sentences, a few steps, a reply of three to eight sentences between greeting and name."""
    assert 2 <= len(sentences(text.advice)) <= 5
    assert 3 <= len(text.steps) <= 5
    greeting, body, _closing = text.reply.split("\n\n")
    assert "{client_name}" in greeting
    assert text.reply.endswith("{provider_name}")
    assert 3 <= len(sentences(body)) <= 8
    assert len(text.title) <= 80


@pytest.mark.parametrize("text", [pytest.param(text, id=f"{name}-{lang}") for name, lang, text in ALL])
def test_a_reply_promises_no_date_and_no_money(text: StrategyText | PartingText) -> None:
    """Dates and sums stand in blanks only: no digit and no currency in any draft."""
    assert not re.search(r"\d", text.reply)
    assert not MONEY.search(text.reply)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, _, text in ALL])
def test_blanks_are_known_and_the_same_in_every_language(name: str, text: StrategyText | PartingText) -> None:
    """A reply holds known blanks, and a translation loses none of them."""
    english = SHIPPED.parting["en"] if isinstance(text, PartingText) else SHIPPED.strategies[name]["en"]
    found, expected = (
        {blank for _, blank, _, _ in Formatter().parse(reply) if blank} for reply in (text.reply, english.reply)
    )
    assert found == expected
    assert found <= BLANKS


def test_the_languages_do_not_borrow_each_others_texts() -> None:
    """No passage was left untranslated."""
    for name, lang, text in TEXTS:
        others = {p for other in LANGUAGES if other != lang for p in passages(SHIPPED.strategies[name][other])}
        assert others.isdisjoint(passages(text))


def test_thresholds_are_those_of_the_playbook() -> None:
    """The shipped numbers, as documented."""
    numbers = SHIPPED.thresholds
    assert (numbers.shown, numbers.early_relationship_days, numbers.silent_days) == (5, 90, 30)
    assert (numbers.repeated_days, numbers.repeated_messages, numbers.habit_messages) == (14, 2, 2)
    assert (numbers.parting_window_days, numbers.involvement_days, numbers.involvement_messages_undated) == (60, 3, 6)
    assert (numbers.rework_days, numbers.growth_days) == (2, 2)
    assert (numbers.crowd_messages, numbers.crowd_clients, numbers.crowd_share) == (20, 3, 0.4)


def test_a_folder_of_ones_own_overrides_single_texts_and_numbers(tmp_path: Path) -> None:
    """What the folder names differs, all else stays as shipped."""
    written(tmp_path, "set-boundaries.yaml", "ms:\n  title: Waktu saya\n")
    written(tmp_path, "thresholds.yaml", "shown: 3\n")
    own = load_playbook(tmp_path)
    assert own.text("set-boundaries", "ms").title == "Waktu saya"
    assert own.text("set-boundaries", "ms").advice == SHIPPED.text("set-boundaries", "ms").advice
    assert own.thresholds.shown == 3
    assert own.thresholds.silent_days == 30
    assert own.strategies["show-confidence"] == SHIPPED.strategies["show-confidence"]


def test_a_folder_of_ones_own_adds_a_language(tmp_path: Path) -> None:
    """A language more for one strategy is used for it; the others fall back to English."""
    german = "de: {title: Grenzen, advice: Sag es. Halte dich daran., steps: [Sag es], reply: Guten Tag, avoid: Eile}"
    own = load_playbook(written(tmp_path, "set-boundaries.yaml", german))
    assert own.text("set-boundaries", "de").title == "Grenzen"
    assert own.text("own-the-mistake", "de") == SHIPPED.text("own-the-mistake", "en")
    assert own.wording("de") == SHIPPED.wording("en")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("set-bounds.yaml", "en: {}\n", ["set-bounds.yaml", "set-boundaries"]),
        ("set-boundaries.yaml", "en:\n  titel: X\n", ["set-boundaries.yaml", "en.titel"]),
        ("set-boundaries.yaml", "en:\n  title: 5\n", ["set-boundaries.yaml", "en.title", "string"]),
        ("set-boundaries.yaml", "en:\n  reply: Hi {clientname}\n", ["en.reply", "{clientname}", "client_name"]),
        ("set-boundaries.yaml", "en:\n  reply: Hi {client_name\n", ["en.reply", "curly bracket"]),
        ("set-boundaries.yaml", "en:\n  steps: []\n", ["set-boundaries.yaml", "en.steps"]),
        ("set-boundaries.yaml", "en: null\n", ["set-boundaries.yaml", "en", "no texts"]),
        ("set-boundaries.yaml", "de:\n  title: Nur dies\n", ["set-boundaries.yaml", "de.advice"]),
        ("set-boundaries.yaml", "no:\n  title: Norsk\n", ["set-boundaries.yaml", "line 1", "quotes"]),
        ("set-boundaries.yaml", "en:\n  title: A\n  title: B\n", ["set-boundaries.yaml", "line 3", "twice"]),
        ("set-boundaries.yaml", "en:\n  title: [\n", ["set-boundaries.yaml", "no YAML", "line"]),
        ("set-boundaries.yaml", "- a list\n", ["set-boundaries.yaml", "no keys"]),
        ("set-boundaries.yaml", "en: !!python/object/apply:os.getcwd []\n", ["set-boundaries.yaml", "no YAML"]),
        ("set-boundaries.yaml", "{}[" * 3000, ["set-boundaries.yaml"]),
        ("set-boundaries.yaml", "", ["set-boundaries.yaml", "no keys"]),
        ("thresholds.yaml", "shown: 0\n", ["thresholds.yaml", "shown", "greater than or equal to 1"]),
        ("thresholds.yaml", "shown: five\n", ["thresholds.yaml", "shown", "integer"]),
        ("thresholds.yaml", "crowd_share: 40\n", ["thresholds.yaml", "crowd_share"]),
        ("thresholds.yaml", "showm: 5\n", ["thresholds.yaml", "showm"]),
        ("wording.yaml", "en:\n  months: [January]\n", ["wording.yaml", "en.months"]),
        ("wording.yaml", "en:\n  facts:\n    hollowed: X\n", ["wording.yaml", "en.facts", "hollowed"]),
        ("consider-parting-ways.yaml", "ms:\n  signs:\n    other: X\n", ["consider-parting-ways.yaml", "ms.signs"]),
    ],
)
def test_a_wrong_file_is_named_with_key_and_reason(tmp_path: Path, name: str, content: str, told: list[str]) -> None:
    """The error says which file, which key, and what is wrong with it."""
    with pytest.raises(InputError) as caught:
        load_playbook(written(tmp_path, name, content))
    for piece in told:
        assert piece in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused with the file's name."""
    (tmp_path / "wording.yaml").write_bytes(b"en: \xff\xfe\n")
    with pytest.raises(InputError, match=r"wording\.yaml.*UTF-8"):
        load_playbook(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that does not exist is an error, not an empty playbook."""
    with pytest.raises(InputError, match="nowhere"):
        load_playbook(tmp_path / "nowhere")


def test_the_shipped_folder_can_be_copied_and_loaded(tmp_path: Path) -> None:
    """Whoever starts from a copy of the shipped files gets the shipped playbook."""
    for path in SHIPPED_PLAYBOOK.glob("*.yaml"):
        written(tmp_path, path.name, path.read_text(encoding="utf-8"))
    own: Playbook = load_playbook(tmp_path)
    assert own == SHIPPED
