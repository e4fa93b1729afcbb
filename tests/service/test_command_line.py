"""The command `kyp`, run as a program."""

import csv
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

Kyp = Callable[..., "subprocess.CompletedProcess[str]"]

MAIL = (
    "From: Ana <ana@brightloom.example>\nTo: tomas@studio.example\nSubject: {subject}\n"
    "Message-ID: <{subject}@x.example>\n"
    "Date: Thu, {day} Mar 2026 20:42:00 +0000\n\n"
    "Did my message from this morning arrive? Copy me on every single step and send me a status tonight.\n"
)


@pytest.fixture
def kyp(home: Path) -> Kyp:
    """Run `kyp` with the shared model and give its output."""

    def run(*words: object, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, words)]
        settings = os.environ | {"KYP_HOME": str(home), "COLUMNS": "200"} | environment
        return subprocess.run(command, input=stdin, capture_output=True, text=True, env=settings, timeout=300)  # noqa: S603

    return run


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """An mbox of 30 mails of one client, one a day."""
    path = tmp_path / "inbox.mbox"
    mails = [MAIL.format(subject=f"n{n}", day=n + 1) for n in range(30)]
    path.write_text("".join(f"From ana@brightloom.example Thu Mar  5 17:42:00 2026\n{mail}\n" for mail in mails))
    return path


def rows(done: "subprocess.CompletedProcess[str]") -> list[dict[str, object]]:
    """The JSON Lines on standard output."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_mailbox_becomes_rows(kyp: Kyp, mailbox: Path) -> None:
    """One row a mail in the order of the mailbox; standard output is rows alone, standard error stays silent."""
    done = kyp("score", mailbox)
    assert [row["subject"] for row in rows(done)] == [f"n{n}" for n in range(30)]
    assert done.stderr == ""


def test_a_client_is_remembered_along_the_mailbox(kyp: Kyp, mailbox: Path) -> None:
    """Only the first mail of a client calls for getting to know them."""
    found = [json.dumps([row["strategies"], row["more"]]) for row in rows(kyp("score", mailbox))]
    assert ["know-how-they-work" in strategies for strategies in found] == [True] + [False] * 29


def test_several_processes_give_the_same_rows(kyp: Kyp, mailbox: Path) -> None:
    """--jobs changes nothing but the time it takes."""
    assert kyp("score", mailbox, mailbox, "--jobs", 2).stdout == kyp("score", mailbox, mailbox).stdout


def test_one_raw_mail_on_standard_input(kyp: Kyp) -> None:
    """`-` reads one raw message."""
    (row,) = rows(kyp("score", "-", stdin=MAIL.format(subject="Hi", day=5)))
    assert (row["subject"], row["client"]) == ("Hi", "ana@brightloom.example")


def test_a_mailbox_on_standard_input_loses_none_of_its_mails(kyp: Kyp, mailbox: Path) -> None:
    """Each has its row; one mail with a "From " line before it, as a filter gets it, is one mail."""
    found = rows(kyp("score", "-", stdin=mailbox.read_text()))
    assert [(row["source"], row["subject"]) for row in found] == [(f"stdin#{n + 1}", f"n{n}") for n in range(30)]
    (row,) = rows(kyp("score", "-", stdin="From ana@brightloom.example\n" + MAIL.format(subject="Hi", day=5)))
    assert (row["source"], row["subject"]) == ("stdin", "Hi")


def test_rows_go_to_a_file(kyp: Kyp, mailbox: Path, tmp_path: Path) -> None:
    """-o names the file, its ending the format."""
    assert kyp("score", mailbox, "-o", tmp_path / "out.csv").stdout == ""
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["subject"] for row in csv.DictReader(file)] == [f"n{n}" for n in range(30)]


def test_dates_at_the_ends_of_time_stop_no_run(kyp: Kyp, tmp_path: Path) -> None:
    """Broken headers bear them: neither "tomorrow" nor the clock of another time zone can be counted from them."""
    dates = ["0001-01-01T00:00:01Z", "0001-01-01T00:00:02Z", "9999-12-31T23:00:00Z", "2026-03-05T09:00:00Z"]
    told = [{"text": f"Send {n} tomorrow.", "from": "a@b.example", "sent_at": date} for n, date in enumerate(dates)]
    path = tmp_path / "inbox.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in told))
    judged = rows(kyp("score", path, KYP_TIMEZONE="America/New_York"))
    assert [row["error"] for row in judged] == [None] * len(dates)
    assert [row["sent_at"] is None for row in judged] == [True, True, True, False]


def test_an_unreadable_mail_keeps_its_row_and_is_counted(kyp: Kyp, tmp_path: Path) -> None:
    """A mail without text is a row with an error; the count stands on standard error, the exit is 0."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"subject": "a", "body": "Where is my invoice?"}\n{broken\n{"subject": "c", "body": "Thanks!"}\n')
    done = kyp("score", path)
    assert [row["error"] is None for row in rows(done)] == [True, False, True]
    assert "1 message could not be read" in done.stderr


@pytest.mark.parametrize("name", ["missing.mbox", "photo.png"])
def test_an_input_that_cannot_be_opened(kyp: Kyp, tmp_path: Path, name: str) -> None:
    """Exit 2, one line that names the file, no rows, nothing written."""
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    done = kyp("score", tmp_path / name, "-o", tmp_path / "out.jsonl")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert name in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_a_pipe_may_close_early(home: Path, mailbox: Path) -> None:
    """`kyp score … | head -1` ends without a complaint."""
    program = (
        f"{sys.executable} -c 'from service.cli import main; main()' score {mailbox} {mailbox} {mailbox} | head -1"
    )
    done = subprocess.run(  # noqa: S602 (a shell makes the pipe)
        program, shell=True, capture_output=True, text=True, env=os.environ | {"KYP_HOME": str(home)}
    )
    assert json.loads(done.stdout)["subject"] == "n0"
    assert done.stderr == ""


def test_without_tokens_strangers_are_refused(kyp: Kyp, tmp_path: Path) -> None:
    """Where others can reach it kyp does not listen without tokens, and says what to do; with one it goes on."""
    store = {"KYP_DATABASE_URL": f"sqlite:///{tmp_path / 'kyp.db'}"}
    done = kyp("serve", "--host", "192.0.2.1", **store)
    assert done.returncode == 2
    assert all(word in done.stderr for word in ("192.0.2.1", "127.0.0.1", "kyp token create"))
    kyp("token", "create", "ana", **store)
    assert "cannot listen on 192.0.2.1:8000" in kyp("serve", "--host", "192.0.2.1", **store).stderr


def test_tokens_are_made_listed_and_revoked(kyp: Kyp, tmp_path: Path) -> None:
    """The token alone stands on standard output, once; the list shows name and scope, never the secret."""
    store = {"KYP_DATABASE_URL": f"sqlite:///{tmp_path / 'kyp.db'}"}
    assert "kyp token create" in kyp("token", "list", **store).stderr
    made = kyp("token", "create", "intake", "--scope", "read", **store)
    secret = made.stdout.strip()
    assert re.fullmatch(r"kyp_[0-9a-f]{8}_[\w-]{43}", secret)
    assert "once" in made.stderr
    (row,) = rows(kyp("token", "list", "--json", **store))
    assert (row["name"], row["scope"], row["used_at"], row["revoked_at"]) == ("intake", "read", None, None)
    assert "never used" in kyp("token", "list", **store).stdout
    assert kyp("token", "create", "intake", **store).returncode == 2
    assert kyp("token", "revoke", "intake", **store).returncode == 0
    listed = kyp("token", "list", **store).stdout
    assert "revoked" in listed
    assert secret[13:] not in listed
    assert "kyp token list" in kyp("token", "revoke", "intake", **store).stderr


def test_the_service_tells_where_it_listens_and_stops_when_told(home: Path, tmp_path: Path) -> None:
    """`kyp serve` logs its address, is ready there, and ends in order on SIGTERM."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
    environment = os.environ | {"KYP_HOME": str(home), "KYP_DATABASE_URL": f"sqlite:///{tmp_path / 'kyp.db'}"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as serving:  # noqa: S603
        assert serving.stderr is not None
        url = json.loads(serving.stderr.readline())["url"]
        try:
            assert httpx.get(f"{url}/readyz", timeout=60).status_code == 200
        finally:
            serving.terminate()
        *_, last = serving.stderr.read().splitlines()
        assert serving.wait(timeout=20) == 0
        assert json.loads(last)["event"] == "stopped"


def test_a_port_in_use_is_told(kyp: Kyp) -> None:
    """A port that another program holds is named, with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = kyp("serve", "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "--port" in done.stderr


@pytest.mark.parametrize("words", [("score", "x.mbox"), ("serve",), ("models", "list"), ("evaluate",)])
def test_a_wrong_setting_is_one_line(kyp: Kyp, words: tuple[str, ...]) -> None:
    """A setting that cannot be read is named in one line, exit 2."""
    done = kyp(*words, KYP_PORT="eighty")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_models_are_listed_and_shown(kyp: Kyp) -> None:
    """`kyp models list` names the model in use, `kyp models show` tells of it."""
    listed = kyp("models", "list")
    assert listed.returncode == 0
    version = next(word for line in listed.stdout.splitlines() if "*" in line for word in line.split() if word != "*")
    shown = kyp("models", "show", version)
    assert shown.returncode == 0
    assert version in shown.stdout
    for command in ("show", "promote"):
        assert kyp("models", command, "no-such").returncode == 2


def test_figures_come_as_a_table_or_as_json(kyp: Kyp, home: Path, tmp_path: Path) -> None:
    """`kyp evaluate` prints a table, with --json one object."""
    few = tmp_path / "few.jsonl"
    few.write_text("".join((home / "part.jsonl").read_text().splitlines(keepends=True)[::20]))
    assert kyp("evaluate", few).stdout.strip()
    assert json.loads(kyp("evaluate", few, "--json").stdout)


def test_help_names_the_commands(kyp: Kyp) -> None:
    """`kyp --help` loads neither the web nor a learning library."""
    program = "import sys, service.cli; print({'fastapi', 'sklearn', 'spacy', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)  # noqa: S603
    assert done.stdout.strip() == "set()"
    shown = kyp("--help").stdout
    assert all(command in shown for command in ("score", "train", "evaluate", "serve", "models"))


def test_help_of_a_command_ends_well(kyp: Kyp) -> None:
    """`kyp score --help` is help and nothing else."""
    shown = kyp("score", "--help")
    assert shown.returncode == 0
    assert "unexpected" not in shown.stderr


def test_a_wrong_call_says_how_it_is_called(kyp: Kyp) -> None:
    """An unknown command and a missing argument are told by name, with exit 2."""
    unknown, missing = kyp("frob"), kyp("score")
    assert unknown.returncode == missing.returncode == 2
    assert "frob" in unknown.stderr
    assert "Missing argument" in missing.stderr
