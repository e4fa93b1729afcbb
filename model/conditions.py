"""One message before the rules: its signals, the clock and the client's past, asked as plain questions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from data.advice import Thresholds, Wording
from data.records import Assessment, Reason, Signal
from data.taxonomy import Label
from model.facts import ClientFacts, SeenMessage
from model.wording import fill, write_date, write_moment


@dataclass(frozen=True, slots=True)
class Case:
    """One assessment with the facts around it; ``signals`` are those present, ``sent`` is on the provider's clock.

    A question about a fact is answered with a reason in words, or None where it does not hold or is not known.
    """

    assessment: Assessment
    facts: ClientFacts
    thresholds: Thresholds
    wording: Wording
    signals: dict[Label, Signal]
    reasons: dict[Label, Reason]
    sent: datetime | None

    @classmethod
    def of(cls, assessment: Assessment, facts: ClientFacts, thresholds: Thresholds, wording: Wording) -> "Case":
        """Lay out one assessment for the rules."""
        present = {signal.label: signal for signal in assessment.signals if signal.present}
        reasons = {label: _reason(signal) for label, signal in present.items()}
        return cls(assessment, facts, thresholds, wording, present, reasons, facts.local_or_none(assessment.sent_at))

    def fact(self, name: str, **values: str | int) -> Reason:
        """Put a fact into words."""
        return Reason(fact=fill(self.wording.facts[name], {key: str(value) for key, value in values.items()}))

    def dated_fact(self, name: str, day: date) -> Reason:
        """Put a fact about a day into words."""
        return self.fact(name, date=write_date(day, self.wording))

    def opening(self) -> datetime | None:
        """When work begins again, where the message came outside the provider's working hours."""
        hours, days_off = self.facts.working_hours, self.facts.holidays
        if hours is None or self.sent is None:
            return None
        if hours.cover(self.sent) and self.sent.date() not in days_off:
            return None
        opening = hours.next_opening(self.sent)
        for _ in days_off:  # after each holiday the next opening may lie on another one
            if opening.date() not in days_off:
                break
            opening = hours.next_opening(_midnight_after(opening))
        return opening

    def out_of_hours(self) -> Reason | None:
        """The message came outside the provider's working hours."""
        if self.sent is None or self.opening() is None:
            return None
        return self.fact("out_of_hours", when=write_moment(self.sent, self.wording))

    def hollow(self) -> Reason | None:
        """The message claims an urgency that nothing in it bears out."""
        return self._from_urgency("hollow") if self.assessment.urgency.hollow else None

    def urgent_now(self) -> Reason | None:
        """The provider must act by the end of the next day."""
        return self._from_urgency("urgent_now") if self.assessment.urgency.level >= 3 else None

    def agreed_date(self) -> date | None:
        """The agreed date that still lies ahead: the caller's, else the next one that the store knows."""
        told = self.facts.agreed_date
        if self.sent is None:
            return told
        today = self.sent.date()
        known = [told] if told is not None else [agreed.day for agreed in self.facts.agreed_dates]
        return min((day for day in known if day >= today), default=None)

    def owed(self) -> tuple[Reason, ...]:
        """The provider owes something on a date that was agreed, or that the text sets."""
        agreed, deadline = self.agreed_date(), self.assessment.urgency.deadline
        return (
            *((self.dated_fact("owed_agreed", agreed),) if agreed else ()),
            *((self.dated_fact("owed_deadline", deadline),) if deadline else ()),
        )

    def repeated(self) -> Reason | None:
        """The client supervised several times within a few days, this message included."""
        if self.sent is None or "micro_managing" not in self.signals:
            return None
        since = self.sent - timedelta(days=self.thresholds.repeated_days)
        count = 1 + sum(seen.sent_at is not None and seen.sent_at >= since for seen in self.supervising())
        if count < self.thresholds.repeated_messages:
            return None
        return self.fact("repeated", count=count, days=self.thresholds.repeated_days)

    def silent(self) -> Reason | None:
        """Nothing had been heard of the client for long while a project was running.

        Running is what somebody said to be running: a project told not to be finished, or an agreed date on or after
        the day of the last message. Silence alone is how most finished projects look.
        """
        if self.sent is None or not self.facts.history or self.facts.project_finished:
            return None
        agreed = self.agreed_days()
        if self.facts.project_finished is None and not agreed:
            return None
        last = max((seen.sent_at for seen in self._earlier() if seen.sent_at is not None), default=self.sent)
        days, last_day = (self.sent - last).days, self.facts.local(last).date()
        running = self.facts.project_finished is False or max(agreed) >= last_day
        return self.fact("silent", days=days) if running and days >= self.thresholds.silent_days else None

    def early(self) -> Reason | None:
        """The relationship is young, or nothing is known of it at all."""
        start = self.facts.started()
        if start is None:
            return None if self.facts.known_messages or self.facts.history else self.fact("no_history")
        if self.sent is None or self._is_long_since(start):
            return None
        return self.dated_fact("early_since", start)

    def first_message(self) -> Reason | None:
        """Nothing came before it, and nobody told of a relationship that goes back further than an early one."""
        start = self.facts.relationship_start
        if self.facts.known_messages != 0 or (start is not None and self._is_long_since(start)):
            return None
        return self.fact("first_message")

    def _is_long_since(self, day: date) -> bool:
        return self.sent is not None and (self.sent.date() - day).days >= self.thresholds.early_relationship_days

    def supervising(self) -> list[SeenMessage]:
        """The earlier messages in which the client supervised."""
        return [seen for seen in self._earlier() if "micro_managing" in seen.labels]

    def agreed_days(self) -> list[date]:
        """All agreed dates that are known, gone by or ahead."""
        known = [agreed.day for agreed in self.facts.agreed_dates]
        return known if self.facts.agreed_date is None else [*known, self.facts.agreed_date]

    def _earlier(self) -> list[SeenMessage]:
        if self.sent is None or not self.facts.history:
            return []
        now = self.sent.astimezone(UTC)  # history is kept in UTC, and compares fastest so
        own = self.assessment.id  # a message that is judged again may stand in its own history
        history = self.facts.history
        return [seen for seen in history if seen.sent_at is not None and seen.sent_at <= now and seen.id != own]

    def _from_urgency(self, name: str) -> Reason:
        quotes = tuple([passage.text for passage in self.assessment.urgency.evidence])
        return Reason(evidence=quotes, fact=self.wording.facts[name])


def _reason(signal: Signal) -> Reason:
    quotes = tuple([passage.text for passage in signal.evidence])
    return Reason(label=signal.label, probability=signal.probability, evidence=quotes)


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=1), time(), moment.tzinfo)
