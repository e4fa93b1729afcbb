"""`kyp score`: files of mails in, one row a mail out, as a stream."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from data.errors import InputError
from data.mail.archives import open_mails
from data.mail.reading import read
from data.records import Email
from service.batch import Judged, advised, in_chunks, judged_here
from service.champion import Champion
from service.commands.first_model import ensure_model, tell
from service.commands.progress import watched
from service.judging import build_adviser, build_registry
from service.rows import RowFormat, open_rows
from service.settings import Settings, read_settings
from service.workers import judged_by_workers

STDIN = "-"


def run(inputs: Sequence[str], out: Path | None, row_format: RowFormat, jobs: int) -> None:
    """Judge all inputs (InputError where one cannot be opened); tell how many mails could not be read."""
    settings = read_settings()
    mails = [_opened(name, settings.max_body_bytes) for name in inputs]  # a wrong name is told before any work
    adviser = build_adviser(settings)
    ensure_model(build_registry(settings))
    unreadable = 0
    with open_rows(out, row_format) as write:
        for assessment in watched(advised(_judged(chain.from_iterable(mails), settings, jobs), adviser)):
            write(assessment)
            unreadable += assessment.error is not None
    if unreadable:
        tell(f"kyp: {unreadable} message{'s' if unreadable > 1 else ''} could not be read; the rows say why")


def _opened(name: str, most_bytes: int) -> Iterable[Email]:
    return _from_stdin(most_bytes) if name == STDIN else open_mails(Path(name))


def _from_stdin(most_bytes: int) -> Iterator[Email]:
    raw = sys.stdin.buffer.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise InputError(f"standard input: the mail is larger than {most_bytes} bytes (KYP_MAX_BODY_BYTES)")
    yield read(raw, "stdin")


def _judged(mails: Iterable[Email], settings: Settings, jobs: int) -> Iterator[Judged]:
    if jobs > 1:
        return judged_by_workers(in_chunks(mails), settings.models_folder, jobs)
    return judged_here(in_chunks(mails), Champion(build_registry(settings)).judge)
