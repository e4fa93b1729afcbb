"""The report of `kyp score`: tallied while the rows go by, written when all are there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.records import Assessment
from service.adviser import Adviser
from service.batch import Inbox
from service.inbox_tallies import InboxTallies
from service.judgement import SentMail
from service.rows import check_place, open_text
from service.settings import Settings


class Reporting:
    """Watches the rows of a run for a report at ``place`` (InputError at once where it cannot be written)."""

    def __init__(self, place: Path, adviser: Adviser, *, mask: bool) -> None:
        check_place(place)
        self._place = place
        self._adviser = adviser
        self._mask = mask
        self._made_at = datetime.now(UTC)
        window = timedelta(days=adviser.playbook.thresholds.parting_window_days)
        self._tallies = InboxTallies(adviser.provider, window, self._made_at)

    def watching(
        self, rows: Iterable[Assessment], sent: Iterable[SentMail]
    ) -> tuple[Iterator[Assessment], Iterator[SentMail]]:
        """The same rows and mails, counted while they go by."""
        return self._rows(rows), self._sent(sent)

    def add(self, rows: Iterable[Assessment], sent: Iterable[SentMail]) -> None:
        """Count rows and mails of one's own."""
        for row in rows:
            self._tallies.add(row)
        for mail in sent:
            self._tallies.add_sent(mail)

    def write(self, inputs: Sequence[str], settings: Settings, inbox: Inbox) -> None:
        """Write the report; the file takes its name when it is whole."""
        from service.inbox_page import Making, render  # drawing is not needed before all rows are there
        from service.inbox_report import conclude
        from service.masks import Masks, Plain

        masks = Masks(self._tallies.clients) if self._mask else Plain()
        report = conclude(self._tallies, self._adviser.playbook, masks)
        making = Making(
            inputs=[Path(name).name for name in inputs],
            made_at=self._made_at.astimezone(settings.zone),
            hours=f"{settings.working_hours}, {settings.timezone}",
            masked=self._mask,
            copies=inbox.copies.found if inbox.copies else 0,
        )
        with open_text(self._place) as stream:
            stream.write(render(report, self._adviser.playbook, making))

    def _rows(self, rows: Iterable[Assessment]) -> Iterator[Assessment]:
        for row in rows:
            self._tallies.add(row)
            yield row

    def _sent(self, sent: Iterable[SentMail]) -> Iterator[SentMail]:
        for mail in sent:
            self._tallies.add_sent(mail)
            yield mail
