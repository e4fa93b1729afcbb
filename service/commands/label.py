"""`kyp label`: the queue in a terminal, a message at a time, a key for everything."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date

import typer
from rich.console import Console

from data.errors import InputError
from service.commands.first_model import ensure_model
from service.judging import build_registry
from service.label_queue import ToLabel
from service.label_screen import screen
from service.labelling import Labelling
from service.settings import read_settings
from service.wiring import Service, build_service

_AT_ONCE = 10
Keys = Callable[[], str]


def run(annotator: str, *, second: bool) -> None:
    """Label until the queue is empty or the person quits (InputError where there is no terminal)."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("`kyp label` needs a terminal; without one, use `kyp import-labels` or the page /label")
    settings = read_settings()
    ensure_model(build_registry(settings))
    service = build_service(settings)
    with closing(service.store):
        done = Session(service, annotator, Console(), typer.getchar, second=second).run()
    typer.echo(
        f"{done} labelled. `kyp train --from-store` learns from them." if done else "Nothing labelled this time."
    )


class Session:
    """One sitting: shows messages, takes keys, keeps each opinion as soon as it is confirmed."""

    def __init__(self, service: Service, annotator: str, console: Console, keys: Keys, *, second: bool) -> None:
        self._service = service
        self._annotator = annotator
        self._console = console
        self._keys = keys
        self._second = second
        self._skipped: set[str] = set()
        self._done: list[ToLabel] = []

    def run(self) -> int:
        """Go through the queue; how many messages were labelled."""
        queue: list[ToLabel] = []
        while queue or (queue := self._more()):
            one = queue.pop(0)
            key = self._label(one)
            if key == "q":
                return len(self._done)
            if key == "b":
                queue.insert(0, one)
                if self._done:
                    queue.insert(0, self._done.pop())
        self._console.print("The queue is empty: nothing is left to label for now.")
        return len(self._done)

    def _more(self) -> list[ToLabel]:
        skip = frozenset(self._skipped)
        return [*self._service.queue.next(self._annotator, _AT_ONCE, skip=skip, second=self._second)]

    def _label(self, one: ToLabel) -> str:
        """Show one message until it is confirmed, skipped or left; the key that ended it."""
        said = [c.opinion for c in self._service.corrections.of(one.message.id).current]
        before = next((opinion for opinion in said if opinion.annotator == self._annotator), None)
        labelling = Labelling.begin(one.message, self._annotator, before)
        while True:
            self._console.clear()
            self._console.print(screen(labelling, one.because, len(self._done)))
            key = self._keys()
            if key in ("\r", "\n"):
                self._service.corrections.put(one.message, labelling.opinion)
                self._done.append(one)
                return key
            if key == "s":
                self._skipped.add(one.message.id)
            if key in ("s", "q", "b"):
                return key
            labelling = self._changed(labelling, key)

    def _changed(self, labelling: Labelling, key: str) -> Labelling:
        if key in "123456789" and key:
            return labelling.toggled(int(key) - 1)
        if key == "u":
            return labelling.next_urgency()
        if key == "c":
            return labelling.claim_toggled()
        return labelling.due(self._asked_date(labelling.opinion.deadline)) if key == "d" else labelling

    def _asked_date(self, before: date | None) -> date | None:
        told = self._console.input("Deadline as 2026-03-05, empty for none: ").strip()
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            return before
