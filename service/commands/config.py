"""`kyp config`: every setting with its value and where it comes from, as a file that kyp could read; secrets hidden."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import typer
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from service.settings import Origins, Settings, read_with_origins, variable_of

_HIDDEN = "********"


def show(*, explain: bool, as_json: bool) -> None:
    """Print the settings on standard output; standard error names variables that set nothing."""
    settings, origins = read_with_origins()
    if as_json:
        rows = {name: {"value": shown(name, settings), "source": origins.of(name)} for name in Settings.model_fields}
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(settings, origins, explain=explain)))
    for variable in origins.unknown_variables:
        typer.echo(f"kyp: {variable} is set, and is no setting of kyp", err=True)


def shown(name: str, settings: Settings) -> object:
    """The value of a setting as JSON and TOML can write it; of a secret, only that it is set."""
    value = getattr(settings, name)
    if name == "database_url" and value is not None:
        return _without_password(value.get_secret_value())
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else ""
    if isinstance(value, tuple | frozenset):
        return sorted(str(part) for part in value)
    return str(value) if isinstance(value, Path | date) else value


def _lines(settings: Settings, origins: Origins, *, explain: bool) -> Iterator[str]:
    yield f"# {origins.file}{'' if origins.file.exists() else ' (not there)'}"
    for name, field in Settings.model_fields.items():
        if explain:
            yield f"\n# {variable_of(name)}: {field.description or name.replace('_', ' ')}"
        value, origin = shown(name, settings), origins.of(name)
        said = f"# {name} is not set" if value is None else f"{name} = {json.dumps(value, ensure_ascii=False)}"
        said = f"# {said}" if _HIDDEN in said else said  # so that nobody takes the stars for the secret
        yield said if origin == "default" else f"{said:50}  # {origin}"


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True).replace(":***@", f":{_HIDDEN}@")
    except ArgumentError:
        return _HIDDEN
