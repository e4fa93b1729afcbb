"""Long runs of `kyp score` that are killed: resumed, the output is the same, each row once; with a cluster, too."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from distributed import Client

# Ctrl-C is heard as from a terminal, also where the tests run as a shell's background job, which ignores it.
_HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
KYP = (sys.executable, "-c", f"{_HEARS}; from service.cli import main; main()")
PATIENCE = 120.0  # seconds
MAILS = 3_000
MAIL = (
    "From x@y.example Thu Mar  5 17:42:00 2026\nFrom: client{c}@firm.example\nTo: studio@agency.example\n"
    "Subject: n{n}\nMessage-ID: <{n}@x.example>\nDate: Thu, {day} Mar 2026 20:{minute:02}:00 +0000\n\n"
    "Did my message {n} from this morning arrive? Copy me on every step, job {n}, and send a status tonight.\n\n"
)

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An mbox that takes a few seconds."""
    path = tmp_path_factory.mktemp("mail") / "inbox.mbox"
    path.write_text("".join(MAIL.format(n=n, c=n % 7, day=n % 28 + 1, minute=n % 60) for n in range(MAILS)))
    return path


@pytest.fixture(scope="module")
def whole(home: Path, mailbox: Path) -> bytes:
    """The output of a run that nobody disturbed."""
    out = mailbox.with_name("whole.jsonl")
    with starting(home) as start:
        finished(start(mailbox, "-o", out))
    return out.read_bytes()


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start `kyp score` as a program."""
    with starting(home) as start:
        yield start


@contextmanager
def starting(home: Path) -> Iterator[Start]:
    """Programs that are ended with the block, if they still run."""
    with ExitStack() as stack:

        def start(*words: object) -> "subprocess.Popen[str]":
            program = subprocess.Popen(  # noqa: S603 (our own program)
                [*KYP, "score", *map(str, words)], stderr=subprocess.PIPE, text=True,
                env=os.environ | {"KYP_HOME": str(home)}, start_new_session=True,
            )  # fmt: skip
            stack.callback(_end, program)
            return program

        yield start


def _end(program: "subprocess.Popen[str]") -> None:
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    assert program.stderr is not None
    program.stderr.close()


def finished(program: "subprocess.Popen[str]") -> str:
    """Wait for a good end; what stood on standard error."""
    _, told = program.communicate(timeout=300)
    assert program.returncode == 0, told
    return told


def wait_for(ready: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(1_200):
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def wait_for_rows(out: Path, rows: int) -> None:
    """Wait until the part of an output holds so many rows."""
    part = out.with_name(out.name + ".part")
    wait_for(lambda: part.exists() and part.read_bytes().count(b"\n") >= rows)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_is_resumed(start: Start, mailbox: Path, tmp_path: Path, whole: bytes, jobs: int) -> None:
    """Killed with -9 in the middle, twice, and resumed: the same bytes as without."""
    out = tmp_path / "out.jsonl"
    for rows in (300, 1_500):
        running = start(mailbox, "-o", out, "--jobs", jobs, "--resume")
        wait_for_rows(out, rows)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert not out.exists()
    finished(start(mailbox, "-o", out, "--jobs", jobs, "--resume"))
    assert out.read_bytes() == whole
    assert len({json.loads(line)["id"] for line in whole.splitlines()}) == MAILS


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_leaves_whole_rows_and_says_how_to_go_on(start: Start, mailbox: Path, tmp_path: Path, jobs: int) -> None:
    """Every row that is there can be read; the message names --resume; no process is left."""
    out = tmp_path / "out.jsonl"
    running = start(mailbox, "-o", out, "--jobs", jobs)
    wait_for_rows(out, 300)
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert "--resume" in told
    assert "Traceback" not in told
    with (tmp_path / "out.jsonl.part").open() as rows:
        assert sum(json.loads(line)["subject"] == f"n{n}" for n, line in enumerate(rows)) >= 300
    wait_for(lambda: _is_over(running.pid))


def test_a_lost_process_costs_nothing(start: Start, mailbox: Path, tmp_path: Path, whole: bytes) -> None:
    """One of two workers is killed: what it was at is done again, and each row is there once."""
    out = tmp_path / "out.jsonl"
    running = start(mailbox, "-o", out, "--jobs", 2)
    wait_for_rows(out, 300)
    os.kill(_busiest_child(running.pid), signal.SIGKILL)
    finished(running)
    assert out.read_bytes() == whole


def test_processes_that_are_lost_again_and_again(start: Start, mailbox: Path, tmp_path: Path, whole: bytes) -> None:
    """The run stops, names the mails it was at and both ways on, keeps what was done, and can be resumed."""
    out = tmp_path / "out.jsonl"
    running = start(mailbox, "-o", out, "--jobs", 2)
    wait_for_rows(out, 300)
    end = time.monotonic() + PATIENCE
    while running.poll() is None:
        assert time.monotonic() < end, "the run does not stop"
        for worker in _workers(running.pid):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        time.sleep(0.05)
    _, told = running.communicate()
    assert running.returncode == 2, told
    assert re.search(r"inbox.mbox#\d+ to inbox.mbox#\d+ ended two workers.*--resume", told), told
    finished(start(mailbox, "-o", out, "--resume"))
    assert out.read_bytes() == whole


def test_two_runs_do_not_write_one_output(start: Start, mailbox: Path, tmp_path: Path) -> None:
    """The second is refused while the first is at it."""
    out = tmp_path / "out.jsonl"
    running = start(mailbox, "-o", out)
    wait_for_rows(out, 10)
    second = start(mailbox, "-o", out, "--resume")
    _, told = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "another kyp is writing it" in told
    finished(running)


def test_a_cluster_loses_a_worker(start: Start, home: Path, mailbox: Path, tmp_path: Path, whole: bytes) -> None:
    """Three workers of a real cluster, one killed in the middle: the same rows, in order, each once."""
    with cluster(home, workers=3) as (scheduler, workers):
        out = tmp_path / "out.jsonl"
        running = start(mailbox, "-o", out, "--backend", "dask", "--scheduler", scheduler)
        wait_for_rows(out, 300)
        workers[0].kill()
        told = finished(running)
    assert out.read_bytes() == whole
    assert "could not read the mails" not in told, "the workers read the mailbox themselves"


def test_a_cluster_loses_a_worker_amid_parts(
    start: Start, home: Path, mailbox: Path, tmp_path: Path, whole: bytes
) -> None:
    """The parts are one table of the same messages, in order, each once."""
    with cluster(home, workers=3) as (scheduler, workers):
        out = tmp_path / "rows.parquet"
        running = start(mailbox, "-o", f"{out}/", "--rows-per-part", 400, "--backend", "dask", "--scheduler", scheduler)
        wait_for(lambda: (out / "part-00001.parquet").exists())
        workers[0].kill()
        finished(running)
    assert sorted(path.name for path in out.iterdir()) == ["_SUCCESS", *(f"part-{n:05}.parquet" for n in range(8))]
    assert ids_in_parts(out) == [json.loads(line)["id"] for line in whole.splitlines()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_parts_are_resumed(start: Start, mailbox: Path, tmp_path: Path, whole: bytes, jobs: int) -> None:
    """Killed with -9 amid the parts: those that were whole are left as they are, the others follow, no row twice."""
    out = tmp_path / "rows.parquet"
    words = (mailbox, "-o", f"{out}/", "--rows-per-part", 400, "--jobs", jobs, "--resume")
    running = start(*words)
    wait_for(lambda: (out / "part-00002.parquet").exists())
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not (out / "_SUCCESS").exists()
    before = {part.name: part.stat().st_ino for part in out.glob("part-*")}
    finished(start(*words))
    assert before.items() <= {part.name: part.stat().st_ino for part in out.glob("part-*")}.items()
    assert ids_in_parts(out) == [json.loads(line)["id"] for line in whole.splitlines()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.parquet"]


def ids_in_parts(folder: Path) -> list[str]:
    """The ids of the messages in a folder of parts, read as one table."""
    ids: list[str] = ds.dataset(folder).to_table(columns=["id"])["id"].to_pylist()
    return ids


@contextmanager
def cluster(home: Path, workers: int) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A scheduler and its workers, each a process of its own."""
    told = home / f"scheduler-{time.time_ns()}.json"
    with ExitStack() as stack:
        stack.callback(_stop, _dask("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)))
        wait_for(lambda: told.exists() and told.stat().st_size > 0)
        address = json.loads(told.read_text())["address"]
        started = []
        for _ in range(workers):
            worker = _dask("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            stack.callback(_stop, worker)
            started.append(worker)
        with Client(address) as client:  # type: ignore[no-untyped-call]  # Dask has few types
            client.wait_for_workers(workers, timeout=120)
        yield address, started


def _dask(*words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dask", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (Dask's own)


def _is_over(group: int) -> bool:
    """Whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _stop(program: "subprocess.Popen[bytes]") -> None:
    program.kill()
    program.wait()


def _busiest_child(pid: int) -> int:
    """The worker that has used most processor time."""
    return max(found := _workers(pid), key=found.__getitem__)


def _workers(pid: int) -> dict[int, int]:
    """The worker processes of a run, with the seconds of processor time that each has used."""
    shown = subprocess.run(  # noqa: S603
        ["ps", "-ww", "--ppid", str(pid), "-o", "pid=,cputimes=,args="],  # noqa: S607 (wherever ps is)
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    lines = [line.split(maxsplit=2) for line in shown.splitlines()]
    return {int(number): int(seconds) for number, seconds, command in lines if "popen_loky" in command}
