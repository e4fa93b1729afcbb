"""Measures `kyp score` beside other ways of reading and classifying mail, all in one run: make bench.

    python tests/bench/batch_bench.py [MAILBOX]

Figures are ratios of processor time on one core, so that a slow or a busy machine tells nearly the same. Without a
mailbox (an mbox, plain or .gz) one is made of the shipped messages. It takes about five minutes.
"""

import email
import gzip
import json
import mailbox
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from spacy.training import Example

from data.datasets import load, shipped
from data.mail.archives import open_items
from data.mail.unread import as_email
from data.records import Email, LabelledMessage
from data.taxonomy import LABELS
from data.wire import to_line
from service.batch import Inbox, in_growing_chunks
from service.copies import Copies
from service.judgement import Order
from service.judging import build_adviser, build_registry
from service.settings import read_settings
from tests.bench.mailboxes import write_mailbox

KYP = (sys.executable, "-c", "from service.cli import main; main()")
MADE = 4_000  # mails of a mailbox that is made
OF_SPACY = 500  # mails for the slowest
SIZES = 2_000, 10_000  # of mailboxes, to see what grows
STEPS, BATCH = 40, 64  # of training the neural one: what it knows does not change its speed


def main(path: Path | None) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "made.mbox"
            write_mailbox(path, MADE)
        order = _order()
        first, parts = _parts(path, order), _parts(path, order)
        _say(f"{parts.mails} mails of {path.name}, one core\n")
        _table("At first, while the mailbox's words are new", first.seconds, first.mails)
        _say("")
        _table("Once they are known, as in a large mailbox", parts.seconds, parts.mails)
        _beside(path, first, parts)
        _start_up()
        _memory(Path(folder))
        _jobs(Path(folder))


@dataclass(slots=True)
class _Parts:
    mails: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def _order() -> Order:
    settings = read_settings()
    version = build_registry(settings).champion_version()
    if version is None:
        sys.exit("there is no model yet: run `kyp train` first")
    return Order(settings.models_folder, version)


def _parts(path: Path, order: Order) -> _Parts:
    """Everything that `kyp score` does with a mailbox, part by part."""
    parts = _Parts()
    order.carry_out([])  # loads the model
    inbox = Inbox(build_adviser(read_settings()), Copies())
    items = iter(open_items(path))
    number = 0
    while True:
        with parts.timed("finding mails"):
            chunk = next(in_growing_chunks(items, number), None)
        if chunk is None:
            return parts
        number += 1
        parts.mails += len(chunk)
        with parts.timed("reading them"):
            mails: list[Email] = [as_email(item) for item in chunk]
        with parts.timed("judging"):
            outcomes = order.carry_out(mails)
        with parts.timed("advising"):
            rows = inbox.take(outcomes)
        with parts.timed("writing rows"):
            for row in rows:
                to_line(row)


def _beside(path: Path, first: _Parts, kyp: _Parts) -> None:
    data = load(shipped())
    mails = [as_email(item) for item in open_items(path)]
    texts = [f"{mail.subject}\n{mail.text}" for mail in mails]
    naive = _naive(data)
    neural = _neural(data)
    few = texts[:: max(1, len(texts) // OF_SPACY)]
    each = {
        "kyp, from bytes to rows with passages, urgency, deadlines, strategies": kyp.total / kyp.mails,
        "kyp at first": first.total / first.mails,
        "(a) standard library: parsing alone": _seconds(lambda: _parsed_by_the_library(path)) / len(mails),
        "(b) scikit-learn, texts parsed already: nine probabilities": _seconds(lambda: naive(texts)) / len(texts),
        "(c) spaCy textcat_multilabel, texts parsed already": _seconds(lambda: neural(few)) / len(few),
    }
    mine = next(iter(each.values()))
    _say("\n| beside others | mails a second | time, kyp = 1 |\n|---|---:|---:|")
    for name, seconds in each.items():
        _say(f"| {name} | {1 / seconds:,.0f} | {seconds / mine:.2f} |")


def _parsed_by_the_library(path: Path) -> None:
    """The mailbox module, each mail parsed and its text decoded."""
    with tempfile.NamedTemporaryFile(suffix=".mbox") as plain:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as packed:
            plain.write(packed.read())
        plain.flush()
        for message in mailbox.mbox(plain.name):
            for part in message.walk():
                if part.get_content_maintype() == "text":
                    _text(part)


def _text(part: email.message.Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("latin-1") if isinstance(content, bytes) else ""


Classify = Callable[[Sequence[str]], object]


def _naive(data: Sequence[LabelledMessage]) -> Classify:
    """Words and characters weighed by TF-IDF, and nine logistic regressions."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True)
    heads = OneVsRestClassifier(LogisticRegression(solver="liblinear"))
    pipeline = make_pipeline(make_union(words, characters), heads)
    pipeline.fit([_joined(one) for one in data], [[label in one.labels for label in LABELS] for one in data])
    return lambda texts: pipeline.predict_proba(texts)


def _neural(data: Sequence[LabelledMessage]) -> Classify:
    nlp = spacy.blank("en")
    nlp.add_pipe("textcat_multilabel")
    examples = [
        Example.from_dict(nlp.make_doc(_joined(one)), {"cats": {label: float(label in one.labels) for label in LABELS}})
        for one in data
    ]
    optimizer = nlp.initialize(lambda: examples)
    chance = random.Random(0)  # noqa: S311 (a sample is no secret)
    for _ in range(STEPS):
        nlp.update(chance.sample(examples, BATCH), sgd=optimizer)
    return lambda texts: [doc.cats for doc in nlp.pipe(texts, batch_size=256)]


def _joined(message: LabelledMessage) -> str:
    return f"{message.subject}\n{message.body}"


def _jobs(folder: Path) -> None:
    """How much sooner two processes are done where two cores are free, by what each way costs the processor.

    The difference of two mailboxes leaves out what a process costs to start, and most of what it learns at first.
    """
    costs = []
    for jobs in (1, 2):
        few, many = (_run("score", folder / f"{n}.mbox", "-o", folder / "rows.jsonl", "--jobs", jobs) for n in SIZES)
        costs.append(many["processor"] - few["processor"])
    _say(f"\nTwo processes on two free cores: at most {2 * costs[0] / costs[1]:.2f} times as fast as one")


def _start_up() -> None:
    mail = next((Path(__file__).parents[2] / "data" / "samples" / "eml").glob("09*.eml"))
    walls, cores = [], []
    for _ in range(3):
        start = time.perf_counter()
        used = _run("score", mail)
        walls.append(time.perf_counter() - start)
        cores.append(used["processor"])
    _say(f"\n`kyp score` for one mail: {min(walls):.1f} s, of them {min(cores):.1f} s on the processor")


def _memory(folder: Path) -> None:
    """The most that a run had in memory, for mailboxes of two sizes."""
    for mails in SIZES:
        path = folder / f"{mails}.mbox"
        write_mailbox(path, mails)
        most = _run("score", path, "-o", folder / "rows.jsonl")["megabytes"]
        _say(f"Most memory at {mails:,} mails: {most:.0f} MB")


def _run(*words: object) -> dict[str, float]:
    """Run `kyp` and tell what it used; a small process starts it, since memory is counted from the one that starts."""
    start = [sys.executable, "-c", _LAUNCH, *KYP, *map(str, words)]
    told = subprocess.run(start, capture_output=True, text=True, check=True).stdout  # noqa: S603 (our own program)
    usage: dict[str, float] = json.loads(told.splitlines()[-1])
    return usage


_LAUNCH = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"processor": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}))
"""


def _seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _table(title: str, seconds: dict[str, float], mails: int) -> None:
    total = sum(seconds.values())
    _say(f"| {title} | ms a mail | % |\n|---|---:|---:|")
    for name, spent in seconds.items():
        _say(f"| {name} | {1000 * spent / mails:.3f} | {100 * spent / total:.0f} |")
    _say(f"| **all: {mails / total:,.0f} mails a second** | {1000 * total / mails:.3f} | |")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: python tests/bench/batch_bench.py [MAILBOX]")
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    main(Path(sys.argv[1]) if len(sys.argv) == 2 else None)
