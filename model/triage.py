"""The one entrance to judgement: a batch of mails in, an assessment for each out, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from data.identity import message_identity
from data.records import Assessment, Email, Passage, Signal, Urgency
from data.taxonomy import LABELS, Language
from model.deadline_features import read_mail
from model.deadline_scores import NEAR, Said, places_of
from model.deadlines import DatedMail, Deadline
from model.encoder import SentenceEncoder
from model.evidence import carrying
from model.layers import SENTENCE_HEADS, levels, ordered, reached
from model.lexicon import Floats, Lexicon
from model.parameters import Parameters
from model.prior import shifted
from model.reader import Reader, Reading
from model.space import Design
from model.text import MAX_CHARACTERS, Ints, Tokenizer

_BATCH = 96  # mails judged together: 128 take 1 or 2 % less time, and 5 MB more for decoded weights
_ASKS, _CLAIMS = SENTENCE_HEADS.index("asks"), SENTENCE_HEADS.index("claims")
_CALM: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model says of a batch before it becomes assessments.

    ``probabilities`` (messages, heads) as ``MESSAGE_HEADS``; ``sentences`` (sentences, heads) as ``SENTENCE_HEADS``.
    """

    reading: Reading
    probabilities: Floats
    sentences: Floats
    languages: list[Language]
    dated: list[DatedMail]


class Triage:
    """Judges mails with one fitted model; may be shared by threads, which then wait for each other."""

    def __init__(
        self,
        parameters: Parameters,
        lexicon: Lexicon,
        version: str,
        prior: float | None = None,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        """``prior``: the share of messages that bear a label where this one judges; as in training where left out.

        ``encoder`` is the one that the parameters were fitted with, if any.
        """
        self.version = version
        self._prior = prior
        self._parameters = parameters
        self._lexicon = lexicon
        self._reader = Reader(Tokenizer(), parameters.vocabulary, lexicon, parameters.word_weights, encoder)
        self._lock = Lock()

    def judge(self, emails: Sequence[Email]) -> list[Assessment]:
        """Assess mails, newsletters too; one that could not be read, or that a program wrote, is passed on unjudged."""
        judged: list[Assessment] = []
        for start in range(0, len(emails), _BATCH):
            batch = emails[start : start + _BATCH]
            fit = [email for email in batch if _can_be_judged(email)]
            told = iter(self._assess(fit))
            judged += [next(told) if _can_be_judged(email) else self._unjudged(email) for email in batch]
        return judged

    def consider(self, emails: Sequence[Email]) -> Judgement:
        """Read and score a batch of mails that can be judged."""
        subjects, texts = [email.subject for email in emails], [email.text[:MAX_CHARACTERS] for email in emails]
        with self._lock:
            own = self._parameters
            page = self._reader.tokenise(subjects, texts)
            days = [
                read_mail(*mail, email.sent_at, self._lexicon)
                for mail, email in zip(self._reader.written(page), emails, strict=True)
            ]
            mails, places = places_of(days)
            reading = self._reader.count(page, page.tokens.around(mails, places, NEAR) if len(places) else None)
            passages = own.sentence_net.scores(Design.of(reading.passages, own.sentence_level))
            sentences, near = np.split(passages, [len(page.tokens.sentence_text)])
            messages = own.message_heads.scores(Design.of(reading.messages, own.message_level))
            dated = own.deadlines.read(days, Said.of(page.tokens, sentences, messages, near, days))
            facts = np.array([one.facts for one in dated], dtype=np.float32)
            inputs = self._reader.stack_inputs(page, messages, sentences, facts)
            languages = own.language.tell(page.words, page.kinds, page.tokens)
            return Judgement(reading, self._probabilities(inputs), sentences, languages, dated)

    def _probabilities(self, inputs: Floats) -> Floats:
        told = self._parameters.stack.probabilities(inputs)
        if self._prior is not None:
            told[:, : len(LABELS)] = shifted(told[:, : len(LABELS)], self._parameters.shares, self._prior)
        return told

    def _assess(self, emails: Sequence[Email]) -> list[Assessment]:
        if not emails:
            return []
        judgement = self.consider(emails)
        tokens = judgement.reading.tokens
        starts, ends = tokens.sentence_spans()
        bounds = np.searchsorted(tokens.sentence_text, np.arange(tokens.texts + 1)).tolist()
        exceeds = ordered(judgement.probabilities[:, len(LABELS) : len(LABELS) + 3])
        chances = levels(exceeds)
        level = reached(exceeds, self._parameters.operating.urgency).tolist()
        assessed = []
        for number, email in enumerate(emails):
            own = slice(bounds[number], bounds[number + 1])
            passages = _Passages(email, judgement.sentences[own], starts[own], ends[own])
            probabilities = judgement.probabilities[number]
            urgency = self._urgency(
                level[number], chances[number], probabilities, judgement.dated[number].deadline, passages
            )
            signals = self._signals(probabilities, passages)
            assessed.append(self._assessment(email, judgement.languages[number], signals, urgency))
        return assessed

    def _signals(self, probabilities: Floats, passages: "_Passages") -> tuple[Signal, ...]:
        signals = []
        for head, (label, threshold) in enumerate(zip(LABELS, self._parameters.operating.labels, strict=True)):
            probability = float(probabilities[head])
            present = probability >= threshold
            evidence = passages.carrying(head, self._parameters.operating.evidence) if present else ()
            signals.append(Signal(label, probability, present and bool(evidence), evidence))
        return tuple(signals)

    def _urgency(
        self, level: int, chances: Floats, probabilities: Floats, deadline: Deadline | None, passages: "_Passages"
    ) -> Urgency:
        claim = float(probabilities[-1])
        claimed = claim >= self._parameters.operating.claimed
        enough = self._parameters.operating.evidence
        evidence = passages.carrying(_ASKS, enough) if level else ()
        if claimed:
            evidence = tuple(dict.fromkeys((*evidence, *passages.carrying(_CLAIMS, enough))))
        none, routine, soon, now = chances.tolist()
        asked = deadline.date if deadline else None
        return Urgency(level, (none, routine, soon, now), claimed, claim, asked, evidence)

    def _assessment(self, email: Email, lang: Language, signals: tuple[Signal, ...], urgency: Urgency) -> Assessment:
        return Assessment(
            id=message_identity(email),
            source=email.source,
            message_id=email.message_id,
            client=email.client,
            sent_at=email.sent_at,
            lang=lang,
            subject=email.subject,
            text=email.text,
            signals=signals,
            urgency=urgency,
            model=self.version,
            kind=email.kind,
            error=email.error,
        )

    def _unjudged(self, email: Email) -> Assessment:
        signals = tuple(Signal(label, 0.0, False) for label in LABELS)
        return self._assessment(email, "other", signals, Urgency(0, _CALM))


class _Passages:
    """The sentences of one message, ready to be shown as evidence."""

    def __init__(self, email: Email, scores: Floats, starts: Ints, ends: Ints) -> None:
        self._email = email
        self._scores = scores
        self._starts = starts
        self._ends = ends

    def carrying(self, head: int, enough: float) -> tuple[Passage, ...]:
        """The passages that carry what a sentence head looks for."""
        return tuple(self._passage(one) for one in carrying(self._scores[:, head], enough).tolist())

    def _passage(self, sentence: int) -> Passage:
        start, end = int(self._starts[sentence]), int(self._ends[sentence])
        shift = len(self._email.subject) + 1  # see model.reader.joined
        if end <= len(self._email.subject):
            return Passage(start, end, self._email.subject[start:end], "subject")
        start, end = max(start - shift, 0), end - shift
        return Passage(start, end, self._email.text[start:end])


def _can_be_judged(email: Email) -> bool:
    return email.error is None and email.kind in ("message", "newsletter")
