"""Where a disk, a quota or a limit on files is full: told by the output's name, with the way on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from data.errors import InputError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # no reading ends with any of these


def is_full(error: OSError) -> bool:
    """Whether an error says that nothing more can be written."""
    return error.errno in _FULL


@contextmanager
def telling_where_full(name: str, way_on: str) -> Iterator[None]:
    """Raise InputError, which names the output and the way on, where it is full."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise InputError(f"{name}: cannot be written on ({error.strerror or 'full'}); {way_on}") from error
