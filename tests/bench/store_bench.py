"""How much dearer lists get between ten thousand and a million generated messages: `make bench-store`.

Prints, for each list, the median at both sizes and their ratio; SQLite in a temporary folder, unless told otherwise.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select, text

from data.records import Assessment, Passage, Signal, Urgency
from data.taxonomy import LABELS
from data.wire import to_json
from service.client_lines import count_anew
from service.clientele import Clientele
from service.database import writing
from service.listing import Query
from service.store import Store, open_store
from service.tables import MessageRow, SignalRow

SMALL, LARGE, CHUNK, REPEATS = 10_000, 1_000_000, 5_000, 25
START = datetime(2021, 1, 1, tzinfo=UTC)
SHARES = dict(zip(LABELS, (0.2, 0.1, 0.05, 0.12, 0.06, 0.08, 0.1, 0.04, 0.006), strict=True))
LEVELS = (0.5, 0.35, 0.144, 0.006)  # a label and a level that are rare: the hard case of a list


def main() -> None:
    """Fill two stores and ask both the same, in turns, so that a busy machine slows both alike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs=2, metavar="URL", help="two empty databases, for the small and the large")
    parser.add_argument("--large", type=int, default=LARGE, help="messages in the large one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = given.databases or [f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large")]
        with closing(open_store(urls[0])) as small, closing(open_store(urls[1])) as large:
            for store, count in ((small, SMALL), (large, given.large)):
                _fill(store.engine, random.Random(7), count)  # noqa: S311 (the same rows each time, no secret)
            _report(small, large, given.large)


def _report(small: Store, large: Store, count: int) -> None:
    _say(f"{'list':42} {SMALL:>10} {count:>10}   ratio")
    for (name, ask_small), (_, ask_large) in zip(_lists(small), _lists(large), strict=True):
        few, many = _medians(ask_small, ask_large)
        _say(f"{name:42} {few * 1000:7.2f} ms {many * 1000:7.2f} ms  {many / few:6.2f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _lists(store: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    """What people and programs ask for, each as one call."""
    count = store.page(Query(limit=1)).messages[0].sent_at
    assert count is not None
    middle = store.page(Query(since=START, limit=1))
    clients = Clientele(store.engine, lambda: count, lambda moment: moment.date(), 14)
    big, usual = "c1@clients.example", "c700@clients.example"
    yield "newest", lambda: store.page(Query())
    yield "next page", lambda: store.page(Query(after=middle.next))
    yield "since yesterday", lambda: store.page(Query(since=count - timedelta(days=1)))
    yield "commonest label", lambda: store.page(Query(label=LABELS[0]))
    yield "rare label (6 in 1000)", lambda: store.page(Query(label=LABELS[-1]))
    yield "urgency at least 1", lambda: store.page(Query(urgency_min=1))
    yield "urgency at least 2", lambda: store.page(Query(urgency_min=2))
    yield "urgency 3 (6 in 1000)", lambda: store.page(Query(urgency_min=3))
    yield "label and urgency at least 2", lambda: store.page(Query(label=LABELS[1], urgency_min=2))
    yield "a usual client", lambda: store.page(Query(client=usual))
    yield "the biggest client (1 in 100)", lambda: store.page(Query(client=big))
    yield "the biggest client and a label", lambda: store.page(Query(client=big, label=LABELS[2]))
    yield "a page of search, a common word", lambda: store.page(Query(words=("the",)))
    yield "a page of search, nothing found", lambda: store.page(Query(words=("xyzzy",)))
    yield "one message by its id", lambda: store.get("m0000100")
    yield "the past of a usual client", lambda: store.past(usual, before=None)
    yield "the past of the biggest client", lambda: store.past(big, before=None)
    yield "clients", lambda: clients.page(50)
    yield "time line of the biggest client", lambda: clients.timeline(big)
    yield "messages of the last 60 days, counted", lambda: clients.inbox(big, count - timedelta(days=60), count)


def _medians(*asked: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in asked]
    for _ in range(REPEATS):
        for ask, taken in zip(asked, times, strict=True):
            started = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _fill(engine: Engine, chance: random.Random, count: int) -> None:
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(MessageRow)) == count:
            return  # filled by an earlier run
    for first in range(0, count, CHUNK):
        made = [_made(chance, number) for number in range(first, min(first + CHUNK, count))]
        with writing(engine) as connection:
            connection.execute(insert(MessageRow), [row for row, _ in made])
            connection.execute(insert(SignalRow), [row for _, rows in made for row in rows])
    with writing(engine) as connection:
        owners = connection.scalars(select(MessageRow.owner).distinct())
        count_anew(connection, {owner for owner in owners if owner is not None})
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _made(chance: random.Random, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    client = f"c{1 if chance.random() < 0.01 else chance.randrange(2, 5000)}@clients.example"
    at = START + timedelta(minutes=number * 2)
    body = f"Message {number}: did the draft arrive, and when may we see the next one? " * 3
    signals = tuple(
        Signal(label, 0.9, True, (Passage(0, 9, body[:9]),))
        if chance.random() < SHARES[label]
        else Signal(label, 0.1, False)
        for label in LABELS
    )
    level = chance.choices(range(4), LEVELS)[0]
    assessment = Assessment(
        f"m{number:07}", "api", f"<{number}@clients.example>", client, at, "en", "A draft", body, signals,
        Urgency(level, (0.25, 0.25, 0.25, 0.25)), "v1",
    )  # fmt: skip
    row = {
        "id": assessment.id, "client": client, "owner": client, "sent_at": at, "received_at": at, "dated_at": at,
        "source": "api", "message_id": assessment.message_id, "lang": "en", "subject": "A draft", "text": body,
        "urgency": level, "claimed": False, "model": "v1", "kind": "message", "assessment": to_json(assessment),
    }  # fmt: skip
    shared = {"message_id": assessment.id, "owner": client, "dated_at": at}
    return row, [shared | {"label": s.label, "probability": s.probability, "present": s.present} for s in signals]


if __name__ == "__main__":
    main()
