"""Inputs and outputs named by URL (s3://, gs:// …), copied to disk before and from disk after (``kyp[remote]``)."""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

from data.errors import InputError, KypError, MissingExtra


def is_url(name: str) -> bool:
    """Whether a name is a URL; a path has no ``://``."""
    return "://" in name


def fetch(url: str, folder: Path) -> Path:
    """Copy a file, or a folder with all in it, into ``folder``; memory holds a piece of it at a time.

    Raises:
        MissingExtra: fsspec, or what it needs for this kind of URL, is not installed.
        InputError: nothing is there, or it cannot be read.
    """
    files, path = _opened(url)
    target = folder / (PurePosixPath(path.rstrip("/")).name or "input")
    try:
        if not files.exists(path):
            raise InputError(f"{url} is not there: give an existing file or folder")
        files.get(path.rstrip("/"), str(target), recursive=files.isdir(path))
    except KypError:
        raise
    except Exception as error:  # each kind of store raises errors of its own
        raise InputError(f"{url} cannot be read ({type(error).__name__}): check its name and your access") from error
    return target


def holds_something(url: str) -> bool:
    """Whether a file is there, or a folder with something in it (MissingExtra or InputError as in :func:`fetch`)."""
    files, path = _opened(url)
    try:
        return bool(files.find(path))
    except FileNotFoundError:
        return False
    except Exception as error:  # each kind of store raises errors of its own
        raise InputError(f"{url} cannot be read ({type(error).__name__}): check its name and your access") from error


def fetch_range(url: str, start: int, size: int) -> bytes:
    """So many bytes of a file from ``start`` on; raises what the store raises, or as :func:`fetch` does."""
    files, path = _opened(url)
    return bytes(files.cat_file(path, start=start, end=start + size))


def deliver(path: Path, url: str) -> None:
    """Copy a file to a URL (MissingExtra or InputError as in :func:`fetch`)."""
    files, target = _opened(url)
    try:
        files.put_file(str(path), target)
    except Exception as error:  # each kind of store raises errors of its own
        raise InputError(
            f"{url} cannot be written ({type(error).__name__}); the rows are in {path}, or choose another with -o"
        ) from error


def waiting_room(url: str, home: Path) -> Path:
    """Where the rows of a URL wait until all are there: the same place each time, so that a run can be resumed."""
    folder = home / "unfinished" / hashlib.sha256(url.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / (PurePosixPath(url).name or "rows")


def _opened(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it."""
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtra(f"{url} needs fsspec: install kyp[remote], or copy it to disk yourself") from error
    try:
        files, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise MissingExtra(f"{url}: {error}") from error
    except (ValueError, OSError) as error:
        raise InputError(f"{url} is no URL that fsspec knows: give one such as s3://bucket/inbox.mbox") from error
    return files, str(path)
