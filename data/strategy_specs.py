"""The shape a playbook file must have: pydantic models that check one tree of YAML and make the frozen noun."""

from collections.abc import Iterator
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt

from data.advice import BLANKS, FACTS, SIGNS, PartingText, StrategyText, Thresholds, Wording

_FACT_BLANKS = frozenset({"when", "date", "days", "count"})


def strategy_text(tree: object) -> StrategyText:
    """Check one strategy in one language; raises pydantic's ValidationError."""
    return StrategyText(**_StrategySpec.model_validate(tree).model_dump())


def parting_text(tree: object) -> PartingText:
    """Check the texts about parting in one language; raises pydantic's ValidationError."""
    return PartingText(**_PartingSpec.model_validate(tree).model_dump())


def wording(tree: object) -> Wording:
    """Check how one language writes dates and facts; raises pydantic's ValidationError."""
    return Wording(**_WordingSpec.model_validate(tree).model_dump())


def thresholds(tree: object) -> Thresholds:
    """Check the numbers behind the rules; raises pydantic's ValidationError."""
    return Thresholds(**_ThresholdsSpec.model_validate(tree).model_dump())


def _with_blanks(known: frozenset[str]) -> AfterValidator:
    def check(text: str) -> str:
        unknown = [blank for blank in _blanks(text) if blank not in known]
        if unknown:
            raise ValueError(f"unknown blank {{{unknown[0]}}}; known are {', '.join(sorted(known))}")
        return text

    return AfterValidator(check)


def _blanks(text: str) -> Iterator[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ValueError("a curly bracket stands alone; write blanks as {client_name}") from None
    return (name for _, name, _, _ in parts if name is not None)


def _with_all(names: tuple[str, ...]) -> AfterValidator:
    def check(worded: dict[str, str]) -> dict[str, str]:
        missing = [name for name in names if name not in worded]
        unknown = [name for name in worded if name not in names]
        if missing or unknown:
            raise ValueError(f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}")
        return worded

    return AfterValidator(check)


_Text = Annotated[str, Field(min_length=1, max_length=4000), _with_blanks(BLANKS)]
_Fact = Annotated[str, Field(min_length=1, max_length=400), _with_blanks(_FACT_BLANKS)]
_Steps = Annotated[tuple[_Text, ...], Field(min_length=1, max_length=12)]
_Name = Annotated[str, Field(min_length=1, max_length=40)]
_Count = Annotated[StrictInt, Field(ge=1, le=10_000)]


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _StrategySpec(_Spec):
    title: _Text
    advice: _Text
    steps: _Steps
    reply: _Text
    avoid: _Text


class _PartingSpec(_StrategySpec):
    try_first: _Text
    hand_over: _Steps
    signs: Annotated[dict[str, _Text], _with_all(SIGNS)]


class _WordingSpec(_Spec):
    months: Annotated[tuple[_Name, ...], Field(min_length=12, max_length=12)]
    weekdays: Annotated[tuple[_Name, ...], Field(min_length=7, max_length=7)]
    date: Annotated[str, _with_blanks(frozenset({"day", "month", "year"}))]
    opening: Annotated[str, _with_blanks(frozenset({"weekday", "time"}))]
    facts: Annotated[dict[str, _Fact], _with_all(FACTS)]


class _ThresholdsSpec(_Spec):
    shown: _Count
    early_relationship_days: _Count
    repeated_days: _Count
    repeated_messages: _Count
    silent_days: _Count
    habit_messages: _Count
    habit_lead_days: _Count
    quiet_margin_days: _Count
    parting_window_days: _Count
    involvement_days: _Count
    involvement_messages_undated: _Count
    rework_days: _Count
    growth_days: _Count
    crowd_messages: _Count
    crowd_clients: _Count
    crowd_share: Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]
    asked_recently_days: _Count
    week_days: _Count
    week_overdue_days: _Count
    feedback_again_days: _Count
