"""The models on disk: candidates, the champion in use, and the history of who was champion when."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import ArtifactError, InputError
from model import artifact
from model.artifact import Manifest
from model.lexicon import load_lexicon
from model.parameters import Parameters
from model.triage import Triage

_POINTER = "registry.json"


@dataclass(frozen=True, slots=True)
class Reign:
    """A version that became champion, when (ISO 8601, UTC), and why."""

    version: str
    since: str
    reason: str


class Registry:
    """Versions of the model in one folder, and an atomic pointer to the champion."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def add(
        self,
        parameters: Parameters,
        *,
        data_fingerprint: str,
        messages: int,
        seed: int,
        metrics: dict[str, Any],
    ) -> Manifest:
        """Write a candidate to disk; it is not in use before it is promoted."""
        return artifact.save(
            self.home,
            parameters,
            data_fingerprint=data_fingerprint,
            messages=messages,
            seed=seed,
            metrics=metrics,
        )

    def promote(self, version: str, reason: str) -> None:
        """Make a version the champion.

        Raises:
            InputError: there is no such version.
            ArtifactError: its manifest cannot be trusted.
        """
        self.manifest(version)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        history = [*self.history(), Reign(version, since, reason)]
        self._point(history)

    def history(self) -> list[Reign]:
        """Who was champion, oldest first; the last one is in use."""
        pointer = self.home / _POINTER
        if not pointer.exists():
            return []
        try:
            return [Reign(**reign) for reign in json.loads(pointer.read_text(encoding="utf-8"))["champions"]]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise ArtifactError(f"{pointer} is damaged; remove it and promote a model anew") from error

    def champion_version(self) -> str | None:
        """The version in use, or None where no model has been promoted yet."""
        history = self.history()
        return history[-1].version if history else None

    def champion(self) -> Triage | None:
        """Load the version in use, or None where no model has been promoted yet."""
        version = self.champion_version()
        return self.load(version) if version else None

    def load(self, version: str) -> Triage:
        """Load one version (InputError where there is none of that name, ArtifactError where it cannot be trusted)."""
        return artifact.load(self._folder(version), load_lexicon())

    def manifest(self, version: str) -> Manifest:
        """The manifest of one version."""
        return artifact.read_manifest(self._folder(version))

    def versions(self) -> list[str]:
        """All versions on disk, by name."""
        return sorted(path.parent.name for path in self.home.glob("*/manifest.json") if path.parent.name[0] != ".")

    def _folder(self, version: str) -> Path:
        if version not in self.versions():
            known = ", ".join(self.versions()) or "none"
            raise InputError(f"there is no model {version!r} in {self.home}; known: {known}")
        return self.home / version

    def _point(self, history: list[Reign]) -> None:
        with _replacing(self.home / _POINTER) as path:
            path.write_text(json.dumps({"champions": [asdict(reign) for reign in history]}, indent=2), encoding="utf-8")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A path to write to that takes the place of ``path`` at once, or not at all."""
    half_written = path.with_name(f".{path.name}.{os.getpid()}")
    yield half_written
    with half_written.open("rb") as file:
        os.fsync(file.fileno())
    half_written.replace(path)
