"""Where `kyp score` writes: through links and to standard output, and never over what it reads; run as a program."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app

Kyp = Callable[..., "subprocess.CompletedProcess[str]"]

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "eml"


@pytest.fixture
def kyp(home: Path, tmp_path: Path) -> Kyp:
    """Run `kyp score` in a folder of its own with the shared model.

    ``to`` takes its standard output; where ``most`` is given, no more bytes fit into a file.
    """

    def run(*words: str, to: int = subprocess.PIPE, most: int = 0) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", "from service.cli import main; main()", "score", *words]
        settings = os.environ | {"KYP_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(  # noqa: S603 (our own words)
            command, stdout=to, stderr=subprocess.PIPE, text=True, env=settings, cwd=tmp_path, timeout=300,
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))) if most else None,
        )  # fmt: skip

    return run


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """One mail in that folder."""
    path = tmp_path / "one.eml"
    path.write_bytes(min(SAMPLE.iterdir()).read_bytes())
    return path


def sources(path: Path) -> list[str]:
    """Where the rows of a file came from."""
    return [json.loads(line)["source"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_link_stays_and_its_file_is_filled(kyp: Kyp, mail: Path, tmp_path: Path) -> None:
    """Rows and report go where the link leads, whether anything is there or not; nothing else is left behind."""
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "latest.jsonl").symlink_to("real.jsonl")
    (tmp_path / "latest.csv").symlink_to("new.csv")
    (tmp_path / "latest.html").symlink_to("real.html")
    assert kyp(mail.name, "-o", "latest.jsonl", "--report", "latest.html").returncode == 0
    assert kyp(mail.name, "-o", "latest.csv").returncode == 0
    links = ["latest.csv", "latest.html", "latest.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_symlink()) == links
    assert {path.name for path in tmp_path.iterdir()} - {*links, "one.eml"} == {"new.csv", "real.html", "real.jsonl"}
    assert sources(tmp_path / "real.jsonl") == ["one.eml"]
    assert "What your clients write" in (tmp_path / "real.html").read_text()


def test_a_link_to_standard_output_is_standard_output(kyp: Kyp, mail: Path, tmp_path: Path) -> None:
    """Into a pipe and into a file, which keeps what it held; a report goes there, too, where the rows do not."""
    (tmp_path / "screen").symlink_to("/proc/self/fd/1")
    assert json.loads(kyp(mail.name, "-o", "screen").stdout)["source"] == "one.eml"
    with (tmp_path / "all.jsonl").open("ab") as file:
        file.write(b'{"source": "before"}\n')
        file.flush()
        done = kyp(mail.name, "-o", "screen", to=file.fileno())
        assert (done.returncode, done.stderr) == (0, "")
    assert sources(tmp_path / "all.jsonl") == ["before", "one.eml"]
    with (tmp_path / "report.html").open("wb") as file:
        assert kyp(mail.name, "-o", "rows.jsonl", "--report", "screen", to=file.fileno()).returncode == 0
    assert "What your clients write" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "screen").is_symlink()
    assert kyp(mail.name, "-o", "screen", "--resume").returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("one.eml", "-o", "one.eml"), "-o one.eml would overwrite the input one.eml"),
        (
            ("one.eml", "-o", "rows.jsonl", "--report", "link.eml"),
            "--report link.eml would overwrite the input one.eml",
        ),
        (("file://{here}/one.eml", "-o", "link.eml"), "-o link.eml would overwrite the input file://"),
        (("a.jsonl.part", "-o", "a.jsonl"), "-o a.jsonl would overwrite the input a.jsonl.part"),
        (
            ("one.eml", "-o", "a.jsonl", "--report", "./a.jsonl"),
            "--report a.jsonl would overwrite the rows (-o a.jsonl)",
        ),
        (("one.eml", "-o", "parts.parquet/", "--report", "parts.parquet"), "would overwrite the rows"),
        ((".", "-o", "old.jsonl"), "-o old.jsonl lies in the input ., would be read as mail"),
        (("memory://mails/a.mbox", "-o", "memory://mails/a.mbox"), "would overwrite the input memory://"),
    ],
)
@pytest.mark.usefixtures("mail")
def test_nothing_that_is_read_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    """The clash is named, by whatever links and names, and every file is what it was."""
    (tmp_path / "link.eml").symlink_to("one.eml")
    (tmp_path / "old.jsonl").write_text("old")
    (tmp_path / "a.jsonl.part").write_text("old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["score", *(word.replace("{here}", str(tmp_path)) for word in words)])
    assert done.exit_code == 2
    assert said in done.output
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_standard_output_that_is_an_input_is_refused(kyp: Kyp, mail: Path) -> None:
    """What is appended to a mailbox while it is read would be read without end."""
    before = mail.read_bytes()
    with mail.open("ab") as file:
        done = kyp(mail.name, to=file.fileno())
    assert (done.returncode, mail.read_bytes()) == (2, before)
    assert "standard output would overwrite the input one.eml" in done.stderr


@pytest.mark.usefixtures("mail")
def test_outputs_beside_the_mails_are_no_clash(kyp: Kyp, tmp_path: Path) -> None:
    """A new file in the folder that is read, and a report that is no mail, harm nothing."""
    (tmp_path / "report.html").write_text("old")
    assert kyp(".", "-o", "rows.jsonl", "--report", "report.html").returncode == 0
    assert sources(tmp_path / "rows.jsonl") == ["one.eml"]


@pytest.mark.parametrize("out", ["out.jsonl", "out.csv", "out.parquet"])
def test_a_full_disk_is_told_and_gone_on_after(kyp: Kyp, tmp_path: Path, out: str) -> None:
    """The output is named, with the way on; what was written stays, and the end is that of a run with room."""
    lines = (json.dumps({"subject": f"n{n}", "body": "Where is it? " * 90}) for n in range(200))
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    done = kyp("in.jsonl", "-o", out, most=300_000)
    said = f"kyp: {out}: cannot be written on (File too large); make room and go on with --resume\n"
    assert (done.returncode, done.stderr) == (2, said)
    assert kyp("in.jsonl", "-o", out, "--resume").returncode == 0
    assert kyp("in.jsonl", "-o", f"whole{out}").returncode == 0
    assert (tmp_path / out).read_bytes() == (tmp_path / f"whole{out}").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", out, f"whole{out}"}


def test_standard_output_that_is_full(kyp: Kyp, mail: Path) -> None:
    """One line, and nothing more at Python's own end."""
    with Path("/dev/full").open("wb") as full:
        done = kyp(mail.name, to=full.fileno())
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "standard output: cannot be written on (No space left on device); make room, or name a file" in done.stderr
