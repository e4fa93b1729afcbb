"""Everything a fitted model is: one frozen bundle of arrays and settings, and the way to and from plain parts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.taxonomy import LABELS
from model.coded import Coded
from model.deadlines import DeadlineModel
from model.features import Vocabulary
from model.language import LanguageModel
from model.layers import Stack
from model.lexicon import Floats
from model.prior import Shares
from model.sentence_net import SentenceNet
from model.space import Heads, Level

Arrays = dict[str, npt.NDArray[Any]]
_PLAIN_OF_NET = tuple(name for name in SentenceNet.__slots__ if name != "weights")


@dataclass(frozen=True, slots=True)
class Operating:
    """Where decisions are made: a probability threshold a label, for claimed urgency and for each urgency level.

    ``evidence`` is the sentence score from which a further sentence is shown beside the best one.
    """

    labels: tuple[float, ...]
    claimed: float
    urgency: tuple[float, float, float]
    evidence: float

    def __post_init__(self) -> None:
        """Hold the number of thresholds to the taxonomy."""
        if len(self.labels) != len(LABELS):
            raise ValueError(f"{len(self.labels)} thresholds for {len(LABELS)} labels")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A fitted model; see the modules that its parts come from."""

    vocabulary: Vocabulary
    word_weights: Floats
    sentence_level: Level
    message_level: Level
    sentence_net: SentenceNet
    message_heads: Heads
    stack: Stack
    language: LanguageModel
    deadlines: DeadlineModel
    operating: Operating
    shares: Shares

    def to_parts(self) -> tuple[Arrays, dict[str, Any]]:
        """Arrays by name, and what JSON can hold."""
        deadlines = self.deadlines.parameters()
        arrays: Arrays = {
            "vocabulary.word_pairs": self.vocabulary.word_pairs,
            "vocabulary.word_triples": self.vocabulary.word_triples,
            "vocabulary.pivot_pairs": self.vocabulary.pivot_pairs,
            "vocabulary.neighbours": self.vocabulary.neighbours,
            "word_weights": self.word_weights,
            "language.weights": self.language.weights,
            **{f"stack.{name}": getattr(self.stack, name) for name in Stack.__slots__},
            **{f"deadlines.{name}": value for name, value in deadlines.items() if isinstance(value, np.ndarray)},
        }
        for name, level in (("sentence", self.sentence_level), ("message", self.message_level)):
            arrays |= {f"{name}.idf": level.idf, f"{name}.blocks": level.blocks}
        heads, net = self.message_heads, self.sentence_net
        for name, coded in (("message", heads.weights), ("net", net.weights)):
            arrays |= {f"{name}.codes": coded.codes, f"{name}.steps": coded.steps}
        arrays |= {f"net.{name}": getattr(net, name) for name in _PLAIN_OF_NET}
        arrays |= {"message.vectors": heads.vectors, "message.biases": heads.biases}
        plain = {
            "words": list(self.vocabulary.words),
            "pivots": list(self.vocabulary.pivots),
            "characters": list(self.vocabulary.characters),
            "deadlines": {name: value for name, value in deadlines.items() if not isinstance(value, np.ndarray)},
            "shares": {"labels": list(self.shares.labels), "labelled": self.shares.labelled},
            "language_floor": self.language.floor,
            "operating": {
                "labels": list(self.operating.labels),
                "claimed": self.operating.claimed,
                "urgency": list(self.operating.urgency),
                "evidence": self.operating.evidence,
            },
        }
        return arrays, plain

    @classmethod
    def from_parts(cls, arrays: Arrays, plain: dict[str, Any]) -> "Parameters":
        """The model from what ``to_parts`` gave (KeyError, TypeError or ValueError where a part is wrong)."""
        pairs, triples, pivots, neighbours = (
            arrays[f"vocabulary.{name}"] for name in ("word_pairs", "word_triples", "pivot_pairs", "neighbours")
        )
        words, grams = tuple(plain["words"]), tuple(plain["characters"])
        prefix = "deadlines."
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        urgency = plain["operating"]["urgency"]
        return cls(
            Vocabulary(words, pairs, triples, tuple(plain["pivots"]), pivots, grams, neighbours),
            arrays["word_weights"],
            Level(arrays["sentence.idf"], arrays["sentence.blocks"]),
            Level(arrays["message.idf"], arrays["message.blocks"]),
            SentenceNet(weights=_coded(arrays, "net"), **{name: arrays[f"net.{name}"] for name in _PLAIN_OF_NET}),
            Heads(_coded(arrays, "message"), arrays["message.vectors"], arrays["message.biases"]),
            Stack(*(arrays[f"stack.{name}"] for name in Stack.__slots__)),
            LanguageModel(arrays["language.weights"], float(plain["language_floor"])),
            DeadlineModel.from_parameters({**own, **plain["deadlines"]}),
            Operating(
                tuple(plain["operating"]["labels"]),
                float(plain["operating"]["claimed"]),
                (urgency[0], urgency[1], urgency[2]),
                float(plain["operating"]["evidence"]),
            ),
            shares_of(plain),
        )


def shares_of(plain: dict[str, Any]) -> Shares:
    """How common labels were in training, of the plain parts (KeyError where they are others)."""
    return Shares(tuple(plain["shares"]["labels"]), float(plain["shares"]["labelled"]))


def _coded(arrays: Arrays, name: str) -> Coded:
    return Coded(arrays[f"{name}.codes"], arrays[f"{name}.steps"])
