"""The pages' texts in the languages that they are shown in, from the files in ``languages/``."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

InterfaceLanguage = Literal["en", "fil", "ms"]
INTERFACE_LANGUAGES: tuple[InterfaceLanguage, ...] = get_args(InterfaceLanguage)
FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language by dotted key (``inbox.title``)."""

    language: InterfaceLanguage
    texts: Mapping[str, str]

    def __call__(self, key: str, count: int | None = None, **blanks: object) -> str:
        """The text with its blanks filled; with a ``count`` the form for one (``key.one``) or for others."""
        form = "" if count is None else ".one" if count == 1 else ".other"
        text = self.texts[key + form]
        return text.format(count=count, **blanks) if "{" in text else text

    def listed(self, key: str) -> list[str]:
        """A text that is a list, as its items: months, weekdays."""
        return self.texts[key].split("|")


def load_catalogues(folder: Path = FOLDER) -> Mapping[InterfaceLanguage, Catalogue]:
    """Read the catalogue of every language."""
    return {language: _read(folder, language) for language in INTERFACE_LANGUAGES}


def _read(folder: Path, language: InterfaceLanguage) -> Catalogue:
    tree = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    return Catalogue(language, dict(_flat(tree)))


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
