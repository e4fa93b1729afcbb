"""The model in use: loaded from the registry, and swapped for a new champion while requests go on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from data.errors import ArtifactError, KypError
from data.records import Assessment, Email
from model.registry import Registry, Reign
from model.triage import Triage

log = logging.getLogger("kyp.model")

_NO_MODEL = "There is no model yet: run `kyp train`, or `kyp serve`, which trains first."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A champion of the registry that could not be taken up, and why."""

    version: str
    reason: str


class Champion:
    """Judges with the registry's champion; a registry that is empty yet is asked again each time."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._loading = Lock()
        self._triage: Triage | None = None
        self._seen: Reign | None = None
        self._refused: Refusal | None = None

    @property
    def refused(self) -> Refusal | None:
        """The new champion that could not be taken up, where there is one; the one before it goes on."""
        return self._refused

    @property
    def version(self) -> str | None:
        """The version that judges, None where none is loaded yet."""
        triage = self._triage
        return triage.version if triage else None

    def triage(self) -> Triage:
        """The loaded model (ArtifactError where there is none, or where it cannot be trusted).

        Who judges several times with one model keeps hold of it: the next call may give another.
        """
        if self._triage is None:
            self.refresh()
        if self._triage is None:
            raise ArtifactError(self._refused.reason if self._refused else _NO_MODEL)
        return self._triage

    def judge(self, emails: Sequence[Email]) -> list[Assessment]:
        """Judge mails with the model in use."""
        return self.triage().judge(emails)

    def refresh(self) -> None:
        """Take up a new champion of the registry: loaded beside the old one, which judges on until it is whole.

        One that cannot be loaded is refused, once, and told of; nothing is raised.
        """
        with self._loading:
            try:
                reign = _last(self._registry)
            except KypError as error:
                self._refuse("unknown", str(error))
                return
            if reign is None or reign == self._seen:
                return
            self._seen = reign
            self._take_up(reign.version)

    def _take_up(self, version: str) -> None:
        if version != self.version:
            try:
                self._triage = self._registry.load(version)
            except KypError as error:
                self._refuse(version, str(error))
                return
            except Exception as error:  # noqa: BLE001 (the one catch-all of this entrance: the old model goes on)
                self._refuse(version, f"unexpected {type(error).__name__}")
                return
            log.info("model in use", extra={"model": version})
        self._refused = None

    def _refuse(self, version: str, reason: str) -> None:
        refusal = Refusal(version, reason)
        if refusal != self._refused:
            self._refused = refusal
            log.error("model refused", extra={"model": version, "reason": reason, "in_use": self.version})


def _last(registry: Registry) -> Reign | None:
    history = registry.history()
    return history[-1] if history else None
