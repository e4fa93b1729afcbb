"""What a model learns from: the shipped data stay in unless told otherwise, own labels are marked, scarcity is told."""

import json
from pathlib import Path

import pytest

from data.datasets import load, shipped, to_record
from data.errors import InputError
from data.records import LabelledMessage
from training.recipe import ENOUGH, Recipe

Shipped = tuple[LabelledMessage, ...]


@pytest.fixture
def own(all_shipped: Shipped, tmp_path: Path) -> Path:
    """Three records of one's own."""
    path = tmp_path / "own.jsonl"
    records = [to_record(one) | {"id": f"mine{n}"} for n, one in enumerate(all_shipped[:3])]
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def test_the_shipped_data_stay_in(own: Path, all_shipped: Shipped) -> None:
    """Own files come beside them, and are marked as users' labels."""
    recipe = Recipe.of([own])
    assert recipe.own == 3
    assert recipe.mixed
    assert len(recipe.messages) == len(all_shipped) + 3
    assert [bool(one.annotators) for one in recipe.messages if one.id.startswith("mine")] == [True] * 3


def test_only_mine_leaves_them_out(own: Path) -> None:
    """Nothing but the files given."""
    assert [one.id for one in Recipe.of([own], with_shipped=False).messages] == ["mine0", "mine1", "mine2"]


def test_a_shipped_file_given_by_name_is_not_taken_twice(all_shipped: Shipped) -> None:
    """`kyp train data/labelled/en.jsonl` learns from the shipped data once."""
    recipe = Recipe.of([shipped()[0], shipped()[0]])
    assert (recipe.own, len(recipe.messages)) == (0, len(all_shipped))


def test_the_store_s_labels_take_the_place_of_a_file_s(own: Path) -> None:
    """The same message in both is learnt as the store has it."""
    later = load([own])[0]
    recipe = Recipe.of([own], [later], with_shipped=False)
    assert len(recipe.messages) == 3


def test_what_is_scarce_is_told(own: Path) -> None:
    """Labels with too few examples in a language that occurs, as a sentence; the shipped data have enough."""
    assert f"English take_over: 0 of {ENOUGH} examples" in Recipe.of([own], with_shipped=False).scarce()
    assert not Recipe.of().scarce()


def test_nothing_to_learn_from_says_what_to_give() -> None:
    """An empty recipe names the ways out."""
    with pytest.raises(InputError, match="--from-store"):
        Recipe.of(with_shipped=False)
