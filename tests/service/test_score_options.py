"""The options of `kyp score`: what they take, and what they refuse by name."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands.score import Scoring

Score = Callable[..., Result]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Scoring]:
    """What `kyp score` asks for, in place of doing it."""
    held: list[Scoring] = []
    monkeypatch.setattr("service.commands.score.run", held.append)
    return held


def score(*words: Any) -> Result:
    """Call it."""
    return CliRunner().invoke(app, ["score", "x.mbox", *map(str, words)])


@pytest.mark.parametrize(
    "given",
    ["Tomas@Studio.Example", " tomas@studio.example ", "Tomas Reyes <TOMAS@studio.example>", "<tomas@studio.example>",
     '"Reyes, Tomas" <tomas@studio.example>'],
)  # fmt: skip
def test_an_own_address_is_taken_out_of_its_name(asked: list[Scoring], given: str) -> None:
    """As a mail program shows it, in small letters or capitals."""
    assert score("--me", given, "--me", "t@home.example").exit_code == 0
    assert asked[0].own == {"tomas@studio.example", "t@home.example"}


@pytest.mark.parametrize(
    "given", ["tomas", "", "@studio.example", "Tomas <>", "a@x.example, b@x.example", "a@x.example b", "a@b@x.example"]
)
def test_what_is_no_address_is_refused(asked: list[Scoring], given: str) -> None:
    """It would leave nothing out, without a word."""
    done = score("--me", given)
    assert (done.exit_code, asked) == (2, [])
    assert f"--me {given}" in done.output.replace("│", "")


@pytest.mark.parametrize("given", ["2", "1", "0", "-0.1", "nan"])
def test_a_prior_that_is_no_share_is_named_as_it_was_given(asked: list[Scoring], given: str) -> None:
    """By the option, not by the setting that it stands for."""
    done = score("--prior", given)
    assert (done.exit_code, asked) == (2, [])
    assert f"--prior {given} is no share" in done.output


def test_help_names_the_kinds_that_are_read() -> None:
    """All of them, Outlook's too."""
    told = CliRunner().invoke(app, ["score", "--help"], env={"COLUMNS": "200"}).output
    assert all(f"{kind}," in told for kind in ("eml", "msg", "pst", "zip", "jsonl", "csv", "Maildir"))
