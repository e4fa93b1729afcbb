"""What a model shall learn from: the shipped data unless told otherwise, and one's own labels; and what is scarce."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.datasets import fingerprint, load, shipped
from data.errors import InputError
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, Language

_NOBODY = "a file"
ENOUGH = 30  # examples of a label in a language below which it is learnt badly
_NAMES: dict[Language, str] = {"en": "English", "fil": "Filipino", "ms": "Malay"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The messages to learn from, by id; ``own`` of them were labelled by users or given in files."""

    messages: tuple[LabelledMessage, ...]
    own: int

    @classmethod
    def of(
        cls, paths: Sequence[Path] = (), labelled: Iterable[LabelledMessage] = (), *, with_shipped: bool = True
    ) -> "Recipe":
        """Gather files and messages of the store; a message that is in several places is taken once, the store's last.

        Raises:
            InputError: a file cannot be read, or there is nothing at all to learn from.
        """
        base = {one.id: one for one in load(shipped())} if with_shipped else {}
        given = {one.id: one for one in load(dict.fromkeys(paths))} | {one.id: one for one in labelled}
        own = {name: _marked(one) if base else one for name, one in given.items() if base.get(name) != one}
        messages = sorted((base | own).values(), key=lambda one: one.id)
        if not messages:
            raise InputError("there is nothing to learn from: give labelled files, or --from-store, or --with-shipped")
        return cls(tuple(messages), len(own))

    @property
    def mixed(self) -> bool:
        """Whether there are own messages beside others."""
        return 0 < self.own < len(self.messages)

    @property
    def fingerprint(self) -> str:
        """The same data give the same one."""
        return fingerprint(self.messages)

    def scarce(self) -> list[str]:
        """Labels that a language in the data has too few examples of, as sentences."""
        counts = Counter((one.lang, label) for one in self.messages for label in one.labels)
        languages = [lang for lang in LANGUAGES if any(one.lang == lang for one in self.messages)]
        return [
            f"{_NAMES[lang]} {label}: {counts[lang, label]} of {ENOUGH} examples"
            for lang in languages
            for label in LABELS
            if counts[lang, label] < ENOUGH
        ]


def _marked(message: LabelledMessage) -> LabelledMessage:
    """Beside shipped ones, a message of the user's is marked as such even where a file names nobody."""
    return message if message.annotators else replace(message, annotators=(_NOBODY,))
