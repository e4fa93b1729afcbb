"""The labels kyp gives, in their fixed order, and the scale of urgency."""

from typing import Literal, get_args

Group = Literal["archetype", "situation"]
Label = Literal[
    "micro_managing",
    "distrust",
    "take_over",
    "scope_growth",
    "unpaid_rework",
    "reported_mistake",
    "client_delay",
    "unrealistic_expectation",
    "goodwill",
]
Language = Literal["en", "fil", "ms", "other"]
Style = Literal["vivid", "plain", "corporate", "short", "long"]
UrgencyName = Literal["none", "routine", "soon", "now"]

LABELS: tuple[Label, ...] = get_args(Label)
ARCHETYPES: tuple[Label, ...] = LABELS[:3]
SITUATIONS: tuple[Label, ...] = LABELS[3:]
LANGUAGES: tuple[Language, ...] = ("en", "fil", "ms")
STYLES: tuple[Style, ...] = get_args(Style)
URGENCY_NAMES: tuple[UrgencyName, ...] = get_args(UrgencyName)


def group_of(label: Label) -> Group:
    """Tell whether a label names a client archetype or a situation."""
    return "archetype" if label in ARCHETYPES else "situation"
