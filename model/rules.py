"""The playbook's rules: one small function for each strategy, saying what calls for it, and the table of them all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from data.advice import StrategyId
from data.records import Reason
from data.taxonomy import Label, group_of
from model.conditions import Case
from model.habit import known_habit, quiet_day_reason
from model.mentions import asking_rebuked, news_mentioned, talk_mentioned
from model.wording import write_date


class Tier(IntEnum):
    """The order in which groups of strategies are shown."""

    MISTAKE = 0
    ANSWER = 1
    ARCHETYPE = 2
    SITUATION = 3
    HABIT = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A strategy is called for: its tier, its weight within the tier (higher is first), why, and blanks of its own."""

    tier: Tier
    weight: float
    because: tuple[Reason, ...]
    blanks: tuple[tuple[str, str], ...] = ()


Rule = Callable[[Case], Call | None]
_AHEAD_OF_ALL = 2.0  # above any probability


def set_boundaries(case: Case) -> Call | None:
    """Called for by micro_managing; first of its tier out of hours or where the urgency is hollow."""
    pressing = _those(case.out_of_hours(), case.hollow()) if "micro_managing" in case.signals else ()
    return _by_labels(case, "micro_managing", also=pressing, weight=_AHEAD_OF_ALL if pressing else None)


def build_breathing_room(case: Case) -> Call | None:
    """Called for by micro_managing where the provider owes something on a date."""
    owed = case.owed() if "micro_managing" in case.signals else ()
    return _by_labels(case, "micro_managing", also=owed) if owed else None


def deliver_ahead_quietly(case: Case) -> Call | None:
    """Called for by micro_managing before an agreed date, where the habit of asking ahead is known."""
    agreed = case.agreed_date() if "micro_managing" in case.signals else None
    habit = known_habit(case) if agreed else None
    if agreed is None or habit is None:
        return None
    day = habit.quiet_day(agreed, case.thresholds.quiet_margin_days)
    call = _by_labels(case, "micro_managing", also=(habit.because, quiet_day_reason(case, day)))
    blanks = (("usual_check_days", str(habit.lead)), ("quiet_delivery_date", write_date(day, case.wording)))
    return call and replace(call, blanks=blanks)


def hold_regular_check_ins(case: Case) -> Call | None:
    """Called for by repeated micro_managing, or by a long silence in a running project."""
    repeated = case.repeated()
    if repeated:
        return _by_labels(case, "micro_managing", also=(repeated,))
    return _by_facts(Tier.SITUATION, case.silent())


def reassure_with_expertise(case: Case) -> Call | None:
    """Called for by distrust."""
    return _by_labels(case, "distrust")


def involve_in_the_process(case: Case) -> Call | None:
    """Called for by distrust, unless showing confidence takes its place."""
    return None if _confidence_wanted(case) else _by_labels(case, "distrust")


def show_confidence(case: Case) -> Call | None:
    """Called for by distrust where asking the client is read as not knowing, or was done of late."""
    wanted = _confidence_wanted(case)
    return _by_labels(case, "distrust", also=wanted) if wanted else None


def offer_references(case: Case) -> Call | None:
    """Called for by distrust early in the relationship."""
    early = case.early() if "distrust" in case.signals else None
    return _by_labels(case, "distrust", also=(early,)) if early else None


def lighten_their_load(case: Case) -> Call | None:
    """Called for by take_over."""
    return _by_labels(case, "take_over")


def lead_as_expert(case: Case) -> Call | None:
    """Called for by take_over or unrealistic_expectation."""
    return _by_labels(case, "take_over", "unrealistic_expectation")


def set_expectations(case: Case) -> Call | None:
    """Called for by scope_growth, unpaid_rework or unrealistic_expectation."""
    return _by_labels(case, "scope_growth", "unpaid_rework", "unrealistic_expectation")


def recap_in_writing(case: Case) -> Call | None:
    """Called for by scope_growth, unpaid_rework, take_over, or a text that refers to a call or meeting."""
    quote = talk_mentioned(case.assessment.text)
    told = (Reason(evidence=(quote,), fact=case.wording.facts["said_aloud"]),) if quote else ()
    by_labels = _by_labels(case, "scope_growth", "unpaid_rework", "take_over", also=told)
    return by_labels or _by_facts(Tier.SITUATION, *told)


def own_the_mistake(case: Case) -> Call | None:
    """Called for by reported_mistake; first of all."""
    return _by_labels(case, "reported_mistake", tier=Tier.MISTAKE)


def hold_accountable(case: Case) -> Call | None:
    """Called for by client_delay."""
    return _by_labels(case, "client_delay")


def answer_clearly(case: Case) -> Call | None:
    """Called for by urgency 3."""
    return _by_facts(Tier.ANSWER, case.urgent_now())


def ask_for_feedback(case: Case) -> Call | None:
    """Called for by goodwill, or by a project that is finished."""
    finished = (case.fact("finished"),) if case.facts.project_finished else ()
    return _by_labels(case, "goodwill", tier=Tier.HABIT, also=finished) or _by_facts(Tier.HABIT, *finished)


def not_all_business(case: Case) -> Call | None:
    """Called for by goodwill with personal or company news."""
    quote = news_mentioned(case.assessment.text) if "goodwill" in case.signals else None
    if quote is None:
        return None
    news = Reason(evidence=(quote,), fact=case.wording.facts["news"])
    return _by_labels(case, "goodwill", tier=Tier.HABIT, also=(news,))


def know_how_they_work(case: Case) -> Call | None:
    """Called for by the first message from a client, unless one is told that they have long worked together."""
    return _by_facts(Tier.HABIT, case.first_message())


def stay_yourself(case: Case) -> Call | None:
    """Called for by distrust or hollow urgency; last of all."""
    hollow = _those(case.hollow()) if case.assessment.urgency.claimed else ()
    return _by_labels(case, "distrust", tier=Tier.HABIT, also=hollow) or _by_facts(Tier.HABIT, *hollow)


RULES: dict[StrategyId, Rule] = {
    "set-boundaries": set_boundaries,
    "build-breathing-room": build_breathing_room,
    "deliver-ahead-quietly": deliver_ahead_quietly,
    "hold-regular-check-ins": hold_regular_check_ins,
    "reassure-with-expertise": reassure_with_expertise,
    "involve-in-the-process": involve_in_the_process,
    "show-confidence": show_confidence,
    "offer-references": offer_references,
    "lighten-their-load": lighten_their_load,
    "lead-as-expert": lead_as_expert,
    "set-expectations": set_expectations,
    "recap-in-writing": recap_in_writing,
    "own-the-mistake": own_the_mistake,
    "hold-accountable": hold_accountable,
    "answer-clearly": answer_clearly,
    "know-how-they-work": know_how_they_work,
    "ask-for-feedback": ask_for_feedback,
    "not-all-business": not_all_business,
    "stay-yourself": stay_yourself,
}
"""Every strategy with what calls for it; where tier and weight are equal, this order decides."""


def _by_labels(
    case: Case,
    *labels: Label,
    also: tuple[Reason, ...] = (),
    tier: Tier | None = None,
    weight: float | None = None,
) -> Call | None:
    if case.signals.keys().isdisjoint(labels):  # most calls end here
        return None
    present = [case.signals[label] for label in labels if label in case.signals]
    # An archetype's call outranks a situation's, so its probability is the one that counts.
    archetypes = [signal for signal in present if group_of(signal.label) == "archetype"]
    own_tier = Tier.ARCHETYPE if archetypes else Tier.SITUATION
    own_weight = max(signal.probability for signal in archetypes or present)
    because = (*(case.reasons[signal.label] for signal in present), *also)
    return Call(own_tier if tier is None else tier, own_weight if weight is None else weight, because)


def _by_facts(tier: Tier, *reasons: Reason | None) -> Call | None:
    because = _those(*reasons)
    return Call(tier, 0.0, because) if because else None


def _those(*reasons: Reason | None) -> tuple[Reason, ...]:
    return tuple([reason for reason in reasons if reason is not None])


def _confidence_wanted(case: Case) -> tuple[Reason, ...]:
    if "distrust" not in case.signals:
        return ()
    quote = asking_rebuked(case.assessment.text)
    rebuked = Reason(evidence=(quote,), fact=case.wording.facts["asks_expert"]) if quote else None
    return _those(rebuked, case.fact("asked_recently") if case.facts.asked_for_input_recently else None)
