"""What tests of the service share."""

from pathlib import Path
from typing import Any

import pytest

from service.commands.score import Scoring, run
from service.rows import RowFormat
from tests.service.scored import Score, mail


@pytest.fixture
def score(home: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Score inputs into an output with the shared model."""
    monkeypatch.setenv("KYP_HOME", str(home))

    def score(out: Path | str, *inputs: Path | str, **options: Any) -> None:
        chosen = RowFormat.of(str(out))
        run(Scoring([str(name) for name in inputs], str(out), chosen, **options))

    return score


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """An mbox of 60 mails of one client."""
    path = tmp_path / "inbox.mbox"
    path.write_text("".join(mail(n) for n in range(60)))
    return path
