"""A folder as sentence-transformers writes it: where its parts lie, and how vectors of tokens become one of a text."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data.errors import InputError

Pooling = Literal["mean", "cls"]

_MODELS = ("onnx/model.onnx", "model.onnx")
_POOLINGS: dict[str, Pooling] = {
    "mean": "mean",
    "cls": "cls",
    "pooling_mode_mean_tokens": "mean",  # as older releases of sentence-transformers name them
    "pooling_mode_cls_token": "cls",
}
_TRANSFORMER, _POOLING, _NORMALIZE = "Transformer", "Pooling", "Normalize"
_USUAL_TOKENS, _MOST_TOKENS = 256, 8192  # where nothing is said, and above which a number means "no limit"


@dataclass(frozen=True, slots=True)
class EncoderFolder:
    """What a folder holds: ``most_tokens`` of a text are read, those of special meaning included."""

    folder: Path
    model: Path
    tokenizer: Path
    pooling: Pooling
    normalised: bool
    lower_case: bool
    most_tokens: int

    @classmethod
    def read(cls, folder: Path) -> "EncoderFolder":
        """Look through a folder (InputError where a part is missing, or of a kind that kyp does not know)."""
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}: give that of a sentence-transformers model")
        modules = _modules(folder)
        transformer = folder / modules[_TRANSFORMER]
        model = next((transformer / name for name in _MODELS if (transformer / name).is_file()), None)
        if model is None:
            raise InputError(
                f"the encoder in {folder} lacks {_MODELS[0]}: "
                f'SentenceTransformer("{folder}", backend="onnx").save_pretrained(...) writes it'
            )
        if not (transformer / "tokenizer.json").is_file():
            raise InputError(f"the encoder in {folder} lacks tokenizer.json: save it anew with a fast tokenizer")
        texts = _json(transformer / "sentence_bert_config.json", missing={})
        limits = _json(transformer / "tokenizer_config.json", missing={})
        most = texts.get("max_seq_length") or limits.get("model_max_length") or _USUAL_TOKENS
        return cls(
            folder,
            model,
            transformer / "tokenizer.json",
            _pooling(folder / modules[_POOLING] / "config.json"),
            _NORMALIZE in modules,
            bool(texts.get("do_lower_case", False)),
            int(most) if 0 < most <= _MOST_TOKENS else _USUAL_TOKENS,
        )

    def fingerprint(self) -> str:
        """SHA-256 over everything that the vectors follow from, wherever the folder lies."""
        digest = hashlib.sha256(repr((self.pooling, self.normalised, self.lower_case, self.most_tokens)).encode())
        beside = sorted(self.model.parent.glob(f"{self.model.name}*data"))  # weights of large models lie apart
        for path in (self.model, *beside, self.tokenizer):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def _modules(folder: Path) -> dict[str, str]:
    """The folder of each module by the last part of its type, such as Transformer."""
    path = folder / "modules.json"
    try:
        modules = {str(one["type"]).rpartition(".")[2]: str(one["path"]) for one in _json(path)}
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} does not list the modules of an encoder: save it anew") from error
    if list(modules) not in ([_TRANSFORMER, _POOLING], [_TRANSFORMER, _POOLING, _NORMALIZE]):
        raise InputError(
            f"the encoder in {folder} is made of {', '.join(modules) or 'nothing'}: "
            f"kyp knows {_TRANSFORMER}, {_POOLING} and, where there is one, {_NORMALIZE}"
        )
    return modules


def _pooling(path: Path) -> Pooling:
    said = _json(path)
    named = said.get("pooling_mode")
    ways = [name for name, on in said.items() if name.startswith("pooling_mode_") and on] if named is None else [named]
    way = _POOLINGS.get(str(ways[0])) if len(ways) == 1 else None
    if way is None:
        told = ", ".join(map(str, ways)) or "nothing"
        raise InputError(f"{path} asks for the pooling {told}: kyp knows mean and cls")
    return way


def _json(path: Path, missing: Any = None) -> Any:  # noqa: ANN401 (whatever the file holds)
    if missing is not None and not path.is_file():
        return missing
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the encoder's file {path} is missing or cannot be read: save the encoder anew") from error
