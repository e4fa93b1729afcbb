"""Word knowledge shipped with kyp: English glosses of Filipino and Malay words, and word vectors."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data.errors import ArtifactError
from model.columns import Ints

Floats = npt.NDArray[np.float32]

FOLDER = Path(__file__).parent.parent / "data" / "lexicon"
GLOSSED = ("fil.tsv", "ms.tsv")
_LONGEST_WHOLE = 4  # letters: shorter words keep their endings
_WORD = re.compile(r"[a-z']+")
_ASIDE = re.compile(r"[()]")
_EMPTY_WORDS = frozenset(
    "is was are be been being to the a an of my your our their his her it its will has have had please already just "
    "for in on at with not by from am were do does did and or that this one".split()
)
# Common in English too: which language a word is in is not asked, so these keep their English meaning.
_ENGLISH_TOO = frozenset(
    "a an and are as at ate be by can do for he i if in is it man may no not of on or she so the to was we you".split()
)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Word vectors in a byte a number: ``codes`` (words, dimensions) times ``scale`` (dimensions,).

    ``weights`` (words,) are what words weigh, None where all weigh the same.
    """

    codes: npt.NDArray[np.int8 | np.float32]
    scale: Floats
    weights: Floats | None = None

    def __len__(self) -> int:
        """How many words."""
        return len(self.codes)

    @property
    def dimensions(self) -> int:
        """How many numbers a word has."""
        return int(self.codes.shape[1])

    def __getitem__(self, words: Ints) -> Floats:
        """The vectors of some words, shape (words, dimensions)."""
        plain = self.codes.take(words, axis=0) * self.scale
        return np.asarray(
            plain if self.weights is None else plain * self.weights.take(words)[:, None], dtype=np.float32
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """An English pivot for Filipino and Malay words, and a vector for words of all three languages.

    ``rows`` maps a lower-cased word to its row in ``vectors``.
    """

    pivots: dict[str, str]
    rows: dict[str, int]
    vectors: Vectors

    def pivot_of(self, word: str) -> str:
        """The English stem that stands for a lower-cased word of any language; digits become one shape."""
        if word.isdigit():
            return "0"
        english = self.pivots.get(word, word)
        if len(english) <= _LONGEST_WHOLE:
            return english
        return english.removesuffix("ing").removesuffix("ed").removesuffix("s")


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read the lexicon: the glosses, and the vectors that ``training/distil.py`` wrote.

    Raises:
        ArtifactError: a file is missing or damaged.
    """
    try:
        glosses = [pair for name in GLOSSED for pair in read_glosses(folder / name)]
        words = (folder / "words.txt").read_text(encoding="utf-8").splitlines()
        with np.load(folder / "vectors.npz", allow_pickle=False) as stored:
            vectors = Vectors(stored["codes"], stored["scale"])
    except (OSError, ValueError, KeyError) as error:
        raise ArtifactError(f"the lexicon in {folder} cannot be read ({error}); install kyp anew") from error
    if len(words) != len(vectors):
        raise ArtifactError(
            f"the lexicon in {folder} has {len(words)} words but {len(vectors)} vectors; install kyp anew"
        )
    pivots = {word: _main_word(gloss) for word, gloss in reversed(glosses) if word not in _ENGLISH_TOO}
    return Lexicon(pivots, {word: row for row, word in enumerate(words)}, vectors)


def read_glosses(path: Path) -> list[tuple[str, str]]:
    """Word and English gloss a line, a tab between; meanings of equal weight are divided by " / "."""
    pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(word, gloss) for word, gloss in pairs]


def _main_word(gloss: str) -> str:
    """The first word of the first meaning that means something by itself, or else its first word."""
    words = _WORD.findall(_ASIDE.sub("", gloss.partition(" / ")[0]).lower())
    return next((word for word in words if word not in _EMPTY_WORDS), words[0] if words else gloss)
