"""`kyp clients`: who writes, and one client in full."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing

import typer

from data.errors import InputError
from service import words
from service.client_lines import Line
from service.client_report import ClientReport
from service.client_wire import line_json, report_json
from service.settings import read_settings
from service.wiring import Records, build_records

_PAGE = 200
_SHOWN = 10


def show_all(*, as_json: bool) -> None:
    """List the clients, those who wrote last first: one line each, or one JSON object each."""
    records = build_records(read_settings())
    with closing(records.store):
        count = 0
        for line in _lines(records):
            known = records.clients.known(line.client)
            signs = [sign.id for sign in records.reporter.signs(known)]
            row = line_json(line, known, signs)
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _in_one_line(line, known.name, signs))
            count += 1
        if not count:
            typer.echo("No message is stored yet: send one with `kyp serve` running.", err=True)


def show_one(client: str, language: str | None, *, as_json: bool) -> None:
    """Report on one client (InputError where nothing is stored of them)."""
    records = build_records(read_settings())
    with closing(records.store):
        if not records.clients.exists(client):
            raise InputError(f"nothing is stored of {client!r}: `kyp clients list` names those there are")
        report = records.reporter.report(client, language=language)
    typer.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2) if as_json else "\n".join(_told(report)))


def _lines(records: Records) -> Iterator[Line]:
    page = records.clients.page(_PAGE)
    yield from page.clients
    while page.next is not None:
        page = records.clients.page(_PAGE, page.next)
        yield from page.clients


def _in_one_line(line: Line, name: str | None, signs: Sequence[str]) -> str:
    labels = ", ".join(f"{words.LABELS[label][0]} {count}" for label, count in line.labels[:3])
    called = f"{line.client} ({name})" if name else line.client
    parts = [f"{line.last_at:%Y-%m-%d}", called, f"{line.messages} message{'s' * (line.messages != 1)}"]
    return "  ".join([*parts, *([labels] if labels else []), *([f"signs: {', '.join(signs)}"] if signs else [])])


def _told(report: ClientReport) -> Iterator[str]:
    known, line = report.known, report.line
    yield f"{known.client}" + (f" ({known.name})" if known.name else "")
    if known.aliases:
        yield f"also: {', '.join(known.aliases)}"
    if line is not None:
        yield f"{line.messages} messages, {line.first_at:%Y-%m-%d} to {line.last_at:%Y-%m-%d}"
    yield from _facts(report)
    yield from _signals(report)
    yield from _signs(report)
    yield from _strategies(report)


def _facts(report: ClientReport) -> Iterator[str]:
    told = report.known.summary.model_dump(mode="json", exclude_none=True, exclude={"agreed_dates", "display_name"})
    if told:
        yield "\nKnown"
        yield from (f"  {name.replace('_', ' ')}: {value}" for name, value in told.items())


def _signals(report: ClientReport) -> Iterator[str]:
    if report.line is not None and report.line.labels:
        yield "\nSignals"
        yield from (f"  {count:4} {words.LABELS[label][0]}" for label, count in report.line.labels)
    if report.moments:
        yield "\nLately"
    for moment in reversed(report.moments[-_SHOWN:]):
        labels = ", ".join(words.LABELS[label][0] for label in moment.seen.labels) or "no signals"
        yield f"  {moment.seen.sent_at:%Y-%m-%d}  urgency {moment.urgency}  {labels}  [{moment.seen.id}]"


def _signs(report: ClientReport) -> Iterator[str]:
    advice = report.parting
    if advice is None or report.window is None:
        return
    start, end = report.window
    yield f"\n{advice.title} (signs from {start:%Y-%m-%d} to {end:%Y-%m-%d})"
    for sign, title in report.signs:
        yield f"  - {title}: {', '.join(sign.messages)}"
    yield f"\n  {advice.advice}\n\n  {advice.try_first}"
    yield from (f"  {place}. {tried.title} ({tried.id})" for place, tried in enumerate(advice.first_tries, 1))
    yield ""
    yield from (f"  - {step}" for step in advice.steps)
    yield "\n" + "\n".join(f"  | {line}" for line in advice.reply.splitlines()) + "\n"
    yield from (f"  - {thing}" for thing in advice.hand_over)


def _strategies(report: ClientReport) -> Iterator[str]:
    if report.strategies:
        yield "\nStrategies that fit most"
    for strategy in report.strategies[:5]:
        yield f"  {len(strategy.messages):4} {strategy.title} ({strategy.id})"
