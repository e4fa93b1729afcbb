"""The settings file: TOML with the names of the settings, each known, else told with the name that was meant."""

import tomllib
from collections.abc import Set
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from data.errors import InputError


def settings_in(file: Path, known: Set[str]) -> dict[str, Any]:
    """What a file sets; nothing where there is none (InputError where it cannot be read, or sets what is unknown)."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the settings in {file} cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}") from error
    for name in said:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else "`kyp config` lists those there are"
            raise InputError(f"{file} sets {name!r}, which is no setting: {meant}")
    return said
