"""Promises of tokens, counts and scores: offsets are verbatim, a batch is read as its mails one by one, tables end."""

import numpy as np
import pytest

from model.columns import Columns, spread
from model.features import TypeTable, Vocabulary, count, learn_vocabulary
from model.layers import SILENT, gather, levels, ordered
from model.lexicon import Lexicon, Vectors
from model.reader import Reader, joined
from model.space import MESSAGE_BLOCKS, Design, Level
from model.spelling import Written
from model.text import MAX_CHARACTERS, Tokenizer, Tokens
from tests.spelled import spelled

TEXTS = (
    "Hi Ana, can't you send it TODAY?  Please: we're waiting!",
    "",
    "Kumusta po, pakipadala ang logo bukas.\n\n  Salamat po :)",
    'He said "Stop." (really…) and left\nthe room. Mail me: x@y.example!',
    "Tolong hantar laporan itu sebelum Jumaat\tya.\r\nTerima kasih \u200b😀 İstanbul",
    "   \n\n",
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """A handful of words."""
    words = ("send", "logo", "please", "waiting", "hantar")
    vectors = np.random.default_rng(0).normal(size=(len(words), 4)).astype(np.float32)
    rows = {word: row for row, word in enumerate(words)}
    return Lexicon({"hantar": "send", "pakipadala": "send"}, rows, Vectors(vectors, np.ones(4, dtype=np.float32)))


@pytest.fixture(scope="module")
def loaded() -> Tokenizer:
    """A tokenizer of usual room: spaCy takes a second to make one."""
    return Tokenizer()


@pytest.fixture
def tokenizer(loaded: Tokenizer) -> Tokenizer:
    """The same, with nothing remembered."""
    loaded.forget()
    return loaded


@pytest.fixture(scope="module")
def little() -> Tokenizer:
    """A tokenizer that is full early."""
    return Tokenizer(most=200)


@pytest.fixture(scope="module")
def vocabulary(lexicon: Lexicon, loaded: Tokenizer) -> Vocabulary:
    """Everything that stands in the texts."""
    tokenizer = loaded
    return learn_vocabulary(tokenizer(TEXTS), tokenizer.strings, lexicon, rare=1, rare_grams=1)


def told(tokens: Tokens, strings: list[str], number: int) -> list[tuple[str, int, int, bool]]:
    """The tokens of one text of a batch."""
    own = np.flatnonzero(tokens.text == number).tolist()
    return [(strings[tokens.types[i]], int(tokens.starts[i]), int(tokens.ends[i]), bool(tokens.upper[i])) for i in own]


def test_offsets_are_verbatim(tokenizer: Tokenizer) -> None:
    """A token's characters, in lower case, are its type; all that is left out is white space."""
    tokens = tokenizer(TEXTS)
    for number, text in enumerate(TEXTS):
        own = told(tokens, list(tokenizer.strings), number)
        assert [text[start:end].lower() for _, start, end, _ in own] == [string for string, *_ in own]
        assert "".join(text[start:end] for _, start, end, _ in own) == "".join(text.split())
    assert ("today", 26, 31, True) in told(tokens, list(tokenizer.strings), 0)


def test_a_batch_is_tokenised_as_its_texts_one_by_one(tokenizer: Tokenizer, little: Tokenizer) -> None:
    """Tokens and sentences do not depend on what else is in the batch, nor on what was read before."""
    together, alone = tokenizer, little
    batch = together(TEXTS)
    for number, text in enumerate(TEXTS):
        single = alone([text])
        assert told(batch, list(together.strings), number) == told(single, list(alone.strings), 0)
        of_batch = batch.sentence[batch.text == number]
        assert np.array_equal(of_batch - of_batch[:1], single.sentence)


def test_exceptions_of_the_language_hold(tokenizer: Tokenizer) -> None:
    """English contractions are parted, marks are parted from words, and addresses stay whole."""
    words = [string for string, *_ in told(tokenizer(TEXTS[:4]), list(tokenizer.strings), 0)]
    assert words[3:6] == ["ca", "n't", "you"]
    assert "x@y.example" in tokenizer.strings


def test_sentences_end_at_stops_and_empty_lines_only(tokenizer: Tokenizer) -> None:
    """A stop with its closing quote, or an empty line, ends a sentence; a wrapped line does not."""
    long = "this line is wrapped by a mail program of the last century\nand goes on"
    tokens = tokenizer(['He said "Stop." Then\n\nnothing', long])
    assert np.bincount(tokens.sentence_text).tolist() == [3, 1]


def test_a_long_text_is_cut(tokenizer: Tokenizer) -> None:
    """Nothing beyond ``MAX_CHARACTERS`` is read."""
    assert tokenizer(["word " * MAX_CHARACTERS]).ends.max() <= MAX_CHARACTERS


def test_a_tokenizer_says_when_it_is_full_and_starts_anew(tokenizer: Tokenizer, little: Tokenizer) -> None:
    """What is remembered is bounded, and after forgetting the same text has the same tokens."""
    little.forget()
    assert not little.full
    little([" ".join(f"word{number}" for number in range(250))])
    assert little.full
    little.forget()
    assert not little.full
    again = little(TEXTS[:1])
    assert told(again, list(little.strings), 0) == told(tokenizer(TEXTS[:1]), list(tokenizer.strings), 0)


def test_long_strings_fill_a_tokenizer_earlier(little: Tokenizer) -> None:
    """Few pieces of many letters are forgotten too."""
    little.forget()
    little(["a" * 6000])
    assert little.full


def test_a_reader_never_holds_more_than_its_bound(
    lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer, little: Tokenizer
) -> None:
    """Ever new words leave the tables bounded, and a mail read afterwards is counted as by a fresh reader."""
    weights = np.ones(5, dtype=np.float32)
    small = Reader(little, vocabulary, lexicon, weights)
    for batch in range(20):
        small.read([""], [" ".join(f"new{batch}x{number}" for number in range(50))])
        assert len(small.tokenizer.strings) <= 200 + 60
    fresh = Reader(tokenizer, vocabulary, lexicon, weights)
    ours, theirs = small.read([""], [TEXTS[0]]), fresh.read([""], [TEXTS[0]])
    assert np.array_equal(ours.page.words, theirs.page.words)
    assert (ours.messages.ngrams.wide != theirs.messages.ngrams.wide).nnz == 0


def test_counts_are_those_of_the_words(lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """A word that stands twice counts twice for its text and once in each sentence; vectors are summed."""
    reader = Reader(tokenizer, vocabulary, lexicon, np.ones(5, dtype=np.float32))
    reading = reader.read(["Logo"], ["Send it. Please send it."])
    column = vocabulary.words.index("send")
    assert reading.messages.ngrams.wide[:, column].toarray().tolist() == [[2.0]]
    assert reading.sentences.ngrams.wide[:, column].toarray().ravel().tolist() == [0.0, 1.0, 1.0]
    expected = lexicon.vectors[np.array([lexicon.rows["logo"], 0, 0, 2])].sum(axis=0)
    assert np.allclose(reading.messages.vectors[0], expected, atol=1e-6)


def test_windows_are_counted_as_sentences_of_their_own(
    lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer
) -> None:
    """What stands around a place is counted like a sentence of these words; sentences and texts do not change by it."""
    reader = Reader(tokenizer, vocabulary, lexicon, np.ones(5, dtype=np.float32))
    text = "Thank you. Please send it today, the logo is late."
    page = reader.tokenise(["Logo", ""], [text, "It is late."])
    place = len("Logo\n") + text.index("it")
    both = reader.count(page, page.tokens.around(np.array([0]), np.array([place]), 1))
    alone, window = reader.count(page), reader.read([""], ["send it today"]).sentences
    assert len(both.passages.ngrams) == len(alone.passages.ngrams) + 1
    for own, other in ((both.sentences, alone.sentences), (both.messages, alone.messages), (both.windows, window)):
        assert (own.ngrams.wide != other.ngrams.wide).nnz == 0
        assert np.array_equal(own.vectors, other.vectors)


def test_pairs_do_not_cross_sentences(lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """Word pairs are counted within a sentence only; its opening forms one with its first word."""
    table = TypeTable(vocabulary, lexicon)
    tokens = tokenizer(["send it", "send\n\nit"])
    table.update(tokenizer.strings)
    learnt = learn_vocabulary(tokens, tokenizer.strings, lexicon, rare=1)
    own = TypeTable(learnt, lexicon)
    own.update(tokenizer.strings)
    _, texts = count(tokens, tokens, learnt, own, lexicon.vectors)
    pairs = texts.ngrams.wide[:, len(learnt.words) : learnt.sizes[0]].toarray().tolist()
    inside, *openings = zip(*pairs, strict=True)
    assert inside == (1.0, 0.0)
    assert sorted(openings) == [(0.0, 1.0), (1.0, 1.0)]  # "it" opens the last sentence, "send" one of each text


def test_a_batch_is_weighed_as_its_texts_one_by_one(
    lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer
) -> None:
    """Designs do not depend on what else is in the batch, and every block of a row has its length."""
    reader = Reader(tokenizer, vocabulary, lexicon, np.ones(5, dtype=np.float32))
    batch = reader.read([""] * len(TEXTS), TEXTS)
    level = Level.learn(batch.messages, MESSAGE_BLOCKS)
    together = Design.of(batch.messages, level)
    for number, text in enumerate(TEXTS):
        alone = Design.of(reader.read([""], [text]).messages, level)
        assert np.allclose(together.matrix[number].toarray(), alone.matrix.toarray(), atol=1e-6)
    words = np.asarray(together.ngrams.wide[0, : sum(vocabulary.sizes[:1])].toarray())
    assert np.linalg.norm(words) == pytest.approx(1.0, abs=1e-5)


def test_gathered_scores_are_highest_second_and_mean(tokenizer: Tokenizer) -> None:
    """Each text's sentence scores are summed up; a text without sentences is silent."""
    tokens = tokenizer(["One. Two. Three.", "", "Four."])
    scores = np.array([[0.5], [2.0], [-1.0], [0.25]], dtype=np.float32)
    assert np.allclose(gather(scores, tokens), [[2.0, 0.5, 0.5], [SILENT, SILENT, SILENT], [0.25, SILENT, 0.25]])


def test_levels_sum_to_one() -> None:
    """Whatever three heads say, the levels' probabilities are none below zero and sum to one."""
    exceeds = ordered(np.array([[0.3, 0.6, 0.1], [0.9, 0.2, 0.4]], dtype=np.float32))
    assert np.allclose(levels(exceeds).sum(axis=1), 1.0)
    assert (levels(exceeds) >= 0).all()


def test_what_stands_around_a_place_is_a_sentence_of_its_own(tokenizer: Tokenizer) -> None:
    """A few tokens on either side, of its own sentence only, also where a text has none or a place is a blank."""
    texts = ["We met Ana. Please send it by Thursday, I am away! Thanks.", "", "By noon"]
    tokens = tokenizer(texts)
    numbers, places = np.array([0, 0, 0, 2]), np.array([texts[0].index(w) for w in ("Thursday", "met", "Thanks")] + [2])
    windows = tokens.around(numbers, places, 2)
    own = [[tokenizer.strings[t] for t in windows.types[windows.sentence == n].tolist()] for n in range(4)]
    assert own == [["it", "by", "thursday", ",", "i"], ["we", "met", "ana", "."], ["thanks", "."], ["by", "noon"]]
    spans = zip(*(ends.tolist() for ends in windows.sentence_spans()), strict=True)
    assert [texts[n][start:end] for n, (start, end) in zip(numbers.tolist(), spans, strict=True)] == [
        "it by Thursday, I",
        "We met Ana.",
        "Thanks.",
        "By noon",
    ]
    assert windows.text.tolist() == [0] * 11 + [2] * 2
    assert len(tokens.around(numbers[:0], places[:0], 2).types) == 0


MAILS = (
    ("Logo", "Send it by Friday, please."),
    ("", "Two things:\n\n1. the logo by 9 a.m.\n2. the rest\n\nThanks"),
    ("  Re: plan ", "\n\n - one item\n - and another, on Sun\n\n\nsun and sat for sat Sat"),
    ("Meeting", ""),
    ("", ""),
    ("Linggo", "sa linggo po, bago mag-Linggo; 3 linggo. Tom asks: tom?"),
    ("\n", "İstanbul at 5pm — see «x»"),
    ("by Friday " + MAX_CHARACTERS * "a", "never read"),
)


def test_a_batch_is_spelled_as_its_mails_one_by_one(
    lexicon: Lexicon, vocabulary: Vocabulary, tokenizer: Tokenizer
) -> None:
    """Codes, words and their places in subject and text, remembered or new; white space before a text is no word."""
    reader = Reader(tokenizer, vocabulary, lexicon, np.ones(5, dtype=np.float32))
    subjects, texts = zip(*MAILS, strict=True)
    for _ in range(2):
        batch = reader.written(reader.tokenise(subjects, texts))
        for (subject, text), both in zip(MAILS, batch, strict=True):
            alone = spelled(subject[:MAX_CHARACTERS], text[: max(MAX_CHARACTERS - len(subject) - 1, 0)])
            for part, own in zip(both, alone, strict=True):
                assert (part.codes, part.words) == (
                    own.codes.lstrip("|"),
                    own.words[len(own.codes) - len(part.codes) :],
                )
                for place, word in enumerate(part.words):
                    if word != "\n":
                        start = part.start(place)
                        assert joined(subject, text)[start : start + len(word)].lower() == word.lower()


def test_a_line_break_before_a_list_item_is_a_word() -> None:
    """So is a blank line; a mere line end is none, nor a number that opens no item."""
    text = Written.of("a\n- b\n2 c\n\nd\n3) e")
    assert text.words == ["a", "\n", "-", "b", "2", "c", "\n", "d", "\n", "3", ")", "e"]
    assert len(text.codes) == len(text.words)


@pytest.mark.parametrize(
    ("text", "codes"),
    [("on Sat", "~W"), ("sat down", "__"), ("by sat", "bW"), ("for sun", "_W"), ("tom", "T"), ("Tom", "_")],
)
def test_a_word_that_is_a_day_only_sometimes(text: str, codes: str) -> None:
    """Its capital tells, and the word before it."""
    assert Written.of(text).codes == codes


def test_columns_grow_and_keep_their_rows() -> None:
    """Rows stay what they were while the table grows, and runs of it can be spread."""
    table = Columns(2)
    for number in range(3000):
        table.append_flat((number, 2 * number))
    assert len(table) == 3000
    assert np.array_equal(table[1], 2 * np.arange(3000))
    places, run = spread(np.array([5, 0, 7]), np.array([2, 0, 1]))
    assert (places.tolist(), run.tolist()) == ([5, 6, 7], [0, 0, 2])
