"""A model where there is none yet: trained on the shipped data, before the first mail is judged."""

import os
from collections.abc import Callable

import typer

from model.registry import Registry

SEED = 0


def ensure_model(registry: Registry, say: Callable[[str], None] | None = None) -> None:
    """Train once, on all cores, where the registry has no champion; ``say``, or standard error, is told of it."""
    say = say or tell
    if registry.champion_version() is not None:
        return
    from training.run import train  # only where it is needed: serving does not know how to learn

    say("There is no model yet: training one on the shipped data, which takes seven to ten minutes on two cores.")
    outcome = train(None, registry, seed=SEED, jobs=os.cpu_count() or 1, progress=say, encoder=registry.encoder)
    say(f"Model {outcome.version} is ready.")


def tell(line: str) -> None:
    """Say something on standard error, where it does not mix with rows."""
    typer.echo(line, err=True)
