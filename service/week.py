"""The list of the week from the store: every client of whom something is known or who wrote lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from data.advice import FALLBACK_LANGUAGE
from model.agenda import AgendaItem, ClientWeek, LateMessage, agenda
from service.adviser import Adviser
from service.clientele import Clientele
from service.corrections import Corrections

_BACK = 60  # days within which a message may still set a deadline of this week
_MOST = 2000  # messages looked at; a week of mail is far less


@dataclass(frozen=True, slots=True)
class WeekPlanner:
    """Plans weeks on the provider's calendar."""

    clients: Clientele
    corrections: Corrections
    adviser: Adviser

    def week(self, today: date, language: str | None = None) -> tuple[AgendaItem, ...]:
        """What to do in the week that begins ``today``."""
        return agenda(self._clients(today), today, self.adviser.playbook, language or FALLBACK_LANGUAGE)

    def _clients(self, today: date) -> Iterator[ClientWeek]:
        late = self._late_messages(today)
        for client in sorted({*self.clients.told_of(), *late}):
            yield self._client(client, tuple(late.get(client, ())))

    def _client(self, client: str, messages: tuple[LateMessage, ...]) -> ClientWeek:
        known, last = self.clients.known(client), self.clients.last_heard(client)
        return ClientWeek(
            client=client,
            name=known.name,
            last_heard=self._day(last) if last else None,
            last_written_to=known.told.last_written_to,
            project_finished=known.told.project_finished,
            finished_on=known.told.finished_on,
            agreed=known.valid_dates,
            ever_agreed=tuple(agreed.day for agreed in known.dates),
            usual_check_days_before=known.told.usual_check_days_before,
            messages=messages,
        )

    def _late_messages(self, today: date) -> dict[str, list[LateMessage]]:
        since = datetime.combine(today - timedelta(days=_BACK), time(), self.adviser.provider.timezone)
        found: dict[str, list[LateMessage]] = {}
        latest = self.clients.late(since, _MOST)
        opined = self.corrections.of_each([late.id for late in latest])
        for late in latest:
            due = opined[late.id].consensus.due(late.deadline) if late.id in opined else late.deadline
            message = LateMessage(late.id, self._day(late.at), late.text, due)
            found.setdefault(late.client, []).append(message)
        return found

    def _day(self, moment: datetime) -> date:
        return self.adviser.provider.local(moment).date()
