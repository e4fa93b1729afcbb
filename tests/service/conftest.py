"""Assessments made by hand, for what does not need a model."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.records import Assessment, Passage, Reason, Signal, Suggestion, Urgency
from data.taxonomy import LABELS, Label

Assessed = Callable[..., Assessment]


@pytest.fixture(scope="session")
def assessed() -> Assessed:
    """Make an assessment that bears ``labels``; keywords replace any field."""

    def make(message_id: str = "m1", labels: tuple[Label, ...] = (), **fields: Any) -> Assessment:
        text = "Did my message arrive? Copy me on every step."
        in_subject = (Passage(0, 6, "Drafts", "subject"),)
        quoted = (Passage(0, 22, text[:22]),)
        signals = tuple(
            Signal(label, 0.9312345 if label in labels else 0.02, label in labels, quoted if label in labels else ())
            for label in LABELS
        )
        strategy = Suggestion(
            id="set-boundaries", title="Set boundaries", advice="Say when you are there.", steps=("Name the hours",),
            reply="Hi {client_name}", avoid="Answering at night",
            because=(Reason("micro_managing", 0.93, ("Did my message arrive?",)), Reason(fact="outside working hours")),
        )  # fmt: skip
        whole: dict[str, Any] = {
            "id": message_id, "source": "api", "message_id": "<1@mail.example>", "client": "ana@brightloom.example",
            "sent_at": datetime(2026, 3, 5, 17, 42, tzinfo=UTC), "lang": "en", "subject": "Drafts", "text": text,
            "signals": signals, "model": "v1", "strategies": (strategy,), "more": ("stay-yourself",),
            "urgency": Urgency(2, (0.1, 0.2, 0.6, 0.1), True, 0.8, date(2026, 3, 6), in_subject),
        }  # fmt: skip
        return Assessment(**whole | fields)

    return make
