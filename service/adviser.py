"""From an assessment to an advised one: the client's facts gathered, the playbook asked."""

from dataclasses import dataclass, replace

from data.advice import Playbook
from data.context import Context
from data.records import Assessment
from model.facts import ClientFacts
from model.playbook import suggest
from service.past import Past


@dataclass(frozen=True, slots=True)
class Adviser:
    """Suggests strategies; ``provider`` holds what is known of the provider (working hours, time zone)."""

    playbook: Playbook
    provider: ClientFacts

    def advised(
        self, assessment: Assessment, past: Past | None, context: Context, client_name: str | None = None
    ) -> Assessment:
        """The assessment with its strategies; ``past`` is None where the client is not known by any address."""
        facts = replace(_with_past(self.provider, past), client_name=client_name).told(context)
        advice = suggest(assessment, facts, self.playbook)
        return replace(assessment, strategies=advice.strategies, more=advice.more)


def _with_past(known: ClientFacts, past: Past | None) -> ClientFacts:
    if past is None:
        return known
    return replace(known, known_messages=past.count, first_message_at=past.first_at, history=past.latest)
