"""What a model said of its own training messages when it had not seen their authors: kept beside it, to compare by.

Two models that were trained on overlapping data can so be compared on the same messages, held out from both, though
both learnt from all data in the end.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from data.errors import ArtifactError
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, Language
from model.layers import ordered, reached
from model.lexicon import Floats
from model.parameters import Operating
from model.text import Ints
from training.targets import Targets, message_targets
from training.weights import message_weights

FILE = "held_out.npz"
_LEVELS = slice(len(LABELS), len(LABELS) + 3)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Rows are messages, heads as ``MESSAGE_HEADS``.

    ``clients`` are hashes of their slugs, ``languages`` places in ``LANGUAGES``; ``known`` tells where ``targets`` mean
    something; ``own`` marks messages that users labelled. ``thresholds`` (13,) say from where each head says yes.
    """

    ids: npt.NDArray[np.str_]
    clients: Ints
    languages: Ints
    own: Targets
    targets: Targets
    known: Targets
    probabilities: Floats
    thresholds: Floats

    @classmethod
    def of(cls, messages: Sequence[LabelledMessage], probabilities: Floats, operating: Operating) -> "HeldOut":
        """Out-of-fold ``probabilities`` (messages, heads) of labelled messages, judged at a model's thresholds."""
        thresholds = np.array([*operating.labels, *operating.urgency, operating.claimed], dtype=np.float32)
        return replace(cls.blank(messages, thresholds), probabilities=probabilities.astype(np.float32))

    @classmethod
    def blank(cls, messages: Sequence[LabelledMessage], thresholds: Floats) -> "HeldOut":
        """The messages and what people say of them, all probabilities 0 yet."""
        targets = message_targets(messages)
        return cls(
            ids=np.array([one.id for one in messages], dtype=np.str_),
            clients=np.array([_hash(one.client) for one in messages], dtype=np.int64),
            languages=np.array([LANGUAGES.index(one.lang) for one in messages], dtype=np.int64),
            own=np.array([bool(one.annotators) for one in messages], dtype=bool),
            targets=targets,
            known=message_weights(messages, 1.0) > 0,
            probabilities=np.zeros(targets.shape, dtype=np.float32),
            thresholds=thresholds,
        )

    def __len__(self) -> int:
        """How many messages."""
        return len(self.ids)

    @property
    def said(self) -> Targets:
        """Whether each head says yes, shape (messages, heads)."""
        said: Targets = self.probabilities >= self.thresholds
        return said

    @property
    def levels(self) -> Ints:
        """The urgency level told of each message."""
        exceeds = ordered(self.probabilities[:, _LEVELS])
        return reached(exceeds, self.thresholds[_LEVELS])

    @property
    def true_levels(self) -> Ints:
        """The urgency level that people gave."""
        return np.asarray(self.targets[:, _LEVELS].sum(axis=1), dtype=np.int64)

    def rows_of(self, language: Language) -> Ints:
        """The messages of one language."""
        return np.flatnonzero(self.languages == LANGUAGES.index(language))

    def only(self, rows: Ints) -> "HeldOut":
        """Some of the messages."""
        cut = {name: getattr(self, name)[rows] for name in _BY_ROW}
        return replace(self, **cut)

    def joined(self, other: "HeldOut") -> "HeldOut":
        """These messages, then the others, at these thresholds."""
        both = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _BY_ROW}
        return replace(self, **both)

    def packed(self) -> bytes:
        """As the bytes of an .npz that depend on what is in it alone."""
        buffer = io.BytesIO()
        halves = {"probabilities": self.probabilities.astype(np.float16)}
        arrays = {name: getattr(self, name) for name in (*_BY_ROW, "thresholds")} | halves
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> "HeldOut":
        """Read what :meth:`packed` gave (ArtifactError where it is something else)."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in (*_BY_ROW, "thresholds")}
        except (ValueError, KeyError, OSError, EOFError) as error:
            raise ArtifactError("what the model said of held-out messages cannot be read; train it anew") from error
        return cls(**arrays | {"probabilities": arrays["probabilities"].astype(np.float32)})


_BY_ROW = ("ids", "clients", "languages", "own", "targets", "known", "probabilities")


def _hash(client: str) -> int:
    return int.from_bytes(hashlib.sha256(client.encode()).digest()[:7], "big")
