"""From an assessment and what is known of the client to ranked suggestions with their texts and reasons."""

from dataclasses import dataclass

from data.advice import FALLBACK_LANGUAGE, Playbook, StrategyId
from data.records import Assessment, Suggestion
from model.conditions import Case
from model.facts import ClientFacts
from model.rules import RULES, Call, Tier
from model.wording import fill, write_date, write_opening


@dataclass(frozen=True, slots=True)
class Advice:
    """The suggestions to show, best first, and the ids of those called for beyond them."""

    strategies: tuple[Suggestion, ...] = ()
    more: tuple[str, ...] = ()


NO_ADVICE = Advice()


def suggest(assessment: Assessment, facts: ClientFacts, playbook: Playbook, language: str | None = None) -> Advice:
    """Rank the strategies that one message calls for; a message that calls for nothing gets none.

    Args:
        assessment: the judged message; its own ``strategies`` and ``more`` are not looked at.
        facts: what is known of the client, the message itself left out.
        playbook: texts and thresholds.
        language: of the texts; the message's own where None, English where the playbook lacks it.
    """
    if assessment.error is not None or assessment.kind != "message":
        return NO_ADVICE
    spoken = language or (FALLBACK_LANGUAGE if assessment.lang == "other" else assessment.lang)
    case = Case.of(assessment, facts, playbook.thresholds, playbook.wording(spoken))
    called = [(name, call) for name, rule in RULES.items() if (call := rule(case)) is not None]
    if not called:
        return NO_ADVICE
    called.sort(key=_rank)
    blanks = _known_blanks(case)
    shown = called[: playbook.thresholds.shown]
    suggestions = tuple(_worded(name, call, playbook, spoken, blanks) for name, call in shown)
    return Advice(suggestions, tuple(name for name, _ in called[len(shown) :]))


def _rank(named: tuple[StrategyId, Call]) -> tuple[int, float]:
    # Sorting is stable: within a tier and weight, and among habits altogether, the table's order holds.
    call = named[1]
    return (call.tier, 0.0 if call.tier == Tier.HABIT else -call.weight)


def _worded(name: StrategyId, call: Call, playbook: Playbook, language: str, blanks: dict[str, str]) -> Suggestion:
    text = playbook.text(name, language)
    blanks = {**blanks, **dict(call.blanks)} if call.blanks else blanks
    return Suggestion(
        id=name,
        title=text.title,
        advice=fill(text.advice, blanks),
        steps=tuple(fill(step, blanks) for step in text.steps),
        reply=fill(text.reply, blanks),
        avoid=fill(text.avoid, blanks),
        because=call.because,
    )


def _known_blanks(case: Case) -> dict[str, str]:
    facts, deadline, agreed = case.facts, case.assessment.urgency.deadline, case.agreed_date()
    opening = case.opening()
    known = {
        "client_name": facts.client_name,
        "provider_name": facts.provider_name,
        "deadline": deadline and write_date(deadline, case.wording),
        "agreed_date": agreed and write_date(agreed, case.wording),
        "available_from": opening and write_opening(opening, case.wording),
    }
    return {name: value for name, value in known.items() if value}
