"""The drift of the model in use as a table: how often each label is found of late, beside how often in training."""

from dataclasses import dataclass

from data.taxonomy import LABELS, LANGUAGES, Label, Language
from model.drift import FEWEST, Drift
from service.drift import DriftWatch


@dataclass(frozen=True, slots=True)
class DriftTable:
    """The last window; a cell is None where nothing was seen. ``counts`` are the messages of each language."""

    counts: tuple[tuple[Language, int], ...]
    rows: tuple[tuple[Label, tuple[Drift | None, ...]], ...]
    fewest: int = FEWEST

    @property
    def warnings(self) -> tuple[Drift, ...]:
        """What somebody should look at."""
        return tuple(cell for _, cells in self.rows for cell in cells if cell is not None and cell.warned)


def drift_table(watch: DriftWatch, version: str) -> DriftTable | None:
    """The last thirty days of a version; None where it judged nothing in them, or keeps no profile of its training."""
    found = {(one.label, one.language): one for one in watch.windows(version, 1)[0].drifts}
    languages = [lang for lang in LANGUAGES if any(language == lang for _, language in found)]
    if not languages:
        return None
    counts = tuple(
        (lang, max(one.now.messages for one in found.values() if one.language == lang)) for lang in languages
    )
    rows = tuple((label, tuple(found.get((label, lang)) for lang in languages)) for label in LABELS)
    return DriftTable(counts, rows)
