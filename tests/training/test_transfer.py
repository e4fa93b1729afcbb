"""Messages of another kind are read from files as others write them."""

import json
from pathlib import Path
from typing import Any

from model.registry import Registry
from training.transfer import judge_file

RECORD: dict[str, Any] = {
    "id": "x-1", "sent_at": "2026-03-02T09:00:00+00:00", "subject": "cover", "body": "Send it tomorrow.",
    "labels": [], "urgency": None, "urgency_claimed": None,
}  # fmt: skip


def test_what_ends_a_line_in_a_mail_ends_none_in_the_file(home: Path, tmp_path: Path) -> None:
    """U+2028 and its like stand in a JSON string as they are."""
    path = tmp_path / "other.jsonl"
    told = RECORD | {"body": "Send it tomorrow.\u2028Thanks\x85\u2029Ana"}
    path.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    triage = Registry(home / "models").champion()
    assert triage is not None
    (one,) = judge_file(path, triage)
    assert one.assessment.text == told["body"]
