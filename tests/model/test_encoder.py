"""The optional sentence encoder: vectors as worked out by hand, folders of no use, models that miss theirs."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import ArtifactError, InputError, MissingExtra
from model.encoder import Encoder, find
from model.features import Vocabulary
from model.lexicon import Floats, load_lexicon
from model.reader import Reader
from model.space import ENCODER_WEIGHT, MESSAGE_BLOCKS, VECTOR_WEIGHT, Design, Level
from model.text import Tokenizer
from tests.tiny_encoder import Tiny, tiny_encoder

TEXTS = ("Copy me on every step.", "Thank you.", "When will it be done? Copy me on it.", "Thank you.", "unheard-of")
_NONE = np.zeros(0, dtype=np.int64)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """An encoder that knows the words of the texts but the last."""
    return tiny_encoder(tmp_path / "tiny", TEXTS[:4])


def unit(vector: Floats) -> Floats:
    """At length one."""
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def old_style(*on: str) -> dict[str, object]:
    """The pooling's settings as older releases of sentence-transformers write them."""
    ways = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    return {f"pooling_mode_{way}": way in on for way in ways}


def test_the_mean_of_the_tokens_brought_to_unit_length(tiny: Tiny) -> None:
    """As sentence-transformers does: the mean over all tokens, the special ones included, then normalised."""
    vectors = Encoder(tiny.folder).encode(TEXTS)
    wanted = [unit(tiny.states(text).mean(axis=0)) for text in TEXTS]
    assert np.allclose(vectors, wanted, atol=1e-6)
    assert vectors.dtype == np.float32


@pytest.mark.parametrize("pooling", [{"pooling_mode": "cls"}, old_style("cls_token")])
def test_the_first_token_alone_without_normalisation(tmp_path: Path, pooling: dict[str, object]) -> None:
    """The other pooling, in the words of old releases and of new ones; scaled only where a module asks for it."""
    tiny = tiny_encoder(tmp_path / "tiny", TEXTS, modules=("Transformer", "Pooling"), pooling=pooling)
    vectors = Encoder(tiny.folder).encode(TEXTS)
    assert np.allclose(vectors, [tiny.states(text)[0] for text in TEXTS], atol=1e-6)


def test_old_and_new_words_for_the_mean_come_to_the_same(tiny: Tiny, tmp_path: Path) -> None:
    """Saving an encoder anew by a later release does not change which encoder it is."""
    old = tiny_encoder(tmp_path / "old", TEXTS[:4], pooling=old_style("mean_tokens"))
    one, other = Encoder(tiny.folder), Encoder(old.folder)
    assert one.mark.fingerprint == other.mark.fingerprint
    assert (one.mark.name, one.mark.dimension) == ("tiny", 8)


def test_a_vector_does_not_depend_on_what_else_is_encoded(tiny: Tiny) -> None:
    """Alone, in another order, beside many or on two threads: the very same numbers."""
    encoder = Encoder(tiny.folder)
    together = encoder.encode(TEXTS)
    assert np.array_equal(together, np.vstack([encoder.encode([text]) for text in TEXTS]))
    many = [" ".join(["Copy", "me", "on", "it"][: 1 + n % 4]) for n in range(200)]
    assert np.array_equal(encoder.encode([*many, *TEXTS])[200:], together)
    assert np.array_equal(Encoder(tiny.folder, threads=2).encode(TEXTS[::-1])[::-1], together)
    assert np.array_equal(together[1], together[3])


def test_nothing_to_encode_gives_no_rows(tiny: Tiny) -> None:
    """A batch without a sentence is no error."""
    assert Encoder(tiny.folder).encode([]).shape == (0, 8)


@pytest.mark.parametrize(
    ("texts_config", "tokenizer_config", "most"),
    [
        ({"max_seq_length": 6}, {"model_max_length": 9}, 6),
        ({"transformer_task": "feature-extraction"}, {"model_max_length": 9}, 9),
        ({"max_seq_length": None}, {"model_max_length": 10**30}, 256),
    ],
)
def test_a_long_sentence_is_cut(
    tmp_path: Path, texts_config: dict[str, object], tokenizer_config: dict[str, object], most: int
) -> None:
    """At the number of tokens that the folder says, by its old file or its new one, special ones counted in."""
    tiny = tiny_encoder(tmp_path / "tiny", TEXTS, texts_config=texts_config)
    (tiny.folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    text = "Copy me on every step and then " * 60
    (vector,) = Encoder(tiny.folder).encode([text])
    assert np.allclose(vector, unit(tiny.states(text, most).mean(axis=0)), atol=1e-6)
    assert not np.allclose(vector, unit(tiny.states(text, most + 1).mean(axis=0)), atol=1e-6)


def test_texts_are_lowered_where_the_folder_says_so(tmp_path: Path) -> None:
    """Some older encoders leave that to the program."""
    tiny = tiny_encoder(tmp_path / "tiny", ["copy me"], texts_config={"do_lower_case": True})
    one, other = Encoder(tiny.folder).encode(["Copy ME", "copy me"])
    assert np.array_equal(one, other)


def test_a_model_without_token_types_is_given_none(tmp_path: Path) -> None:
    """Not all kinds of transformers take them."""
    tiny = tiny_encoder(tmp_path / "tiny", TEXTS, inputs=("input_ids", "attention_mask"), output="token_embeddings")
    (vector,) = Encoder(tiny.folder).encode(TEXTS[:1])
    assert np.allclose(vector, unit(tiny.states(TEXTS[0]).mean(axis=0)), atol=1e-6)


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (shutil.rmtree, "there is no folder"),
        (lambda folder: (folder / "modules.json").unlink(), r"modules\.json is missing"),
        (lambda folder: (folder / "modules.json").write_text("[{}]"), r"modules\.json does not list"),
        (lambda folder: (folder / "onnx" / "model.onnx").unlink(), r"lacks onnx/model\.onnx: .*backend=\"onnx\""),
        (lambda folder: (folder / "onnx" / "model.onnx").write_bytes(b"half"), r"model\.onnx cannot be loaded"),
        (lambda folder: (folder / "tokenizer.json").unlink(), r"lacks tokenizer\.json"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), r"tokenizer\.json cannot be loaded"),
        (lambda folder: (folder / "1_Pooling" / "config.json").unlink(), r"1_Pooling/config\.json is missing"),
        (
            lambda folder: (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "lasttoken"}'),
            "the pooling lasttoken: kyp knows mean and cls",
        ),
        (
            lambda folder: (folder / "1_Pooling" / "config.json").write_text(
                json.dumps(old_style("mean_tokens", "max_tokens"))
            ),
            "pooling_mode_mean_tokens, pooling_mode_max_tokens",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(tiny: Tiny, change: Change, complaint: str) -> None:
    """What is missing, broken or unknown is named."""
    change(tiny.folder)
    with pytest.raises(InputError, match=complaint):
        Encoder(tiny.folder)


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        ({"modules": ("Transformer", "Pooling", "Dense")}, "made of Transformer, Pooling, Dense: kyp knows"),
        ({"inputs": ("input_ids", "attention_mask", "pixel_values")}, "wants pixel_values: kyp gives"),
        ({"output": "logits"}, "gives logits: kyp takes last_hidden_state or token_embeddings"),
        ({"missing_rows": 5}, r"model\.onnx cannot encode a text"),
    ],
)
def test_an_encoder_of_another_make_says_why(tmp_path: Path, made: dict[str, Any], complaint: str) -> None:
    """Another module, input or output than kyp knows, and a tokenizer that knows more words than the model."""
    tiny = tiny_encoder(tmp_path / "tiny", ["Thank you very much, as ever"], **made)
    with pytest.raises(InputError, match=complaint):
        Encoder(tiny.folder)


@pytest.mark.parametrize("module", ["onnxruntime", "tokenizers"])
def test_the_missing_extra_is_named(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Without the optional packages the message says what to install; a model that needs them cannot be used."""
    mark = Encoder(tiny.folder).mark
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"needs {module}: install kyp\[encoder\]"):
        Encoder(tiny.folder)
    with pytest.raises(ArtifactError, match=r"install kyp\[encoder\]"):
        find(mark, None)


def test_an_encoder_is_told_by_what_it_holds(tiny: Tiny, tmp_path: Path) -> None:
    """A copy elsewhere is the same; other weights, another tokenizer or another length is another."""
    mark = Encoder(tiny.folder).mark
    copy = Path(shutil.copytree(tiny.folder, tmp_path / "copy"))
    assert Encoder(copy).mark == replace(mark, name="copy", folder=str(copy))
    others = [
        tiny_encoder(tmp_path / "weights", TEXTS[:4], seed=1),
        tiny_encoder(tmp_path / "words", [*TEXTS[:4], "one more"]),
        tiny_encoder(tmp_path / "length", TEXTS[:4], texts_config={"max_seq_length": 63}),
    ]
    assert mark.fingerprint not in {Encoder(other.folder).mark.fingerprint for other in others}


def test_weights_that_lie_apart_are_looked_at_too(tiny: Tiny) -> None:
    """Large models keep them in a file beside; a change there is a change of the encoder."""
    before = Encoder(tiny.folder).mark
    (tiny.folder / "onnx" / "model.onnx_data").write_bytes(b"weights")
    assert Encoder(tiny.folder).mark != before


def test_a_model_finds_its_encoder_where_it_lies_now_or_lay(tiny: Tiny, tmp_path: Path) -> None:
    """In the folder that is set, else where it was in training; where it is in neither, the error says what to do."""
    mark = Encoder(tiny.folder).mark
    other = tiny_encoder(tmp_path / "other", TEXTS, seed=1)
    assert find(mark, None).mark == mark
    assert find(mark, other.folder).mark == mark
    moved = tiny.folder.rename(tmp_path / "moved")
    assert find(mark, moved).mark.fingerprint == mark.fingerprint
    with pytest.raises(ArtifactError, match=r"encoder tiny, .*there is no folder .*tiny.*KYP_ENCODER.*kyp train"):
        find(mark, None)
    with pytest.raises(ArtifactError, match=r"other holds another encoder than the model was learnt with"):
        find(mark, other.folder)


def test_sentences_and_messages_get_their_vectors(tiny: Tiny) -> None:
    """A sentence its own, a message the direction of its sentences' mean; each block has its length in a row."""
    encoder, lexicon = Encoder(tiny.folder), load_lexicon()
    vocabulary = Vocabulary(("me",), _NONE, _NONE, (), _NONE, (), _NONE)
    weights = np.ones(len(lexicon.vectors), dtype=np.float32)
    reader = Reader(Tokenizer(), vocabulary, lexicon, weights, encoder)
    reading = reader.read(["", "Thank you", ""], [TEXTS[2], TEXTS[0], ""])
    told = encoder.encode(["When will it be done?", "Copy me on it.", "Thank you", TEXTS[0]])
    assert reading.sentences.encoded is not None
    assert reading.messages.encoded is not None
    assert np.array_equal(reading.sentences.encoded, told)
    assert np.allclose(reading.messages.encoded, [told[0] + told[1], told[2] + told[3], np.zeros(8)], atol=1e-6)
    design = Design.of(reading.messages, Level.learn(reading.messages, MESSAGE_BLOCKS))
    own, words = design.vectors[:, -8:], design.vectors[:, :-8]
    assert np.allclose(np.linalg.norm(own, axis=1), [ENCODER_WEIGHT, ENCODER_WEIGHT, 0], atol=1e-5)
    assert np.allclose(np.linalg.norm(words, axis=1), [VECTOR_WEIGHT, VECTOR_WEIGHT, 0], atol=1e-5)
    assert np.allclose(own[0], unit(told[0] + told[1]) * ENCODER_WEIGHT, atol=1e-5)
