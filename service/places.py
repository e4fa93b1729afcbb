"""Where a run writes: links are followed, and standard output is known by whatever name it is given."""

import os
from pathlib import Path

from service.remote import is_url


def output(name: str | None) -> str | None:
    """The name of an output, a link to a file followed; None for standard output by any name."""
    if name is None or is_url(name) or name.endswith("/"):
        return name
    place = followed(Path(name))
    return None if place is None else name if place == Path(name) else str(place)


def followed(path: Path) -> Path | None:
    """The file that a link leads to, so that it is filled and the link stays; None for standard output.

    Pipes and devices keep the name that they are given: what a link in ``/proc`` says of a pipe is no path.
    """
    if _is_standard_output(path):
        return None
    if path.is_symlink() and (path.is_file() or not path.exists()):
        return Path(os.path.realpath(path))
    return path


def _is_standard_output(path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False
