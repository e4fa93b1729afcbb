"""What day a phrase of :mod:`model.date_grammar` means for a mail that was sent at a given moment."""

from collections.abc import Sequence

from model.date_calendar import FULL_DATES
from model.date_grammar import Phrase
from model.date_kinds import Moment, Resolved
from model.date_relative import FROM_SENDING, eve, ordinal, weekday


def resolve(phrase: Phrase, moment: Moment, told: Sequence[Resolved] = ()) -> Resolved | None:
    """The day that a phrase means, or None where it means none (no such day, no day of sending to count from).

    ``told`` is what the mentions before it in the text were resolved to: "23 June ... by the 20th" is the 20th of June.
    """
    if phrase.rule in FULL_DATES:
        return FULL_DATES[phrase.rule](phrase, moment)
    if phrase.rule == "ordinal" and moment.sent_at:
        return ordinal(phrase, moment.sent_at, told[-1] if told else None)
    if phrase.rule == "eve":
        counted = eve(phrase, told)
        if counted is None and phrase.has("W") and moment.sent_at:  # "by Monday latest"
            return weekday(phrase, moment.sent_at)
        return counted
    return FROM_SENDING[phrase.rule](phrase, moment.sent_at) if moment.sent_at else None
