"""The messages that a person should label next, out of the store, with the reasons; and one's own say taken back in."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, exists, select

from data.labels.opinion import Opinion
from data.records import Assessment, Email
from data.taxonomy import LABELS, LANGUAGES, Label, Language
from data.wire import from_json
from model.label_queue import Candidates, Why, choose
from service.champion import Champion
from service.corrections import Corrections
from service.tables import CorrectionRow, MessageRow

POOL = 400  # of the newest messages without an opinion: judged anew for each look at the queue in half a second
KNOWN = 2000  # of the labelled messages that picks are held against


@dataclass(frozen=True, slots=True)
class ToLabel:
    """A message in the queue: what kyp says of it, what a label is worth (bits), and why."""

    message: Assessment
    worth: float
    because: tuple[Why, ...]


class LabelQueue:
    """Ranks what an annotator has not labelled yet by what a label would teach; see :mod:`model.label_queue`."""

    def __init__(self, engine: Engine, corrections: Corrections, champion: Champion) -> None:
        self._engine = engine
        self._corrections = corrections
        self._champion = champion

    def next(
        self, annotator: str, most: int = 10, *, skip: frozenset[str] = frozenset(), second: bool = False
    ) -> tuple[ToLabel, ...]:
        """The most worthwhile messages of those that nobody has labelled; ``skip`` names ids to leave out for now.

        With ``second`` those that others have labelled and the annotator has not, so that agreement can be told.
        """
        pool = [one for one in self._pool(annotator if second else None) if one.id not in skip]
        if not pool:
            return ()
        emails = [Email(one.source, one.subject, one.text, one.client, sent_at=one.sent_at) for one in pool]
        judgement = self._champion.triage().consider(emails)
        candidates = Candidates.of(judgement, [_whole(one.subject, one.text) for one in pool])
        known, balance = self._labelled(annotator if second else None)
        picks = choose(candidates, known, balance, most)
        return tuple(ToLabel(pool[pick.place], pick.worth, pick.because) for pick in picks)

    def _pool(self, second: str | None) -> list[Assessment]:
        """The newest messages without an opinion; or with one, but none of the ``second`` annotator's."""
        opined = exists().where(CorrectionRow.message_id == MessageRow.id)
        wanted = [~opined] if second is None else [opined, ~opined.where(CorrectionRow.annotator == second)]
        chosen = (
            select(MessageRow.assessment)
            .where(MessageRow.kind == "message", MessageRow.error.is_(None), MessageRow.has_text, *wanted)
            .order_by(MessageRow.dated_at.desc(), MessageRow.id.desc())
            .limit(POOL)
        )
        with self._engine.connect() as connection:
            return [from_json(row) for row in connection.scalars(chosen)]

    def _labelled(self, annotator: str | None) -> tuple[list[str], Counter[tuple[Language, Label]]]:
        """The texts that are labelled (by one annotator), and how many of them bear each label in each language."""
        texts: list[str] = []
        balance: Counter[tuple[Language, Label]] = Counter({(lang, label): 0 for lang in LANGUAGES for label in LABELS})
        for message in self._corrections.messages():
            if annotator is None or annotator in message.consensus.annotators:
                texts.append(_whole(message.subject, message.text))
            balance.update((message.lang, label) for label in message.consensus.set_labels)
        return texts[-KNOWN:], balance


def confirmed(message: Assessment, annotator: str) -> Opinion:
    """The opinion that everything kyp says of a message is right."""
    urgency = message.urgency
    return Opinion(
        annotator=annotator,
        labels={signal.label: signal.present for signal in message.signals},
        evidence={s.label: tuple(p.text for p in s.evidence)[:3] for s in message.signals if s.present and s.evidence},
        urgency=urgency.level,
        urgency_claimed=urgency.claimed,
        deadline=urgency.deadline,
        deadline_told=True,
    )


def _whole(subject: str, text: str) -> str:
    return f"{subject}\n{text}"
