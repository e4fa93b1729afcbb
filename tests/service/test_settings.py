"""Settings: from file and environment, the environment first; what is wrong or unknown is named, secrets are hidden."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from data.errors import InputError
from service.settings import Settings, read_settings

PASSWORD = "Zebra-Quokka-77"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where kyp looks for its settings: a home of the test's own, and no variable of the tester's."""
    for name in [name for name in os.environ if name.startswith("KYP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KYP_HOME", str(tmp_path))
    return tmp_path / "kyp.toml"


def config(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `kyp config`."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "config", *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=60)  # noqa: S603 (kyp itself)


def test_a_file_sets_and_the_environment_goes_before_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KYP_HOME/kyp.toml sets; a variable overrides it; what a command is given overrides both."""
    file.write_text('port = 9000\nallowed_hosts = ["kyp.example"]\nholidays = [2026-12-25, "2026-06-12"]\n')
    assert read_settings().port == 9000
    assert read_settings().allowed_hosts == ("kyp.example",)
    assert len(read_settings().holidays) == 2
    monkeypatch.setenv("KYP_PORT", "9001")
    assert read_settings().port == 9001
    assert read_settings(port=9002).port == 9002


def test_the_file_may_stand_elsewhere(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KYP_CONFIG names another file, which must then be there."""
    file.write_text("port = 9000\n")
    (tmp_path / "other.toml").write_text("port = 9005\n")
    monkeypatch.setenv("KYP_CONFIG", str(tmp_path / "other.toml"))
    assert read_settings().port == 9005
    monkeypatch.setenv("KYP_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(InputError, match=r"missing\.toml"):
        read_settings()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("prot = 9000", "did you mean port"),
        ("[smtp]\nport = 25", "smtp"),
        ("port = ", "no TOML"),
        ('port = "eighty"', "port in .*kyp.toml is wrong"),
        ('rate_limit = "often"', "rate_limit in .*kyp.toml is wrong"),
        ('timezone = "Mars/Base"', "timezone in .*kyp.toml is wrong"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(file: Path, text: str, word: str) -> None:
    """An unknown name, no TOML, and a value that cannot be used: the message names file and setting."""
    file.write_text(text)
    with pytest.raises(InputError, match=word):
        read_settings()


def test_the_example_file_can_be_used(file: Path) -> None:
    """The file in docs/deploy holds known settings with values that fit."""
    file.write_bytes((Path(__file__).parents[2] / "docs" / "deploy" / "kyp.toml").read_bytes())
    assert read_settings().require_tokens is True


def test_config_tells_value_and_source(file: Path) -> None:
    """`kyp config` prints a file that kyp can read, and says where each value that was set comes from."""
    file.write_text("port = 9000\n")
    done = config(KYP_TIMEZONE="Asia/Manila", KYP_PROT="1")
    assert done.returncode == 0
    assert re.search(rf"^port = 9000 +# {re.escape(str(file))}$", done.stdout, re.MULTILINE)
    assert re.search(r'^timezone = "Asia/Manila" +# KYP_TIMEZONE$', done.stdout, re.MULTILINE)
    assert "KYP_PROT" in done.stderr
    file.write_text(done.stdout)
    assert (read_settings().port, read_settings().timezone) == (9000, "Asia/Manila")


@pytest.mark.parametrize("words", [(), ("--json",), ("--explain",)])
def test_secrets_are_hidden(file: Path, words: tuple[str, ...]) -> None:
    """Keys and passwords are not shown, the one inside the database URL neither; that they are set is."""
    file.write_text(f'mailgun_signing_key = "{PASSWORD}"\n')
    done = config(*words, KYP_DATABASE_URL=f"postgresql+psycopg://kyp:{PASSWORD}@db/kyp")
    assert done.returncode == 0
    assert PASSWORD not in done.stdout + done.stderr
    assert "mailgun_signing_key" in done.stdout
    assert "kyp:********@db/kyp" in done.stdout
    assert words == ("--json",) or "********" not in str(tomllib.loads(done.stdout))


def test_every_setting_that_names_a_secret_is_kept_as_one() -> None:
    """A setting called key, password, auth or token is a secret type, so that no print shows it."""
    secret = re.compile("_(key|password|auth|token)$")
    plain = {
        name
        for name, field in Settings.model_fields.items()
        if secret.search(name) and "SecretStr" not in str(field.annotation)
    }
    assert plain == {"sendgrid_public_key", "smtp_tls_key"}  # the second is a path
