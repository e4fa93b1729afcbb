"""Opinions from a file into the store: bad rows are told by line and reason, the rest is taken, or none of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError
from data.labels import files
from data.labels.opinion import OpinedMessage
from data.records import Assessment, Email
from service.corrections import Corrections
from service.handling import Desk
from service.store import Store


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: rows taken, opinions that were new, and each bad row's place and reason."""

    rows: int
    new: int
    bad: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LabelImport:
    """Takes opinions in; a message that is not in the store yet is judged and stored first."""

    store: Store
    desk: Desk
    corrections: Corrections

    def take(self, path: Path, annotator: str | None, *, strict: bool) -> Imported:
        """Take a file in (InputError where it cannot be read as a whole, or where ``strict`` and a row is bad)."""
        if strict:
            bad = [(place, str(row)) for place, row in self._checked(path, annotator) if isinstance(row, InputError)]
            if bad:
                return Imported(0, 0, tuple(bad))
        return self._take(self._checked(path, annotator))

    def _take(self, rows: Iterable[tuple[str, OpinedMessage | InputError]]) -> Imported:
        taken, new, bad = 0, 0, []
        for place, row in rows:
            try:
                if isinstance(row, InputError):
                    raise row
                new += self._keep(row)
                taken += 1
            except InputError as error:
                bad.append((place, str(error)))
        return Imported(taken, new, tuple(bad))

    def _keep(self, row: OpinedMessage) -> int:
        message = self.store.get(row.id) or self._judged(row)
        return sum(self.corrections.put(message, opinion) for opinion in row.opinions)

    def _judged(self, row: OpinedMessage) -> Assessment:
        email = Email(f"labels#{row.id}", row.subject, row.text, client=row.client, sent_at=row.sent_at)
        assessment = self.desk.receive(email).assessment
        if assessment.error is not None:
            raise InputError(assessment.error.message)
        return assessment

    def _checked(self, path: Path, annotator: str | None) -> Iterator[tuple[str, OpinedMessage | InputError]]:
        """The rows, a known message's opinions held against its stored text."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                for place, row in files.read(stream, files.format_of(path.suffix), annotator):
                    yield place, row if isinstance(row, InputError) else self._against_store(row)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read as text ({type(error).__name__}): give a file in UTF-8") from error

    def _against_store(self, row: OpinedMessage) -> OpinedMessage | InputError:
        known = self.store.get(row.id)
        text = f"{known.subject}\n{known.text}" if known else f"{row.subject}\n{row.text}"
        faults = "; ".join(fault for opinion in row.opinions for fault in opinion.faults(text))
        return InputError(faults) if faults else row
