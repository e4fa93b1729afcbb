"""Makes a tiny sentence encoder as sentence-transformers would save it: a real ONNX model and a real tokenizer."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

from model.lexicon import Floats

SPECIAL = ("[UNK]", "[CLS]", "[SEP]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Tiny:
    """The encoder's folder, its words and a vector for each of them."""

    folder: Path
    words: tuple[str, ...]
    table: Floats

    def states(self, text: str, most_tokens: int = 64) -> Floats:
        """What the model makes of a text's tokens, worked out by hand: each its vector plus the mean of all."""
        words = _WORD.findall(text)[: most_tokens - 2]
        numbers = [self.words.index(word) if word in self.words else 0 for word in ("[CLS]", *words, "[SEP]")]
        rows = self.table[numbers]
        return np.asarray(rows + rows.mean(axis=0), dtype=np.float32)


def tiny_encoder(
    folder: Path,
    texts: Iterable[str],
    *,
    dimension: int = 8,
    modules: Sequence[str] = ("Transformer", "Pooling", "Normalize"),
    pooling: dict[str, object] | None = None,
    texts_config: dict[str, object] | None = None,
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    output: str = "last_hidden_state",
    missing_rows: int = 0,
    seed: int = 0,
) -> Tiny:
    """Write one that knows the words of ``texts``; ``missing_rows`` are words for which the model has no vector."""
    words = (*SPECIAL, *sorted({word for text in texts for word in _WORD.findall(text)}))
    table = np.random.default_rng(seed).normal(size=(len(words), dimension)).astype(np.float32)
    (folder / "onnx").mkdir(parents=True)
    (folder / "1_Pooling").mkdir()
    _tokenizer(words).save(str(folder / "tokenizer.json"))
    onnx.save(_model(table[: len(words) - missing_rows], inputs, output), str(folder / "onnx" / "model.onnx"))
    paths = {"Transformer": "", "Pooling": "1_Pooling"}
    listed = [
        {"idx": n, "path": paths.get(name, f"{n}_{name}"), "type": f"models.{name}"} for n, name in enumerate(modules)
    ]
    _write(folder / "modules.json", listed)
    _write(folder / "1_Pooling" / "config.json", pooling or {"pooling_mode": "mean", "embedding_dimension": dimension})
    _write(folder / "sentence_bert_config.json", texts_config or {"max_seq_length": 64})
    return Tiny(folder, words, table)


def _model(table: Floats, inputs: Sequence[str], output: str) -> onnx.ModelProto:
    """Look each token up and add the mean of all that the mask lets through, so that what is filled up would show."""
    axes = ["batch", "tokens"]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs]
    made = helper.make_tensor_value_info(output, TensorProto.FLOAT, [*axes, table.shape[1]])
    constants: dict[str, npt.NDArray[Any]] = {
        "table": table,
        "last": np.array([2], dtype=np.int64),
        "tokens": np.array([1], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["numbers", "last"], ["mask"]),
        helper.make_node("Mul", ["rows", "mask"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "tokens"], ["total"]),
        helper.make_node("ReduceSum", ["mask", "tokens"], ["count"]),
        helper.make_node("Div", ["total", "count"], ["mean"]),
        helper.make_node("Add", ["rows", "mean"], [output]),
    ]
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", given, [made], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\w+"), "removed", invert=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.enable_padding(length=40, pad_id=0)  # as hub models come: kyp must not fill up
    return tokenizer


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
