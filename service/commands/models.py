"""`kyp models`: what is in the registry."""

import json
from dataclasses import asdict

import typer

from service.judging import build_registry
from service.settings import read_settings


def show_all() -> None:
    """Name the models, the one in use marked by a star."""
    registry = build_registry(read_settings())
    used = registry.champion_version()
    for version in registry.versions():
        typer.echo(f"{'*' if version == used else ' '} {version}")
    if used is None:
        typer.echo("There is no model in use yet: run `kyp train`.", err=True)


def show_one(version: str) -> None:
    """Print what the registry keeps about one model, as JSON (InputError where it has no such model)."""
    registry = build_registry(read_settings())
    typer.echo(json.dumps(asdict(registry.manifest(version)), ensure_ascii=False, indent=2))


def promote(version: str, reason: str) -> None:
    """Put one model in use; a running service takes it up within seconds."""
    build_registry(read_settings()).promote(version, reason)
    typer.echo(f"Model {version} is in use.")
