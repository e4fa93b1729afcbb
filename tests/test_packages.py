"""The four package names are common words: they must be this project's, whatever else is installed."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["data", "model", "training", "service"])
def test_the_name_is_ours(name: str) -> None:
    """Importing the name gives the folder beside the tests."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / name
