"""An optional sentence encoder (``kyp[encoder]``): texts → vectors, by ONNX Runtime on the processor.

A model that was learnt without one imports nothing of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from data.errors import ArtifactError, InputError, KypError, MissingExtra
from model.encoder_folder import EncoderFolder
from model.lexicon import Floats
from model.text import Ints

_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_OUTPUTS = ("last_hidden_state", "token_embeddings")  # as transformers and as sentence-transformers name it
_BATCH = 32  # texts of one length: more are no faster on a processor
_ERRORS_ONLY = 3


class SentenceEncoder(Protocol):
    """Whatever gives vectors for sentences."""

    def encode(self, sentences: Sequence[str]) -> Floats:
        """Vectors of shape (sentences, dimension)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which encoder a model was learnt with; ``folder`` is where it lay."""

    name: str
    dimension: int
    fingerprint: str
    folder: str


class Encoder:
    """A sentence-transformers model in ONNX form; may be shared by threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load it, to work with so many ``threads``.

        Raises:
            MissingExtra: ``kyp[encoder]`` is not installed.
            InputError: the folder does not hold an encoder that kyp can use.
        """
        self._own = EncoderFolder.read(folder)
        tokenizers, onnxruntime = _extra("tokenizers", folder), _extra("onnxruntime", folder)
        self._tokenizer = _tokenizer(tokenizers, self._own)
        self._session = _session(onnxruntime, self._own.model, threads)
        self._inputs = [one.name for one in self._session.get_inputs()]
        self._output = _output(self._session, self._inputs, self._own.model)
        place = folder.resolve()
        self.mark = Mark(place.name, self._probe(), self._own.fingerprint(), str(place))

    def encode(self, sentences: Sequence[str]) -> Floats:
        """Vectors of shape (sentences, dimension).

        Each distinct sentence is encoded once, together with others of as many tokens: no place is filled up, so that a
        vector does not depend on what else is encoded.
        """
        numbers = {sentence: number for number, sentence in enumerate(dict.fromkeys(sentences))}
        tokens = [self._tokens(sentence) for sentence in numbers]
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for number, ids in enumerate(tokens):
            by_length[len(ids)].append(number)
        vectors = np.zeros((len(numbers), self.mark.dimension), dtype=np.float32)
        for length, alike in by_length.items():
            for start in range(0, len(alike) if length else 0, _BATCH):
                some = alike[start : start + _BATCH]
                vectors[some] = self._encoded(np.array([tokens[number] for number in some], dtype=np.int64))
        return vectors[[numbers[sentence] for sentence in sentences]]

    def _tokens(self, sentence: str) -> list[int]:
        text = sentence.lower() if self._own.lower_case else sentence
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def _encoded(self, ids: Ints) -> Floats:
        """One vector for each row of token ids."""
        ones, zeros = np.ones_like(ids), np.zeros_like(ids)
        feed = {"input_ids": ids, "attention_mask": ones, "token_type_ids": zeros}
        (output,) = self._session.run([self._output], {name: feed[name] for name in self._inputs})
        states = np.asarray(output, dtype=np.float32)
        pooled = states.mean(axis=1) if self._own.pooling == "mean" else states[:, 0]
        if self._own.normalised:
            pooled = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return np.asarray(pooled, dtype=np.float32)

    def _probe(self) -> int:
        """The dimension, from a first text; what does not fit together is found here and not in the midst of work."""
        ids = self._tokens("Thank you.")
        if not ids:
            raise InputError(f"{self._own.tokenizer} finds no tokens in a plain sentence: save the encoder anew")
        try:
            return int(self._encoded(np.array([ids], dtype=np.int64)).shape[1])
        except Exception as error:  # ONNX Runtime raises errors of its own
            raise InputError(f"{self._own.model} cannot encode a text ({error}): export it anew") from error


def find(mark: Mark, chosen: Path | None) -> Encoder:
    """The encoder that a model was learnt with: in the ``chosen`` folder, or where it lay then.

    Raises:
        ArtifactError: it is in neither, or ``kyp[encoder]`` is not installed.
    """
    told = []
    for place in dict.fromkeys([*([] if chosen is None else [chosen]), Path(mark.folder)]):
        try:
            encoder = Encoder(place)
        except KypError as error:
            told.append(str(error))
            continue
        if encoder.mark.fingerprint == mark.fingerprint:
            return encoder
        told.append(f"{place} holds another encoder than the model was learnt with")
    raise ArtifactError(
        f"the model needs the encoder {mark.name}, which cannot be used: {'; '.join(told)}. "
        "Name its folder by KYP_ENCODER, or train a new model with `kyp train`"
    )


def _extra(module: str, folder: Path) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(f"the encoder in {folder} needs {module}: install kyp[encoder]") from error


def _tokenizer(tokenizers: ModuleType, own: EncoderFolder) -> Any:  # noqa: ANN401 (a tokenizers.Tokenizer)
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(own.tokenizer))
        tokenizer.enable_truncation(own.most_tokens)
    except Exception as error:  # tokenizers raises nothing more special
        raise InputError(f"{own.tokenizer} cannot be loaded ({error}): save the encoder anew") from error
    tokenizer.no_padding()
    return tokenizer


def _session(onnxruntime: ModuleType, model: Path, threads: int) -> Any:  # noqa: ANN401 (an InferenceSession)
    onnxruntime.disable_telemetry_events()  # some builds for Windows would send them
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises errors of its own
        raise InputError(f"{model} cannot be loaded ({error}): export it anew") from error


def _output(session: Any, inputs: Sequence[str], model: Path) -> str:  # noqa: ANN401 (an InferenceSession)
    if strange := sorted(set(inputs) - _INPUTS):
        raise InputError(f"{model} wants {', '.join(strange)}: kyp gives {', '.join(sorted(_INPUTS))}")
    outputs = [one.name for one in session.get_outputs()]
    for name in _OUTPUTS:
        if name in outputs:
            return name
    raise InputError(f"{model} gives {', '.join(outputs)}: kyp takes {' or '.join(_OUTPUTS)}")
