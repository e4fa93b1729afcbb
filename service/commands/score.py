"""`kyp score`: mails of any number in, one row a mail out, as a stream; and a report on the whole."""

import gc
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from service import places
from service.adviser import Adviser
from service.batch import Chunk, Inbox, in_growing_chunks, weight
from service.clashes import check_apart
from service.commands.first_model import ensure_model, tell
from service.commands.inbox_report import Reporting
from service.commands.progress import progress
from service.copies import Copies
from service.full import telling_where_full
from service.inputs import Inputs, opened
from service.judgement import OBJECTS, Order, Outcome
from service.judging import build_adviser, build_registry
from service.output import Output, is_folder, open_output
from service.rows import ROWS_A_PART, RowFormat
from service.settings import Settings, read_settings
from service.words import messages

_MOST_TOLD = 10  # damaged archives, by name

Judging = Callable[[Iterable[Chunk]], Iterator[list[Outcome]]]


@dataclass(frozen=True, slots=True)
class Scoring:
    """What is asked for: ``own`` addresses in lower case; a ``scheduler`` asks for a Dask cluster."""

    inputs: Sequence[str]
    out: str | None
    row_format: RowFormat
    report: Path | None = None
    mask: bool = False
    jobs: int = 1
    scheduler: str | None = None
    resume: bool = False
    rows_a_part: int = ROWS_A_PART
    own: frozenset[str] = frozenset()
    prior: float | None = None
    keep_copies: bool = False


def run(asked: Scoring) -> None:
    """Judge all inputs; tell what became no row, or one with an error.

    Raises:
        InputError: an input cannot be opened, or would be overwritten; an output cannot be written.
    """
    check_apart(asked.inputs, asked.out, asked.report)
    asked = replace(asked, out=places.output(asked.out))
    settings = read_settings(prior=asked.prior)
    with opened(asked.inputs, settings.max_body_bytes) as inputs:
        adviser, registry = build_adviser(settings), build_registry(settings)
        ensure_model(registry)
        version = registry.champion_version() or ""
        order = Order(settings.models_folder, version, asked.own, settings.prior, settings.encoder)
        about = _about(asked, inputs, order, adviser, settings) if inputs.repeatable else None
        inbox = Inbox(adviser, None if asked.keep_copies else Copies())
        report = None if asked.report is None else Reporting(asked.report, adviser, mask=asked.mask)
        with (
            telling_where_full(asked.out or "standard output", _way_on(asked.out, about)),
            open_output(
                asked.out, asked.row_format, about, settings.home, resume=asked.resume, rows_a_part=asked.rows_a_part
            ) as output,
        ):
            _score(asked, inputs, order, inbox, output, report)
            output.complete()
    if report is not None:
        with telling_where_full(f"--report {asked.report}", "make room and run it again; the rows are whole"):
            report.write(asked.inputs, settings, inbox)
    _tell_counts(inbox, asked.own)


def _way_on(out: str | None, about: dict[str, str] | None) -> str:
    if out is None:
        return "make room, or name a file with -o, which --resume can go on with"
    return "make room and begin anew" if about is None else "make room and go on with --resume"


def _score(
    asked: Scoring, inputs: Inputs, order: Order, inbox: Inbox, output: Output, report: Reporting | None
) -> None:
    before = output.reached
    rows, sent = output.rows(), output.sent()
    if report is not None:
        rows, sent = report.watching(rows, sent)
    inbox.recall(rows, sent, before.items)
    left = islice(inputs.items, before.items, None)
    with _judging(asked, order) as judge, progress(inputs.size, before.items, rows_to_output=asked.out is None) as step:
        watched = _Weighed(in_growing_chunks(left, before.chunks))
        try:
            for outcomes in judge(watched):
                judged, own = inbox.take(outcomes), [outcome.sent for outcome in outcomes if outcome.sent]
                output.add(len(outcomes), judged, own)
                if report is not None:
                    report.add(judged, own)
                step(len(outcomes), watched.done())
        except KeyboardInterrupt:
            if output.reached.items:
                tell(f"kyp: {output.reached.items:,} mails are done; the same command with --resume goes on")
            raise


@contextmanager
def _judging(asked: Scoring, order: Order) -> Iterator[Judging]:
    """The way chunks are judged: in this process, in several, or by a cluster."""
    if asked.scheduler is None and asked.jobs == 1:
        yield lambda chunks: map(order.carry_out, chunks)
        return
    from service.pools import cluster, processes
    from service.workers import Pool, judged_by_workers

    chosen: AbstractContextManager[Pool] = (
        processes(asked.jobs, order) if asked.scheduler is None else cluster(asked.scheduler, order)
    )
    with chosen as pool, _seldom_looking_for_garbage():
        yield lambda chunks: judged_by_workers(chunks, pool, tell)


@contextmanager
def _seldom_looking_for_garbage() -> Iterator[None]:
    """Outcomes that come from workers are many small objects without circles: looking through them takes a tenth."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Weighed:
    """Chunks on their way out, whose bytes count as done when their rows come back."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._under_way: deque[int] = deque()

    def __iter__(self) -> Iterator[Chunk]:
        for chunk in self._chunks:
            self._under_way.append(sum(map(weight, chunk)))
            yield chunk

    def done(self) -> int:
        """The bytes of the chunk whose rows came back next."""
        return self._under_way.popleft()


def _about(asked: Scoring, inputs: Inputs, order: Order, adviser: Adviser, settings: Settings) -> dict[str, str]:
    """What the rows depend on: a run can be resumed while all of it is the same."""
    texts = hashlib.sha256(repr(adviser.playbook).encode()).hexdigest()[:12]
    holidays = ", ".join(sorted(day.isoformat() for day in settings.holidays)) or "none"
    return {
        "inputs": inputs.about,
        "model": order.version,
        "prior": "as in training" if order.prior is None else f"{order.prior:g}",
        "playbook": texts,
        "working hours": f"{settings.working_hours} {settings.timezone}",
        "holidays": holidays,
        "own addresses": ", ".join(sorted(asked.own)) or "none",
        "copies": "kept" if asked.keep_copies else "dropped",
    } | ({"rows a part": f"{asked.rows_a_part:,}"} if is_folder(asked.out) else {})


def _tell_counts(inbox: Inbox, own: frozenset[str]) -> None:
    copies = inbox.copies.found if inbox.copies else 0
    if inbox.unreadable:
        tell(f"kyp: {messages(inbox.unreadable)} could not be read; the rows say why")
    for source in inbox.damaged[:_MOST_TOLD]:
        tell(f"kyp: {_damage(source)}")
    if more := len(inbox.damaged[_MOST_TOLD:]):
        tell(f"kyp: {more:,} more damage{'s' * (more != 1)} of this kind: see the rows with damaged_archive")
    if copies:
        tell(f"kyp: {messages(copies)} had been there already, and {'is' if copies == 1 else 'are'} scored once")
    if inbox.own:
        tell(f"kyp: {messages(inbox.own)} of your own left out")
    if unknown := ", ".join(sorted(own - inbox.senders)):
        tell(f"kyp: no mail here was sent from {unknown} (--me)")


def _damage(source: str) -> str:
    """Where an archive breaks off; of a zip that is one of its items, and the others are read."""
    name, _, number = source.rpartition("#")
    where = f"after mail {int(number) - 1:,}" if int(number) > 1 else "at its first mail"
    lost = "what stands behind it in that item" if name.lower().endswith(".zip") else "what stands behind it"
    return f"{name} is damaged {where}: {lost} was not read"
