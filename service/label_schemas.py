"""What HTTP takes and gives of corrections, as pydantic models."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool, model_validator

from data.context import Day
from data.labels.opinion import SILENT, Opinion
from data.taxonomy import LABELS, Label
from service.schemas import Slug, StrictInput, Text

YOU = "me"
_LIKE_A_LABEL = re.compile(r"[a-z_-]{1,40}")  # other words are not repeated: they may be a mail's
_Passages = Annotated[list[Annotated[Text, Field(min_length=1, max_length=2000)]], Field(min_length=1, max_length=3)]


_ONE_SPEAKS: list[JsonValue] = [
    {"required": ["labels"], "properties": {"labels": {"anyOf": [{"type": "array"}, {"minProperties": 1}]}}},
    {"required": ["urgency"], "properties": {"urgency": {"type": "integer"}}},
    {"required": ["urgency_claimed"], "properties": {"urgency_claimed": {"type": "boolean"}}},
    {"required": ["deadline"]},
]


def _whole(number: object) -> object:
    """JSON knows one kind of number: 1.0 is a whole one too."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _known(names: object) -> object:
    """Refuse in words what is no label, in an object's keys or in a list."""
    for name in names if isinstance(names, dict | list) else ():
        if name not in LABELS:
            told = repr(name) if isinstance(name, str) and _LIKE_A_LABEL.fullmatch(name) else "what stands there"
            raise ValueError(f"{told} is no label; there are {', '.join(LABELS)}")
    return names


def _spoken_of(labels: object) -> object:
    """Refuse what is neither form; of two that both fail, pydantic would tell both by its own names for them."""
    if not isinstance(labels, dict | list):
        raise ValueError("give an object of labels with true or false, or a list of the labels that hold")
    if isinstance(labels, dict) and not all(isinstance(held, bool) for held in labels.values()):
        raise ValueError("give true or false for each label")
    return labels


class OpinionIn(StrictInput):
    """What a person says of a message; what is left out is not spoken of.

    ``labels`` is an object of names with true or false (others are not spoken of), or a list of all labels that hold
    (all others do not).
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": _ONE_SPEAKS})

    labels: Annotated[dict[Label, StrictBool] | list[Label], BeforeValidator(_spoken_of), BeforeValidator(_known)] = (
        Field(default_factory=dict)
    )
    evidence: Annotated[dict[Label, _Passages], BeforeValidator(_known)] = Field(
        default_factory=dict, description="verbatim passages of subject or text"
    )
    urgency: Annotated[int, Field(ge=0, le=3, strict=True), BeforeValidator(_whole)] | None = None
    urgency_claimed: StrictBool | None = None
    deadline: Day | None = Field(None, description="null says that there is none; left out, nothing is said of it")
    annotator: Annotated[Slug, Field(max_length=100)] | None = Field(
        None, description="who says so; the name of the access token where left out"
    )

    @model_validator(mode="after")
    def _says_something(self) -> "OpinionIn":
        if self.opinion().silent:
            raise ValueError(SILENT)
        return self

    def opinion(self, sender: str | None = None) -> Opinion:
        """The same as the inside knows it; ``sender`` says so where the body names nobody."""
        told = self.labels
        return Opinion(
            annotator=(self.annotator or "").strip() or sender or YOU,
            labels=dict(told) if isinstance(told, dict) else {label: label in told for label in LABELS},
            evidence={label: tuple(passages) for label, passages in self.evidence.items()},
            urgency=self.urgency,
            urgency_claimed=self.urgency_claimed,
            deadline=self.deadline,
            deadline_told="deadline" in self.model_fields_set,
        )


class SaidOut(BaseModel):
    """What the model had said."""

    model: str
    labels: list[Label]
    urgency: int
    urgency_claimed: bool
    deadline: date | None


class CorrectionOut(BaseModel):
    """One correction; a key that is left out was not spoken of. ``current`` ones are each person's latest."""

    annotator: str
    given_at: datetime
    labels: dict[Label, bool]
    evidence: dict[Label, list[str]] | None = None
    urgency: int | None = None
    urgency_claimed: bool | None = None
    deadline: date | None = None
    said: SaidOut
    current: bool


class LabelsOut(BaseModel):
    """What people say of a message: what it comes to (null where unsettled), and every correction, oldest first."""

    message_id: str
    labels: dict[Label, bool | None]
    evidence: dict[Label, list[str]]
    urgency: int | None
    urgency_claimed: bool | None
    deadline: date | None
    unsure: list[str]
    corrections: list[CorrectionOut]
