"""No run writes over what it reads, nor its report over its rows: places are compared before any work."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from data.errors import InputError
from data.mail.archives import is_taken_for_mail
from service.inputs import STDIN
from service.remote import is_url
from service.unfinished import OWN_SUFFIXES

_DEVICES = {STDIN: "/dev/stdin", None: "/dev/stdout"}
_LOCAL = "file://"


def check_apart(inputs: Sequence[str], out: str | None, report: Path | None) -> None:
    """Refuse names (InputError) of which two mean one file, whatever links lead there: inputs, rows, report."""
    rows, page = _place(out), _place(str(report)) if report else ""
    told = "standard output" if out is None else f"-o {out}"
    own = [rows, *(rows + suffix for suffix in OWN_SUFFIXES if out and rows)]
    if page and (page in own or (rows and page.startswith(f"{rows}/"))):
        raise InputError(f"--report {report} would overwrite the rows ({told}): name another file for the report")
    for name in inputs:
        read = _place(name)
        _check_spared(name, read, own, told)
        _check_spared(name, read, [page], f"--report {report}")


def _check_spared(name: str, read: str, written: Sequence[str], told: str) -> None:
    if read and read in written:
        raise InputError(f"{told} would overwrite the input {name}: name another file")
    lies_there = bool(read) and written[0].startswith(f"{read}/") and Path(written[0]).is_file()
    if lies_there and is_taken_for_mail(Path(written[0])):
        raise InputError(f"{told} lies in the input {name}, would be read as mail and overwritten: name another file")


def _place(name: str | None) -> str:
    """Where a name leads, nothing where that is a pipe or a device, which no writing harms."""
    path = _DEVICES.get(name) or str(name)
    if is_url(path) and not path.startswith(_LOCAL):
        return path.rstrip("/")
    path = path.removeprefix(_LOCAL)
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return os.path.realpath(path)
    return os.path.realpath(path) if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else ""
