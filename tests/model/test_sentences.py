"""Promises about where sentences end."""

import pytest

from model.text import Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A tokenizer for all tests here."""
    return Tokenizer()


@pytest.mark.parametrize(
    "sentences",
    [
        ["Please wire it to Sinar Sdn. Bhd. before noon.", "Thanks."],
        ["Pakidala po kay Engr. Cruz sa Sta. Maria.", "Salamat."],
        ["See No. 5 and p. 31 of vol. 2, approx. 40 pcs. of it.", "Is it done?", "No.", "Five are missing."],
        ["Call me at 3 p.m. on Friday.", "Ok.", "we wait."],
        ["1. fix the logo", "2. send it.", "then call"],
        ["It cost 20.", "We pay 15.", "3.", "Nothing else."],
    ],
)
def test_a_stop_after_a_short_form_or_a_list_number_ends_no_sentence(
    tokenizer: Tokenizer, sentences: list[str]
) -> None:
    """Titles go on with a name, "No." with a number, others in small letters; "1." goes with what it numbers."""
    list_lines = sentences[0].startswith("1.")
    text = ("\n" if list_lines else " ").join(sentences)
    tokens = tokenizer(["Before it. 7", text])
    starts, ends = (of[tokens.sentence_text == 1].tolist() for of in tokens.sentence_spans())
    assert [text[start:end] for start, end in zip(starts, ends, strict=True)] == sentences
