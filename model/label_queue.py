"""Which messages a person should label next: those whose labels would teach a model most, no two of them alike.

What a label teaches is guessed by how unsure the model is (entropy, summed over labels and urgency; labels of which
there are few count more), by whether the sentences of a message contradict the whole, and by how little the message
resembles what is labelled already. Picked one by one, each pick makes those like it less worth (maximal marginal
relevance: Carbonell and Goldstein, 1998). Uncertainty sampling: Lewis and Gale, 1994.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from data.taxonomy import LABELS, Label, Language
from model.layers import SENTENCE_HEADS
from model.lexicon import Floats
from model.triage import Judgement

ALIKE = 0.8  # cosine of tf-idf vectors from which two messages say the same
NOVELTY_SHARE = 0.5  # of the worth that a message loses where it resembles a labelled one wholly
DISAGREEMENT_WORTH = 0.5  # bits that full contradiction between sentences and message is worth
UNSURE, CONTRADICTORY = 0.6, 0.5  # bits, and difference of probabilities, from which a reason is told
Kind = Literal["unsure", "contradictory", "novel", "rare"]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason to label a message; ``label`` and ``probability`` where it is about a label."""

    kind: Kind
    label: Label | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A message to label (its place among the candidates), what that is worth in bits, and why."""

    place: int
    worth: float
    because: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Messages that may be labelled next, and what a model says of them.

    ``probabilities`` (messages, heads) as ``MESSAGE_HEADS``; ``sentences`` (messages, labels): the highest sentence
    score (log-odds) of each label.
    """

    texts: Sequence[str]
    languages: Sequence[Language]
    probabilities: Floats
    sentences: Floats

    @classmethod
    def of(cls, judgement: Judgement, texts: Sequence[str]) -> "Candidates":
        """What was judged, as candidates."""
        tokens = judgement.reading.tokens
        highest = np.full((tokens.texts, len(LABELS)), -9.0, dtype=np.float32)
        labels = [SENTENCE_HEADS.index(label) for label in LABELS]
        np.maximum.at(highest, tokens.sentence_text, judgement.sentences[:, labels])
        return cls(texts, judgement.languages, judgement.probabilities, highest)


Balance = Mapping[tuple[Language, Label], int]


def choose(candidates: Candidates, known: Sequence[str], balance: Balance, most: int) -> list[Pick]:
    """At most ``most`` candidates, the most worthwhile first; none that is like a ``known`` text or another pick.

    ``balance`` counts the labelled messages that bear each label in each language.
    """
    if not candidates.texts:
        return []
    vectors, others = _vectors(candidates.texts, known)
    likeness = _highest(vectors @ others.T) if known else np.zeros(len(candidates.texts), dtype=np.float32)
    entropy = _entropy(candidates.probabilities[:, : len(LABELS) + 3])
    scarcity = _scarcity(candidates.languages, balance)
    contradiction = np.abs(candidates.probabilities[:, : len(LABELS)] - _sigmoid(candidates.sentences))
    worth = (entropy[:, : len(LABELS)] * scarcity).sum(axis=1) + entropy[:, len(LABELS) :].mean(axis=1)
    worth += DISAGREEMENT_WORTH * contradiction.max(axis=1)
    picks: list[Pick] = []
    left = np.ones(len(worth), dtype=bool)
    while len(picks) < most:
        left &= likeness < ALIKE
        if not left.any():
            break
        now = np.where(left, worth * (1 - NOVELTY_SHARE * likeness), -np.inf)
        best = int(now.argmax())
        because = _reasons(candidates, best, entropy, contradiction, scarcity, float(likeness[best]) if known else 1.0)
        picks.append(Pick(best, float(now[best]), because))
        left[best] = False
        likeness = np.maximum(likeness, (vectors @ vectors[best].T).toarray()[:, 0])
    return picks


def _reasons(
    candidates: Candidates, one: int, entropy: Floats, contradiction: Floats, scarcity: Floats, likeness: float
) -> tuple[Why, ...]:
    labels = len(LABELS)
    reasons = [
        Why("unsure", LABELS[n], float(candidates.probabilities[one, n]))
        for n in np.argsort(-entropy[one, :labels])[:2].tolist()
        if entropy[one, n] >= UNSURE
    ]
    most = int(contradiction[one].argmax())
    if contradiction[one, most] >= CONTRADICTORY:
        reasons.append(Why("contradictory", LABELS[most], float(candidates.probabilities[one, most])))
    if likeness < 1 - ALIKE:
        reasons.append(Why("novel"))
    rare = [n for n in range(labels) if scarcity[one, n] > 1 and entropy[one, n] >= UNSURE]
    return (*reasons, *(Why("rare", LABELS[n]) for n in rare[:1]))


def _vectors(texts: Sequence[str], known: Sequence[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Unit tf-idf vectors of words and pairs of words."""
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # a second that few commands need

    hashed = HashingVectorizer(ngram_range=(1, 2), n_features=1 << 16, alternate_sign=False, norm=None)
    counted = hashed.transform([*texts, *known])
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counted).astype(np.float32)
    return weighed[: len(texts)], weighed[len(texts) :]


def _highest(likeness: sparse.csr_matrix) -> Floats:
    return np.asarray(likeness.max(axis=1).toarray()[:, 0], dtype=np.float32)


def _entropy(probabilities: Floats) -> Floats:
    """In bits, of each head by itself."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float32)


def _scarcity(languages: Sequence[Language], balance: Balance) -> Floats:
    """Weights (messages, labels) from 0.5 to 2: how few labelled messages bear the label in the message's language."""
    counts = Counter(balance)
    usual = max(sum(counts.values()) / max(len(counts), 1), 1.0)
    told: dict[Language, list[float]] = {
        lang: [min(2.0, max(0.5, (usual / (1 + counts[lang, label])) ** 0.5)) if counts else 1.0 for label in LABELS]
        for lang in set(languages)
    }
    return np.array([told[lang] for lang in languages], dtype=np.float32)


def _sigmoid(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)
