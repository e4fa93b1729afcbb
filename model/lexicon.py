"""Word knowledge shipped with kyp: English glosses of Filipino and Malay words, and word vectors."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data.errors import ArtifactError

Floats = npt.NDArray[np.float32]

FOLDER = Path(__file__).parent.parent / "data" / "lexicon"
_LONGEST_WHOLE = 4  # letters: shorter words keep their endings


@dataclass(frozen=True, slots=True)
class Lexicon:
    """An English pivot for Filipino and Malay words, and a vector for words of all three languages.

    ``vectors`` has shape (words, dimensions); ``rows`` maps a lower-cased word to its row.
    """

    pivots: dict[str, str]
    rows: dict[str, int]
    vectors: Floats

    def pivot_of(self, word: str) -> str:
        """The English stem that stands for a lower-cased word of any language; digits become one shape."""
        if word.isdigit():
            return "0"
        english = self.pivots.get(word, word)
        if len(english) <= _LONGEST_WHOLE:
            return english
        return english.removesuffix("ing").removesuffix("ed").removesuffix("s")


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read the lexicon that ``training/distil.py`` wrote.

    Raises:
        ArtifactError: a file is missing or damaged.
    """
    try:
        pivots = _pivots(folder / "pivots.tsv")
        words = (folder / "words.txt").read_text(encoding="utf-8").splitlines()
        with np.load(folder / "vectors.npz", allow_pickle=False) as stored:
            vectors = (stored["codes"].astype(np.float32) * stored["scale"]).astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise ArtifactError(f"the lexicon in {folder} cannot be read ({error}); install kyp anew") from error
    if len(words) != len(vectors):
        raise ArtifactError(
            f"the lexicon in {folder} has {len(words)} words but {len(vectors)} vectors; install kyp anew"
        )
    return Lexicon(pivots, {word: row for row, word in enumerate(words)}, vectors)


def _pivots(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows: Iterable[list[str]] = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row[0]: row[1] for row in rows}
