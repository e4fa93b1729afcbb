"""The report on an inbox as one HTML file that needs nothing else: its own style, drawings in SVG, no scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.advice import FALLBACK_LANGUAGE, Playbook
from data.taxonomy import ARCHETYPES, LABELS, URGENCY_NAMES, group_of
from service import words
from service.inbox_report import InboxReport
from service.inbox_sections import Share, TimeLine

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Making:
    """How a report came about: from what, when, by the clock of the provider, and whether names are masked."""

    inputs: Sequence[str]
    made_at: datetime
    hours: str
    masked: bool
    copies: int


def render(report: InboxReport, playbook: Playbook, making: Making) -> str:
    """Write the page."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    templates.filters |= {
        "day": _day, "tint": _tint, "hours": _hours, "count": "{:,}".format, "short": _short, "mark": _mark,
        "messages": words.messages,
    }  # fmt: skip
    return templates.get_template("inbox_report.html").render(
        report=report,
        making=making,
        brief=list(_brief(report)),
        labels=[(label, words.LABELS[label], group_of(label)) for label in LABELS],
        archetypes=ARCHETYPES,
        levels=[(name, words.URGENCY[name][0]) for name in URGENCY_NAMES],
        label_names={label: name for label, (name, _) in words.LABELS.items()},
        languages=[(words.LANGUAGES[lang], n) for lang, n in report.tallies.languages.most_common()],  # type: ignore[index]
        kinds=[(words.KINDS[kind], n) for kind, n in report.tallies.kinds.most_common() if kind != "message"],  # type: ignore[index]
        strategy=lambda name: playbook.text(name, FALLBACK_LANGUAGE).title,
        weekdays=_WEEKDAYS,
        ticks=_ticks(report.time) if report.time else (),
        grid=_grid(max(map(sum, report.time.bins))) if report.time else (),
        working=_working(report),
    )


def _brief(report: InboxReport) -> Iterator[tuple[str, str]]:
    """What a reader in a hurry must know: a few words in bold, and the rest of the sentence."""
    if report.pressing:
        yield (
            f"Act by the next day: {words.messages(report.pressing)} of the last 30 days",
            "Those that press most are listed below." if report.pressing > 1 else "It is listed below.",
        )
    if report.partings:
        who = report.partings[0].client
        yield (
            f"{report.parting_count:,} client{_s(report.parting_count)} with signs that it may be time to part",
            f"Above all {who}." if report.parting_count > 1 else f"It is {who}.",
        )
    if report.claims.of:
        yield (
            f"{report.claims.percent} % of all alarms are hollow",
            _claimed(report.claims),
        )
    if commonest := _commonest(report):
        yield commonest
    if report.late.of:
        yield f"{report.late.percent} % came outside your working hours", f"{words.messages(report.late.count)}."
    if report.answers and report.answers.hours is not None:
        waiting = report.answers.waiting
        yield (
            f"Half of your answers went out within {_hours(report.answers.hours)}",
            f"{waiting.count:,} of {words.messages(waiting.of)} of the last 30 days {_have(waiting.count)} had none.",
        )


def _commonest(report: InboxReport) -> tuple[str, str] | None:
    counts = [sum(row.cells[place].count for row in report.heat) for place in range(len(LABELS))]
    trouble = {label: count for label, count in zip(LABELS, counts, strict=True) if label != "goodwill"}
    label = max(trouble, key=lambda one: trouble[one])
    if not trouble[label]:
        return None
    name, meaning = words.LABELS[label]
    return f"{name} is what you meet most", f"{words.messages(trouble[label])} of a client who {meaning}."


def _claimed(claims: Share) -> str:
    if claims.of == 1:
        return f"The only message that claims to be urgent names {'nothing' if claims.count else 'something'} that is."
    name = "names" if claims.count == 1 else "name"
    return f"{claims.count:,} of {claims.of:,} messages that claim to be urgent {name} nothing that is."


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _day(day: date | datetime | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "no date"


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(hours * 60))} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _short(count: int) -> str:
    """A number in a cell of a few characters."""
    return str(count) if count < 1_000 else f"{count / 1_000:.1f}k" if count < 100_000 else f"{count // 1_000}k"


def _tint(share: Share) -> float:
    """How strong a cell of the heat map is, from 0 to 1; the square root lets small shares be seen."""
    return round((share.count / share.of) ** 0.5, 3) if share.of else 0.0


def _ticks(time: TimeLine) -> list[tuple[int, str]]:
    """The bins that bear a date below, and the date: years where there are many, else months or days."""
    starts = time.starts
    months = [(day.year, day.month) for day in starts]
    firsts = [n for n, month in enumerate(months) if n == 0 or months[n - 1] != month]
    chosen = firsts if time.step <= 28 and len(firsts) > 2 else list(range(len(starts)))
    every = -(-len(chosen) // _MOST_TICKS)
    form = "%b %Y" if time.step <= 28 and len(firsts) > 2 else "%Y" if time.step > 91 else "%d %b"
    return [(n, f"{starts[n]:{form}}".lstrip("0")) for n in chosen[::every]]


def _grid(top: int) -> range:
    """The whole numbers up to ``top`` that bear a line: no more than five, one, two or five of a power of ten apart."""
    step = next(n * 10**power for power in range(12) for n in (1, 2, 5) if top <= 5 * n * 10**power)
    return range(step, top + 1, step)


def _mark(value: int) -> str:
    """A number beside a line."""
    return f"{value / 1_000:g}k" if value >= 1_000 else str(value)


def _working(report: InboxReport) -> list[list[bool]]:
    """Which hours of the week lie in the provider's working hours."""
    spans = report.tallies.provider.working_hours.spans if report.tallies.provider.working_hours else ()
    return [[any(_meets(span, day, hour) for span in spans) for hour in range(24)] for day in range(7)]


def _meets(span: tuple[int, int, int], day: int, hour: int) -> bool:
    weekday, first, last = span
    return weekday == day and first < 60 * (hour + 1) and 60 * hour < last
