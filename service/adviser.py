"""From an assessment to an advised one: the client's facts gathered, the playbook asked."""

from dataclasses import dataclass, replace

from data.advice import Playbook
from data.context import Context
from data.records import Assessment
from model.facts import ClientFacts
from model.playbook import suggest
from service.known import Known
from service.past import Past


@dataclass(frozen=True, slots=True)
class Adviser:
    """Suggests strategies; ``provider`` holds what is known of the provider (working hours, time zone)."""

    playbook: Playbook
    provider: ClientFacts

    def advised(
        self,
        assessment: Assessment,
        past: Past | None,
        context: Context,
        client_name: str | None = None,
        known: Known | None = None,
    ) -> Assessment:
        """The assessment with its strategies; ``past`` is None where the client is not known by any address.

        What comes with the message (``context``) goes before what is ``known`` of the client.
        """
        facts = _with_past(self.provider, past, client_name)
        if known is not None:
            facts = known.laid_over(facts, client_name, assessment.sent_at)
        facts = facts.told(context)
        advice = suggest(assessment, facts, self.playbook)
        return replace(assessment, strategies=advice.strategies, more=advice.more)


def _with_past(known: ClientFacts, past: Past | None, client_name: str | None) -> ClientFacts:
    if past is None:
        return replace(known, client_name=client_name)
    return replace(
        known,
        known_messages=past.count,
        first_message_at=past.first_at,
        history=past.latest,
        client_name=client_name,
    )
