"""How the messages that the model in use has judged differ from what it was trained on, window by window."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, case, func, select

from model.drift import Drift, Seen, drifts
from model.registry import Registry
from service.tables import MessageRow, SignalRow

WINDOW = timedelta(days=30)
WINDOWS = 6


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, and how each label of each language did in it against training."""

    start: datetime
    end: datetime
    drifts: tuple[Drift, ...]


class DriftWatch:
    """Compares stored messages with the profile in the manifest of the model that judged them.

    Where a prior says that labels are rarer than in training, they are looked for in its proportion.
    """

    def __init__(self, engine: Engine, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._registry = registry
        self._clock = clock

    def windows(self, version: str, number: int = WINDOWS) -> tuple[Window, ...]:
        """The last ``number`` windows of thirty days, newest first, of messages that one version judged.

        Raises:
            InputError: there is no such version.
            ArtifactError: its manifest cannot be read.
        """
        profile, commonness = self._registry.manifest(version).profile, self._registry.commonness(version)
        now = self._clock()
        found = []
        for place in range(number):
            start, end = now - (place + 1) * WINDOW, now - place * WINDOW
            found.append(Window(start, end, tuple(drifts(profile, self._seen(version, start, end), commonness))))
        return tuple(found)

    def warnings(self, version: str) -> tuple[Drift, ...]:
        """What has drifted in the last window."""
        return tuple(one for one in self.windows(version, 1)[0].drifts if one.warned)

    def _seen(self, version: str, start: datetime, end: datetime) -> dict[tuple[str, str], Seen]:
        share = func.avg(case((SignalRow.present, 1.0), else_=0.0))
        counted = (
            select(MessageRow.lang, SignalRow.label, func.count(), func.avg(SignalRow.probability), share)
            .join(SignalRow, SignalRow.message_id == MessageRow.id)
            .where(MessageRow.kind == "message", MessageRow.error.is_(None), MessageRow.model == version)
            .where(MessageRow.received_at > start, MessageRow.received_at <= end)
            .group_by(MessageRow.lang, SignalRow.label)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(counted).all()
        return {(lang, label): Seen(n, float(mean), float(present)) for lang, label, n, mean, present in rows}
