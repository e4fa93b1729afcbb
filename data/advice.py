"""The playbook's nouns: strategies, parting signs, their texts in each language, and thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

StrategyId = Literal[
    "set-boundaries",
    "build-breathing-room",
    "deliver-ahead-quietly",
    "hold-regular-check-ins",
    "reassure-with-expertise",
    "involve-in-the-process",
    "show-confidence",
    "offer-references",
    "lighten-their-load",
    "lead-as-expert",
    "set-expectations",
    "recap-in-writing",
    "own-the-mistake",
    "hold-accountable",
    "answer-clearly",
    "ask-for-feedback",
    "not-all-business",
    "know-how-they-work",
    "stay-yourself",
]
SignId = Literal["prolonged_by_involvement", "unpaid_rework", "unpaid_scope_growth", "crowds_out_others"]

STRATEGIES: tuple[StrategyId, ...] = get_args(StrategyId)
SIGNS: tuple[SignId, ...] = get_args(SignId)
FALLBACK_LANGUAGE = "en"
BLANKS = frozenset(
    "client_name provider_name available_from channel agreed_date deadline quiet_delivery_date usual_check_days "
    "topic request included extra terms needed needed_by affected_date what_happened remedy next_update done_so_far "
    "next_step open_point reference_name reference_contact meeting_slot check_in_day answer news handover_date "
    "realistic_result understood owner".split()
)
"""The blanks a text may hold; those that no fact fills stay visible for the provider."""
FACTS: tuple[str, ...] = tuple(
    "out_of_hours hollow owed_agreed owed_deadline habit_told habit_seen quiet_day quiet_day_passed repeated silent "
    "asked_recently asks_expert early_since no_history said_aloud urgent_now finished news first_message "
    "week_unheard week_feedback week_feedback_again week_recap week_agreed week_quiet week_deadline".split()
)
"""The facts that can call for a strategy or stand on the week's list, each worded in ``wording.yaml``."""


@dataclass(frozen=True, slots=True)
class StrategyText:
    """One strategy in one language; ``{named_blanks}`` are filled where the fact is known."""

    title: str
    advice: str
    steps: tuple[str, ...]
    reply: str
    avoid: str


@dataclass(frozen=True, slots=True)
class PartingText:
    """How to weigh and carry out a parting, in one language; ``signs`` names each warning sign."""

    title: str
    advice: str
    try_first: str
    steps: tuple[str, ...]
    reply: str
    hand_over: tuple[str, ...]
    avoid: str
    signs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language writes dates, hours, and the facts that called for a strategy."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    date: str
    opening: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers behind the rules; days and messages, shares from 0 to 1."""

    shown: int
    early_relationship_days: int
    repeated_days: int
    repeated_messages: int
    silent_days: int
    habit_messages: int
    habit_lead_days: int
    quiet_margin_days: int
    parting_window_days: int
    involvement_days: int
    involvement_messages_undated: int
    rework_days: int
    growth_days: int
    crowd_messages: int
    crowd_clients: int
    crowd_share: float
    asked_recently_days: int
    week_days: int
    week_overdue_days: int
    feedback_again_days: int


@dataclass(frozen=True, slots=True)
class Playbook:
    """Everything the advice is made of; texts by strategy and language, always complete in English."""

    strategies: Mapping[str, Mapping[str, StrategyText]]
    parting: Mapping[str, PartingText]
    wordings: Mapping[str, Wording]
    thresholds: Thresholds

    def text(self, strategy: str, language: str) -> StrategyText:
        """Give a strategy's texts in a language, in English where that language has none."""
        texts = self.strategies[strategy]
        return texts.get(language) or texts[FALLBACK_LANGUAGE]

    def parting_text(self, language: str) -> PartingText:
        """Give the texts about parting in a language, in English where that language has none."""
        return self.parting.get(language) or self.parting[FALLBACK_LANGUAGE]

    def wording(self, language: str) -> Wording:
        """Give how a language writes dates and facts, English where it has none."""
        return self.wordings.get(language) or self.wordings[FALLBACK_LANGUAGE]
