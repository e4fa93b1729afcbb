"""Loads the playbook: the shipped YAML files with a user's own folder laid over them, checked key by key."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from data import strategy_specs
from data.advice import FALLBACK_LANGUAGE, STRATEGIES, Playbook
from data.errors import InputError

SHIPPED_PLAYBOOK = Path(__file__).parent / "playbook"
_PARTING, _WORDING, _THRESHOLDS = "consider-parting-ways", "wording", "thresholds"
_MOST_BYTES = 1_000_000
_SAFE: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times faster
_Made = TypeVar("_Made")
_Tree = dict[str, Any]


def load_playbook(folder: Path | None = None) -> Playbook:
    """Load the shipped playbook, with a user's own folder laid over it.

    A file in ``folder`` bears the name of a shipped one (``set-boundaries.yaml``, ``thresholds.yaml`` …) and holds
    only what shall differ: one text, one number, or a whole language more.

    Raises:
        InputError: the folder or a file cannot be used; the message names file, key and what is wrong.
    """
    files = {path.stem: _File(path, _read(path)) for path in _yaml_files(SHIPPED_PLAYBOOK)}
    for path in _yaml_files(folder) if folder is not None else ():
        if path.stem not in files:
            raise InputError(f"{path}: no such playbook file; name it as one of {', '.join(sorted(files))}")
        files[path.stem] = _File(path, _laid_over(files[path.stem].tree, _read(path)))
    return Playbook(
        strategies={name: files[name].by_language(strategy_specs.strategy_text) for name in STRATEGIES},
        parting=files[_PARTING].by_language(strategy_specs.parting_text),
        wordings=files[_WORDING].by_language(strategy_specs.wording),
        thresholds=files[_THRESHOLDS].checked((), strategy_specs.thresholds, files[_THRESHOLDS].tree),
    )


class _File:
    """One playbook file's tree, and the path to name where something in it is wrong."""

    def __init__(self, path: Path, tree: _Tree) -> None:
        self.path = path
        self.tree = tree

    def by_language(self, make: Callable[[object], _Made]) -> dict[str, _Made]:
        """Check each language's part."""
        for language in (FALLBACK_LANGUAGE, *self.tree):
            if not isinstance(self.tree.get(language), dict):
                raise InputError(f"{self.path}: {language}: holds no texts; write them as the shipped file does")
        return {language: self.checked((language,), make, part) for language, part in self.tree.items()}

    def checked(self, key: tuple[str, ...], make: Callable[[object], _Made], tree: object) -> _Made:
        """Make the noun, or say which key is wrong and why."""
        try:
            return make(tree)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join((*key, *(str(part) for part in first["loc"])))
            raise InputError(f"{self.path}: {place}: {first['msg'].removeprefix('Value error, ')}") from None


def _yaml_files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such playbook folder; create it, or leave the setting empty")
    return (path for path in sorted(folder.iterdir()) if path.suffix in {".yaml", ".yml"})


def _read(path: Path) -> _Tree:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: larger than {_MOST_BYTES} bytes; keep nothing but the texts in it")
        tree = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_OnceOnly)  # noqa: S506 (built on a safe one)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({type(error).__name__}); save it as UTF-8") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{path}: is no YAML: {_where(error)}") from None
    if not isinstance(tree, dict):
        raise InputError(f"{path}: holds no keys; copy the shape of the shipped {path.stem}.yaml")
    return tree


class _OnceOnly(_SAFE):  # type: ignore[misc]  # which of the two safe loaders, is known at import only
    """A safe YAML loader that refuses a key written twice, and one that YAML takes for something else than text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping whose keys are texts, each once."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(
                    problem=f"{key!r} as a key must stand in quotes", problem_mark=key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"key {key!r} is written twice", problem_mark=key_node.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}: " if mark is not None else ""
    return f"{place}{getattr(error, 'problem', None) or type(error).__name__}"


def _laid_over(below: _Tree, above: _Tree) -> _Tree:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
