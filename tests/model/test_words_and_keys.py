"""Short cuts of the hot path give what the long way gives: words cut as spaCy cuts them, keys found as by search."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

from model.columns import Ints
from model.pieces import Pieces
from model.places import Places

LEXICON = Path(__file__).parents[2] / "data" / "lexicon" / "words.txt"
ODD = "RM RMC MYRA Rpg Rp2 Id im U.S. e.g. etc. Mr. XD BMW don't CANNOT wanna a.m. 5km 3rd C++ ana-ana naïve".split()
MARKS = ("", ",", ";", ":", "!", "?", ".")


COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def _halves(token: str, listed: re.Pattern[str]) -> list[str]:
    return re.split("(-)", token) if listed.fullmatch(token) else [token]


def written(words: list[str]) -> Iterator[str]:
    """Words as people write them: small, with a capital, in capitals, with a mark after them."""
    for word in words:
        yield from (shape + mark for shape in {word, word.title(), word.upper()} for mark in MARKS)


@pytest.mark.parametrize(("lang", "code"), [("en", "en"), ("fil", "tl"), ("ms", "ms")])
def test_words_are_cut_as_spacy_cuts_them(lang: str, code: str) -> None:
    """Every word of the lexicon's sample, spaCy's own exceptions and odd ones, with and without a mark.

    But for its list of Malay compounds, which are cut at their hyphens.
    """
    tokenizer: Any = spacy.blank(code).tokenizer
    words = LEXICON.read_text(encoding="utf-8").split()[::25] + ODD
    exceptions = [rule for rule in tokenizer.rules if rule.isalpha()][:500]
    pieces = sorted(set(written(words + exceptions)))
    own = Pieces(10**9)
    numbers = own.numbers([pieces], [lang])
    listed = re.compile("|".join(re.escape(rule) for rule in tokenizer.rules if COMPOUND.fullmatch(rule)) or "(?!)")
    tokens = [[token.text for token in tokenizer(piece)] for piece in pieces]
    theirs = [[part.lower() for one in own for part in _halves(one, listed)] for own in tokens]
    first, counts = own.first[numbers], own.counts[numbers]
    ours = [[own.strings[type_] for type_ in own.types[a : a + n]] for a, n in zip(first, counts, strict=True)]
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("size", [0, 1, 3, 50_000])
def test_keys_are_found_as_by_search(size: int) -> None:
    """Each key has its place, whatever else is asked for has none."""
    random = np.random.default_rng(0)
    keys: Ints = np.unique(random.integers(0, 1 << 42, size))
    wanted = np.concatenate([random.permutation(keys), random.integers(-1, 1 << 42, 10_000), [-1, 0]])
    place = {key: number for number, key in enumerate(keys.tolist())}
    places = Places(keys)
    assert places.of(wanted).tolist() == [place.get(key, -1) for key in wanted.tolist()]
    for few in (wanted[:1], wanted[-60:], wanted[:90]):
        assert places.of(few).tolist() == [place.get(key, -1) for key in few.tolist()]


def test_keys_that_meet_in_one_slot_are_found_too() -> None:
    """With far more keys than usual in a small table, some share a slot: all are found nevertheless."""
    keys: Ints = np.arange(0, 1 << 20, 7, dtype=np.int64) ** 2
    places = Places(keys)
    assert np.array_equal(places.of(keys), np.arange(len(keys)))
    assert places.of(np.array([3], dtype=np.int64)).tolist() == [-1]
