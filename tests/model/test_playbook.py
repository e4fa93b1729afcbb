"""The playbook's rules: what calls for each strategy, in which order they stand, and what is left out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.advice import STRATEGIES, Playbook
from data.hours import WorkingHours
from data.records import Assessment, Passage, Problem, Signal, Urgency
from data.strategies import load_playbook
from data.taxonomy import LABELS, Label, Language
from model.facts import AgreedDate, ClientFacts, SeenMessage
from model.playbook import Advice, suggest
from model.rules import RULES

TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
OFFICE: dict[str, Any] = {
    "working_hours": WorkingHours.parse("Mon-Fri 09:00-18:00"),
    "timezone": ZoneInfo("Asia/Manila"),
}
KNOWN = ClientFacts(known_messages=12, first_message_at=datetime(2024, 1, 5, tzinfo=UTC))


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook()


@pytest.fixture
def advise(playbook: Playbook) -> Callable[..., Advice]:
    def run(assessment: Assessment, facts: ClientFacts = KNOWN) -> Advice:
        return suggest(assessment, facts, playbook)

    return run


def message(
    *labels: Label,
    text: str = "Hello.",
    level: int = 1,
    claimed: bool = False,
    deadline: date | None = None,
    lang: Language = "en",
    sent_at: datetime | None = TUESDAY,
    **probability: float,
) -> Assessment:
    """An assessment with these labels present (0.9 unless told), each with a quoted passage."""
    signals = tuple(
        Signal(
            label,
            probability.get(label, 0.9 if label in labels else 0.05),
            label in labels,
            (Passage(0, 5, f"quote of {label}"),) if label in labels else (),
        )
        for label in LABELS
    )
    urgency = Urgency(level, (0.25, 0.25, 0.25, 0.25), claimed, 0.5, deadline, (Passage(0, 5, "URGENT"),))
    return Assessment("m", "api", None, "a@b.example", sent_at, lang, "", text, signals, urgency, "test")


def supervised(*days_before: int) -> tuple[SeenMessage, ...]:
    return tuple(SeenMessage(f"s{days}", TUESDAY - timedelta(days=days), ("micro_managing",)) for days in days_before)


def ids(advice: Advice) -> list[str]:
    return [suggestion.id for suggestion in advice.strategies] + list(advice.more)


AGREED: dict[str, Any] = {"agreed_date": date(2026, 3, 20)}
PAST_DATES: dict[str, Any] = {"agreed_dates": (AgreedDate(date(2026, 2, 6)), AgreedDate(date(2026, 2, 27)))}

ROWS: list[tuple[str, tuple[Label, ...], dict[str, Any], dict[str, Any], bool]] = [
    ("set-boundaries", ("micro_managing",), {}, {}, True),
    ("set-boundaries", (), {"claimed": True}, {}, False),
    ("build-breathing-room", ("micro_managing",), {}, AGREED, True),
    ("build-breathing-room", ("micro_managing",), {"deadline": date(2026, 3, 12)}, {}, True),
    ("build-breathing-room", ("micro_managing",), {}, {}, False),
    ("build-breathing-room", ("micro_managing",), {}, {"agreed_date": date(2026, 3, 2)}, False),
    ("build-breathing-room", ("distrust",), {}, AGREED, False),
    ("deliver-ahead-quietly", ("micro_managing",), {}, AGREED | {"usual_check_days_before": 3}, True),
    ("deliver-ahead-quietly", ("micro_managing",), {}, AGREED, False),
    ("deliver-ahead-quietly", ("micro_managing",), {}, {"usual_check_days_before": 3}, False),
    ("deliver-ahead-quietly", ("micro_managing",), {}, AGREED | PAST_DATES | {"history": supervised(35, 14)}, True),
    ("deliver-ahead-quietly", (), {}, AGREED | {"usual_check_days_before": 3}, False),
    ("hold-regular-check-ins", ("micro_managing",), {}, {"history": supervised(13)}, True),
    ("hold-regular-check-ins", ("micro_managing",), {}, {"history": supervised(15)}, False),
    ("hold-regular-check-ins", ("distrust",), {}, {"history": supervised(3, 5)}, False),
    ("hold-regular-check-ins", (), {}, AGREED | {"history": supervised(30)}, True),
    ("hold-regular-check-ins", (), {}, AGREED | {"history": supervised(29)}, False),
    ("hold-regular-check-ins", (), {}, {"project_finished": False, "history": supervised(40)}, True),
    ("hold-regular-check-ins", (), {}, {"history": supervised(40)}, False),
    ("hold-regular-check-ins", (), {}, AGREED | {"project_finished": True, "history": supervised(40)}, False),
    ("reassure-with-expertise", ("distrust",), {}, {}, True),
    ("involve-in-the-process", ("distrust",), {}, {}, True),
    ("involve-in-the-process", ("distrust",), {}, {"asked_for_input_recently": True}, False),
    ("involve-in-the-process", ("distrust",), {"text": "Why do you ask me? You are the expert."}, {}, False),
    ("show-confidence", ("distrust",), {"text": "Why do you ask me? You are the expert."}, {}, True),
    ("show-confidence", ("distrust",), {}, {"asked_for_input_recently": True}, True),
    ("show-confidence", ("distrust",), {}, {}, False),
    ("show-confidence", (), {"text": "Why do you ask me? You are the expert."}, {}, False),
    ("offer-references", ("distrust",), {}, {"first_message_at": TUESDAY - timedelta(days=89)}, True),
    ("offer-references", ("distrust",), {}, {"first_message_at": TUESDAY - timedelta(days=90)}, False),
    ("offer-references", ("distrust",), {}, {"relationship_start": date(2026, 2, 1)}, True),
    ("offer-references", ("distrust",), {}, {"relationship_start": date(2020, 2, 1), "known_messages": 0}, False),
    ("offer-references", ("distrust",), {}, {"first_message_at": None, "known_messages": None}, True),
    ("offer-references", ("take_over",), {}, {"relationship_start": date(2026, 2, 1)}, False),
    ("lighten-their-load", ("take_over",), {}, {}, True),
    ("lead-as-expert", ("take_over",), {}, {}, True),
    ("lead-as-expert", ("unrealistic_expectation",), {}, {}, True),
    ("set-expectations", ("scope_growth",), {}, {}, True),
    ("set-expectations", ("unpaid_rework",), {}, {}, True),
    ("set-expectations", ("unrealistic_expectation",), {}, {}, True),
    ("recap-in-writing", ("scope_growth",), {}, {}, True),
    ("recap-in-writing", ("unpaid_rework",), {}, {}, True),
    ("recap-in-writing", ("take_over",), {}, {}, True),
    ("recap-in-writing", (), {"text": "As discussed on the call, the logo comes first."}, {}, True),
    ("recap-in-writing", ("unrealistic_expectation",), {}, {}, False),
    ("own-the-mistake", ("reported_mistake",), {}, {}, True),
    ("hold-accountable", ("client_delay",), {}, {}, True),
    ("answer-clearly", (), {"level": 3}, {}, True),
    ("answer-clearly", (), {"level": 2}, {}, False),
    ("ask-for-feedback", ("goodwill",), {}, {}, True),
    ("ask-for-feedback", (), {}, {"project_finished": True}, True),
    ("not-all-business", ("goodwill",), {"text": "My wife gave birth on Sunday!"}, {}, True),
    ("not-all-business", ("goodwill",), {"text": "The logo is lovely."}, {}, False),
    ("not-all-business", (), {"text": "My wife gave birth on Sunday!"}, {}, False),
    ("know-how-they-work", (), {}, {"known_messages": 0}, True),
    ("know-how-they-work", (), {}, {"known_messages": None}, False),
    ("know-how-they-work", (), {}, {"known_messages": 1}, False),
    ("know-how-they-work", (), {}, {"known_messages": 0, "relationship_start": date(2024, 1, 5)}, False),
    ("know-how-they-work", (), {}, {"known_messages": 0, "relationship_start": TUESDAY.date()}, True),
    ("stay-yourself", ("distrust",), {}, {}, True),
    ("stay-yourself", (), {"claimed": True, "level": 0}, {}, True),
    ("stay-yourself", (), {"claimed": True, "level": 2}, {}, False),
]


@pytest.mark.parametrize(("strategy", "labels", "said", "known", "called"), ROWS)
def test_each_strategy_is_called_for_by_its_row_of_the_playbook(
    advise: Callable[..., Advice],
    strategy: str,
    labels: tuple[Label, ...],
    said: dict[str, Any],
    known: dict[str, Any],
    called: bool,
) -> None:
    """A strategy comes where its row holds, and only there."""
    assert (strategy in ids(advise(message(*labels, **said), replace(KNOWN, **known)))) is called


def test_every_strategy_has_a_rule_and_a_row_here() -> None:
    """No strategy of the playbook is without a rule, and none is untested."""
    assert set(RULES) == set(STRATEGIES)
    assert {row[0] for row in ROWS if row[4]} == set(STRATEGIES)


def test_a_message_that_calls_for_nothing_gets_an_empty_list(advise: Callable[..., Advice]) -> None:
    """There is no filler, not even where much is known of the client."""
    known = replace(
        KNOWN, **OFFICE, **AGREED, **PAST_DATES, history=supervised(1, 2), relationship_start=date(2026, 1, 1)
    )
    assert advise(message(sent_at=TUESDAY), known) == Advice()


@pytest.mark.parametrize("kind", ["auto_reply", "bounce", "newsletter", "calendar"])
def test_mail_that_no_client_wrote_gets_no_advice(advise: Callable[..., Advice], kind: Any) -> None:
    """Out-of-office notes and newsletters are not advised on, whatever their labels."""
    assert advise(replace(message("distrust"), kind=kind)) == Advice()


def test_an_unreadable_message_gets_no_advice(advise: Callable[..., Advice]) -> None:
    """Nothing is concluded from a message that could not be read."""
    assert advise(replace(message("distrust"), error=Problem("unreadable_mail", "no text"))) == Advice()


def test_the_whole_rank_from_mistake_to_staying_oneself(playbook: Playbook) -> None:
    """Mistake, clear answer, archetypes by probability, situations, habits; five shown and the others in more."""
    crowded = message(
        *LABELS,
        level=3,
        text="My wife gave birth on Sunday! As discussed on the call, this is not what we agreed.",
        take_over=0.95,
        distrust=0.8,
        micro_managing=0.7,
        client_delay=0.9,
        unrealistic_expectation=0.6,
    )
    advice = suggest(crowded, replace(KNOWN, known_messages=0), playbook)
    assert [suggestion.id for suggestion in advice.strategies] == [
        "own-the-mistake",
        "answer-clearly",
        "lighten-their-load",
        "lead-as-expert",
        "recap-in-writing",
    ]
    assert advice.more == (
        "reassure-with-expertise",
        "involve-in-the-process",
        "set-boundaries",
        "set-expectations",
        "hold-accountable",
        "know-how-they-work",
        "ask-for-feedback",
        "not-all-business",
        "stay-yourself",
    )


def test_boundaries_come_first_of_the_archetypes_out_of_hours(advise: Callable[..., Advice]) -> None:
    """On a Saturday night, boundaries stand before a likelier archetype, yet after a mistake."""
    saturday = datetime(2026, 3, 7, 13, 40, tzinfo=UTC)  # 21:40 in Manila
    both = message("micro_managing", "take_over", "reported_mistake", sent_at=saturday, micro_managing=0.6)
    assert ids(advise(both, replace(KNOWN, **OFFICE)))[:2] == ["own-the-mistake", "set-boundaries"]
    in_hours = replace(both, sent_at=datetime(2026, 3, 10, 2, 0, tzinfo=UTC))  # Tuesday 10:00 in Manila
    assert ids(advise(in_hours, replace(KNOWN, **OFFICE)))[1] == "lighten-their-load"


@pytest.mark.parametrize(("level", "first"), [(0, "set-boundaries"), (1, "set-boundaries"), (2, "lighten-their-load")])
def test_boundaries_come_first_where_urgency_is_hollow(advise: Callable[..., Advice], level: int, first: str) -> None:
    """Claimed urgency at level 0 or 1 puts boundaries first, borne-out urgency does not."""
    pressing = message("micro_managing", "take_over", claimed=True, level=level, micro_managing=0.6)
    assert ids(advise(pressing))[0] == first


def test_leading_as_expert_ranks_with_situations_without_take_over(advise: Callable[..., Advice]) -> None:
    """An unrealistic wish alone is a situation: it stands behind an archetype of lower probability."""
    wish = message("micro_managing", "unrealistic_expectation", micro_managing=0.55, unrealistic_expectation=0.99)
    assert ids(advise(wish)) == ["set-boundaries", "lead-as-expert", "set-expectations"]


def test_reasons_carry_label_probability_quotes_and_facts(advise: Callable[..., Advice]) -> None:
    """A suggestion tells why it is there: the label, how sure, the quoted words, the facts in words."""
    friday_night = datetime(2026, 3, 6, 14, 5, tzinfo=UTC)
    first = advise(message("micro_managing", claimed=True, sent_at=friday_night), replace(KNOWN, **OFFICE)).strategies[
        0
    ]
    assert first.because[0].label == "micro_managing"
    assert first.because[0].probability == 0.9
    assert first.because[0].evidence == ("quote of micro_managing",)
    assert first.because[1].fact == "It came outside your working hours (Friday 22:05)."
    assert first.because[2].evidence == ("URGENT",)


def test_blanks_are_filled_where_known_and_stay_visible_where_not(advise: Callable[..., Advice]) -> None:
    """The draft names the client and the next working hour; what nobody knows stays a blank."""
    friday_night = datetime(2026, 3, 6, 14, 5, tzinfo=UTC)
    known = replace(KNOWN, **OFFICE, client_name="Ana {deadline}")
    reply = advise(message("micro_managing", sent_at=friday_night), known).strategies[0].reply
    assert "Hi Ana {deadline}," in reply
    assert "on Monday from 09:00" in reply
    assert "{channel}" in reply


@pytest.mark.parametrize(
    ("lang", "title"), [("fil", "Linawin"), ("ms", "Nyatakan"), ("en", "Say when"), ("other", "Say")]
)
def test_texts_come_in_the_clients_language(advise: Callable[..., Advice], lang: Language, title: str) -> None:
    """Texts and reasons follow the message's language; another language gets English."""
    assert advise(message("micro_managing", lang=lang)).strategies[0].title.startswith(title)


def test_a_message_without_a_date_is_advised_on_without_the_clock(advise: Callable[..., Advice]) -> None:
    """No date, no out-of-hours and no early relationship; the labels still count."""
    undated = message("micro_managing", "distrust", sent_at=None)
    known = replace(KNOWN, **OFFICE, history=supervised(1, 2), relationship_start=date(2026, 3, 1))
    assert set(ids(advise(undated, known))) == {
        "set-boundaries",
        "reassure-with-expertise",
        "involve-in-the-process",
        "stay-yourself",
    }


@pytest.mark.parametrize("year", [1, 9999])
def test_a_date_from_a_broken_header_does_no_harm(advise: Callable[..., Advice], year: int) -> None:
    """Mail bears dates of any year; advice comes all the same."""
    broken = message("micro_managing", sent_at=datetime(year, 1, 1, tzinfo=UTC))
    known = replace(KNOWN, **OFFICE, history=(SeenMessage("a", datetime(year, 1, 1, tzinfo=UTC), ("distrust",)),))
    assert ids(advise(broken, known)) == ["set-boundaries"]


def test_a_message_is_not_its_own_history(advise: Callable[..., Advice]) -> None:
    """A message judged a second time, already stored, does not count as two."""
    itself = (SeenMessage("m", TUESDAY, ("micro_managing",)),)
    assert "hold-regular-check-ins" not in ids(advise(message("micro_managing"), replace(KNOWN, history=itself)))


def test_later_messages_are_no_history(advise: Callable[..., Advice]) -> None:
    """Judging an old message again does not see what came after it."""
    later = (SeenMessage("later", TUESDAY + timedelta(days=2), ("micro_managing",)),)
    assert "hold-regular-check-ins" not in ids(advise(message("micro_managing"), replace(KNOWN, history=later)))
