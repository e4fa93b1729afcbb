"""A client's time line as a drawing: one lane of urgency, one for each label, places in per cent of the width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.taxonomy import LABELS, Label
from service.clientele import Moment

LANE, FOOT, BARS = 38, 26, 46  # heights in pixels: of a label's lane, of the dates below, of the urgency above
_MARGIN = 3.0  # per cent left free at both sides
_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652, 36525)  # days between two dates on the axis
_MOST_DATES = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """One message: where it stands (per cent from the left) and what it is."""

    x: float
    moment: Moment

    @property
    def bar(self) -> int:
        """The height of its urgency in pixels; level 0 leaves a stub, so that every message is seen."""
        return 3 + 9 * self.moment.urgency


@dataclass(frozen=True, slots=True)
class Lane:
    """A label's lane: its height from above, and the messages that bear the label."""

    label: Label
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date on the axis."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing; ``band`` is the window of the signs, as its start and width."""

    height: int
    marks: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    band: tuple[float, float] | None


def draw(moments: Sequence[Moment], window: tuple[datetime, datetime] | None, zone: ZoneInfo) -> Timeline | None:
    """Lay a client's messages out in time, the commonest label on top; None where there is nothing to draw."""
    dated = [(moment.seen.sent_at.astimezone(zone), moment) for moment in moments if moment.seen.sent_at is not None]
    if not dated:
        return None
    scale = _Scale.over([at for at, _ in dated])
    marks = tuple(Mark(scale.place(at), moment) for at, moment in dated)
    lanes = _lanes(marks)
    return Timeline(
        height=BARS + LANE * len(lanes) + FOOT,
        marks=marks,
        lanes=lanes,
        ticks=scale.ticks(),
        band=scale.band(*(moment.astimezone(zone) for moment in window)) if window else None,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    @classmethod
    def over(cls, moments: list[datetime]) -> "_Scale":
        first, last = min(moments), max(moments)
        room = max(timedelta(days=2) - (last - first), timedelta()) / 2  # a single message stands in the middle
        return cls(first - room, last + room)

    def place(self, moment: datetime) -> float:
        share = (moment - self.start) / (self.end - self.start)
        return round(_MARGIN + share * (100 - 2 * _MARGIN), 2)

    def band(self, start: datetime, end: datetime) -> tuple[float, float]:
        left, right = (min(100.0, max(0.0, self.place(moment))) for moment in (start, end))
        right = min(100.0, right + _MARGIN / 2)  # the newest message stands inside, not on the edge
        return left, round(right - left, 2)

    def ticks(self) -> tuple[Tick, ...]:
        days = (self.end.date() - self.start.date()).days
        step = next(step for step in _STEPS if days / step <= _MOST_DATES)
        chosen = (self.start.date() + timedelta(days=n) for n in range(1, days + 1, step))
        return tuple(Tick(self.place(self._midnight(day)), day) for day in chosen)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), self.start.tzinfo)


def _lanes(marks: tuple[Mark, ...]) -> tuple[Lane, ...]:
    bearing = {label: tuple(mark for mark in marks if label in mark.moment.seen.labels) for label in LABELS}
    seen = sorted((label for label in LABELS if bearing[label]), key=lambda label: -len(bearing[label]))
    return tuple(Lane(label, BARS + LANE * place, bearing[label]) for place, label in enumerate(seen))
