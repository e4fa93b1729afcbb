"""`kyp agenda`: what to do this week."""

import json
from contextlib import closing
from datetime import date

import typer

from data.errors import InputError
from service.client_wire import agenda_json
from service.clock import now
from service.settings import read_settings
from service.wiring import build_records


def run(today: str | None, language: str | None, *, as_json: bool) -> None:
    """Print the list of the week that begins today, or on the day given (InputError where that is none)."""
    settings = read_settings()
    day = _day(today) if today else now().astimezone(settings.zone).date()
    records = build_records(settings)
    with closing(records.store):
        items = records.planner.week(day, language)
    if as_json:
        typer.echo(json.dumps(agenda_json(day, items), ensure_ascii=False, indent=2))
        return
    for item in items:
        called = f"{item.client} ({item.name})" if item.name else item.client
        typer.echo(f"{item.due}  {called}\n            {item.why}\n            {item.title} ({item.strategy})")
    if not items:
        typer.echo("Nothing calls for you this week.")


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise InputError(f"--today {words[:40]!r} is no date: write it as in 2026-03-05") from None
