"""The models on disk: candidates, the champion in use, and the history of who was champion when."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import ArtifactError, InputError
from model import artifact
from model.artifact import Manifest, Provenance
from model.lexicon import load_lexicon
from model.parameters import Parameters
from model.prior import FEWEST
from model.triage import Triage

_POINTER, _LOCK, _DECISION = "registry.json", "registry.lock", "decision.json"


@dataclass(frozen=True, slots=True)
class Reign:
    """A version that became champion, when (ISO 8601, UTC), and why; ``rollback`` where it had been one before."""

    version: str
    since: str
    reason: str
    rollback: bool = False


class Registry:
    """Versions of the model in one folder, and an atomic pointer to the champion."""

    def __init__(self, home: Path, prior: float | None = None, encoder: Path | None = None) -> None:
        """``prior``: the share of messages that bear a label where the models shall judge; see model.triage.

        ``encoder``: where to look first for the sentence encoder of a model that needs one.
        """
        self.home = home
        self.prior = prior
        self.encoder = encoder

    def without_prior(self) -> "Registry":
        """The same models, judging as they were trained: to compare them with what they said of training messages."""
        return Registry(self.home, encoder=self.encoder)

    def add(self, parameters: Parameters, provenance: Provenance) -> Manifest:
        """Write a candidate to disk; it is not in use before it is promoted."""
        return artifact.save(self.home, parameters, provenance)

    def promote(self, version: str, reason: str) -> None:
        """Make a version the champion, after reading it wholly as a service would.

        Raises:
            InputError: there is no such version.
            ArtifactError: it cannot be trusted, or not be read by this kyp.
        """
        self.load(version)
        with self._alone():
            self._crown(version, reason, rollback=False)

    def rollback(self, reason: str) -> str:
        """Put the champion before this one in use again, and so on further back; gives its version.

        Raises:
            InputError: there was no champion before.
            ArtifactError: the one before cannot be used any more.
        """
        with self._alone():
            earlier = self._line_of_champions()[:-1]
            if not earlier:
                raise InputError("there is no earlier champion to go back to: `kyp models list` shows what there is")
            self.load(earlier[-1])
            self._crown(earlier[-1], reason, rollback=True)
        return earlier[-1]

    def decide(self, version: str, decision: dict[str, Any]) -> None:
        """Write down beside a model why it was put in use, or why not."""
        with _replacing(self._folder(version) / _DECISION) as path:
            path.write_text(json.dumps(decision, indent=2, ensure_ascii=False), encoding="utf-8")

    def decision(self, version: str) -> dict[str, Any] | None:
        """What :meth:`decide` wrote, None where nothing was decided or where it cannot be read."""
        try:
            told: dict[str, Any] = json.loads((self._folder(version) / _DECISION).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told

    def beside(self, version: str, name: str) -> bytes:
        """A further file of a model, such as its card (ArtifactError where it has none, or it was changed)."""
        return artifact.read_beside(self._folder(version), name)

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
        return artifact.load(self._folder(version), load_lexicon(), self.prior, self.encoder)

    def manifest(self, version: str) -> Manifest:
        """The manifest of one version."""
        return artifact.read_manifest(self._folder(version))

    def commonness(self, version: str) -> float:
        """How many times as common as in training a version takes labels to be, by the prior; 1 without one."""
        if self.prior is None:
            return 1.0
        return self.prior / max(artifact.read_shares(self._folder(version)).labelled, FEWEST)

    def versions(self) -> list[str]:
        """All versions on disk, by name."""
        return sorted(path.parent.name for path in self.home.glob("*/manifest.json") if path.parent.name[0] != ".")

    def _crown(self, version: str, reason: str, *, rollback: bool) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._point([*self.history(), Reign(version, since, reason, rollback)])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes from the pointer, so that none puts it back to what it read before."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _line_of_champions(self) -> list[str]:
        """The champions that led to the present one; what was rolled back from is left out."""
        line: list[str] = []
        for reign in self.history():
            if reign.rollback and reign.version in line:
                del line[line.index(reign.version) :]
            line = [*(one for one in line if one != reign.version), reign.version]
        return line

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
    half_written = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield half_written
        with half_written.open("rb") as file:
            os.fsync(file.fileno())
        half_written.replace(path)
    finally:
        half_written.unlink(missing_ok=True)
