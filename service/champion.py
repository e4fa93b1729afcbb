"""The model in use: loaded once from the registry, on the first need, by whichever thread comes first."""

from collections.abc import Sequence
from threading import Lock

from data.errors import ArtifactError
from data.records import Assessment, Email
from model.registry import Registry
from model.triage import Triage


class Champion:
    """Judges with the registry's champion; a registry that is empty yet is asked again each time."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = Lock()
        self._triage: Triage | None = None

    def triage(self) -> Triage:
        """The loaded model (ArtifactError where there is none, or where it cannot be trusted)."""
        with self._lock:
            if self._triage is None:
                self._triage = self._registry.champion()
            if self._triage is None:
                raise ArtifactError("There is no model yet: run `kyp train`, or `kyp serve`, which trains first.")
            return self._triage

    def judge(self, emails: Sequence[Email]) -> list[Assessment]:
        """Judge mails with the model in use."""
        return self.triage().judge(emails)
