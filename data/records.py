"""The nouns that travel through kyp: Email, Assessment and their parts, and LabelledMessage."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from data.taxonomy import URGENCY_NAMES, Group, Label, Language, Style, UrgencyName, group_of

MailKind = Literal["message", "auto_reply", "bounce", "newsletter", "calendar"]
ZoneKind = Literal["own", "quote", "signature", "disclaimer", "footer", "forward_header", "remark"]
Part = Literal["text", "subject"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message could not be read: a stable ``code`` and a sentence for people, never mail text."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch ``[start, end)`` of ``Email.raw_text`` (characters) and what it is."""

    kind: ZoneKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Email:
    """One mail as the client wrote it, unwrapped from any forward.

    ``text`` is the client's newest own text; ``raw_text`` the whole decoded body it was cut from, with
    ``zones`` as offsets into it. ``client`` is the original sender's address in lower case (or a slug that the caller
    gave), None where it cannot be told; never the forwarder. A mail that could not be read has ``error``.
    """

    source: str
    subject: str = ""
    text: str = ""
    client: str | None = None
    client_name: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    recipients: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    forwarder: str | None = None
    remark: str = ""
    kind: MailKind = "message"
    raw_text: str = ""
    zones: tuple[Zone, ...] = ()
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim stretch ``[start, end)`` of an assessment's ``text`` or ``subject``."""

    start: int
    end: int
    text: str
    part: Part = "text"


@dataclass(frozen=True, slots=True)
class Signal:
    """One label with its calibrated probability; ``evidence`` is filled where it is present."""

    label: Label
    probability: float
    present: bool
    evidence: tuple[Passage, ...] = ()

    @property
    def group(self) -> Group:
        """Archetype or situation."""
        return group_of(self.label)


@dataclass(frozen=True, slots=True)
class Urgency:
    """How soon the provider must act (level 0 to 3, from facts), and whether the words claim urgency."""

    level: int
    probabilities: tuple[float, float, float, float]
    claimed: bool = False
    claimed_probability: float = 0.0
    deadline: date | None = None
    evidence: tuple[Passage, ...] = ()

    @property
    def name(self) -> UrgencyName:
        """The level's name: none, routine, soon or now."""
        return URGENCY_NAMES[self.level]

    @property
    def hollow(self) -> bool:
        """Claimed urgency with no fact behind it: claimed at level 0 or 1."""
        return self.claimed and self.level <= 1


@dataclass(frozen=True, slots=True)
class Reason:
    """What called for a suggestion: a label with its probability, quoted passages, or a fact of the context."""

    label: Label | None = None
    probability: float | None = None
    evidence: tuple[str, ...] = ()
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One handling strategy with its texts in the client's language and the reasons for it."""

    id: str
    title: str
    advice: str
    steps: tuple[str, ...]
    reply: str
    avoid: str
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything kyp concludes from one mail; ``to_json`` in :mod:`data.wire` gives the contract's object."""

    id: str
    source: str
    message_id: str | None
    client: str | None
    sent_at: datetime | None
    lang: Language
    subject: str
    text: str
    signals: tuple[Signal, ...]
    urgency: Urgency
    model: str
    strategies: tuple[Suggestion, ...] = ()
    more: tuple[str, ...] = ()
    kind: MailKind = "message"
    error: Problem | None = None

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that are present, in the taxonomy's order."""
        return tuple(signal.label for signal in self.signals if signal.present)

    def signal(self, label: Label) -> Signal:
        """The signal of one label."""
        return next(signal for signal in self.signals if signal.label == label)


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message with the labels that people gave it (the record of the labelling guide).

    A message that users labelled names its ``annotators``; ``unsure`` names what they did not settle (labels,
    ``urgency``, ``urgency_claimed``, ``deadline``), whose values mean nothing. Its labels may lack evidence.
    """

    id: str
    lang: Language
    industry: str
    client: str
    sent_at: datetime
    subject: str
    body: str
    labels: frozenset[Label]
    evidence: dict[Label, tuple[str, ...]] = field(hash=False)
    urgency: int
    urgency_claimed: bool
    urgency_evidence: tuple[str, ...]
    deadline: date | None
    style: Style | None = None
    annotators: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()

    @property
    def batch(self) -> str:
        """The author batch: what stands before the last hyphen of the id."""
        return self.id.rpartition("-")[0]
