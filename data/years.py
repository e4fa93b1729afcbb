"""The years that a mail's date may name: outside of them it is a broken header."""

from datetime import datetime

_FIRST, _LAST = 1900, 2199


def believable(moment: datetime) -> bool:
    """Whether a date can be one: from 1900 to 2199, where days can be counted and clocks moved without an overflow."""
    return _FIRST <= moment.year <= _LAST
