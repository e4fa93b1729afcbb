"""One model on disk: a manifest with hashes and versions, arrays and JSON; nothing in it is ever executed.

The manifest is checked first; arrays are read by NumPy with pickling refused. Large arrays have files of their own,
which are mapped into memory: only what is used is read, and processes that use one model share it.
"""

import hashlib
import io
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import ArtifactError
from model.encoder import Mark, find
from model.lexicon import FOLDER, Lexicon
from model.parameters import Parameters, shares_of
from model.prior import Shares
from model.triage import Triage

FORMAT = 8
LIBRARIES = ("numpy", "scikit-learn", "scipy", "spacy")
_MANIFEST, _ARRAYS, _PLAIN = "manifest.json", "arrays.npz", "plain.json"
_ARRAY = ".npy"
_LARGE = 1 << 20  # bytes from which an array has a file of its own
_WAY_OUT = "train a new model with `kyp train`"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model is made of: checked before anything else of it is read.

    ``libraries`` are the versions it was fitted with, ``files`` the SHA-256 of each file. ``profile`` says how it
    judges its training messages (see training.profile), ``created`` when it was written (ISO 8601, UTC). ``encoder``
    is the sentence encoder that it needs, if any; its weights are not part of the model.
    """

    version: str
    data_fingerprint: str
    messages: int
    seed: int
    lexicon: str
    libraries: dict[str, str]
    files: dict[str, str]
    metrics: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    profile: dict[str, Any] = field(default_factory=dict)
    created: str = ""
    encoder: Mark | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain; without a word of encoders where there is none."""
        told = asdict(self)
        return told if self.encoder else {name: value for name, value in told.items() if name != "encoder"}

    @classmethod
    def from_json(cls, told: Any) -> "Manifest":  # noqa: ANN401 - whatever a file held is checked here
        """The manifest from what ``to_json`` gave (TypeError where a part is wrong)."""
        if not isinstance(told, dict):
            raise TypeError("a manifest is a JSON object")
        encoder = told.get("encoder")
        manifest = cls(**told | {"encoder": Mark(**encoder) if encoder else None})
        for named in (manifest.libraries, manifest.files, manifest.metrics, manifest.profile):
            if not isinstance(named, dict):
                raise TypeError("what is named is a JSON object")
        if not all(isinstance(one, str) for one in (*manifest.libraries.values(), *manifest.files.values())):
            raise TypeError("versions and hashes are strings")
        return manifest


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a model was learnt from and how it did; see :class:`Manifest`. ``beside`` are further files by name."""

    data_fingerprint: str
    messages: int
    seed: int
    metrics: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, bytes] = field(default_factory=dict)
    created: str = ""
    encoder: Mark | None = None


def version_of(parameters: Parameters) -> str:
    """The version that a model will have: it follows from what is in it."""
    return _version(_fingerprints(_contents(parameters)))


def save(folder: Path, parameters: Parameters, provenance: Provenance) -> Manifest:
    """Write a model into ``folder``/VERSION, wholly or not at all; one that is there already stays as it is."""
    contents = _contents(parameters)
    name = _version(_fingerprints(contents))
    contents |= provenance.beside
    manifest = Manifest(
        version=name,
        data_fingerprint=provenance.data_fingerprint,
        messages=provenance.messages,
        seed=provenance.seed,
        lexicon=lexicon_fingerprint(),
        libraries={library: version(library) for library in LIBRARIES},
        files=_fingerprints(contents),
        metrics=provenance.metrics,
        profile=provenance.profile,
        created=provenance.created,
        encoder=provenance.encoder,
    )
    contents[_MANIFEST] = json.dumps(manifest.to_json(), indent=2, sort_keys=True).encode()
    folder.mkdir(parents=True, exist_ok=True)
    half_written = folder / f".writing-{secrets.token_hex(8)}"
    half_written.mkdir()  # not tempfile's, which nobody else may read: workers may run as another user
    try:
        for file, content in contents.items():
            _write(half_written / file, content)
        _settle(half_written, folder / name, manifest)
    except BaseException:
        shutil.rmtree(half_written, ignore_errors=True)
        raise
    return manifest


def read_beside(folder: Path, name: str) -> bytes:
    """A further file of the model in ``folder``, checked against its manifest.

    Raises:
        ArtifactError: the model has no such file, or it was changed.
    """
    manifest = read_manifest(folder)
    if name not in manifest.files:
        raise ArtifactError(f"model {folder.name} has no {name}: an older kyp wrote it; {_WAY_OUT}")
    return _checked(folder / name, manifest.files[name])


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of the model in ``folder``.

    Raises:
        ArtifactError: it is missing, damaged, or of another format or other libraries.
    """
    try:
        manifest = Manifest.from_json(json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ArtifactError(f"the model in {folder} has no readable manifest; {_WAY_OUT}") from error
    if manifest.format != FORMAT:
        raise ArtifactError(f"model {folder.name} has format {manifest.format}, this kyp reads {FORMAT}; {_WAY_OUT}")
    for library, fitted in manifest.libraries.items():
        if _series(fitted) != _series(version(library)):
            raise ArtifactError(
                f"model {folder.name} was fitted with {library} {fitted}, installed is {version(library)}; {_WAY_OUT}"
            )
    return manifest


def read_shares(folder: Path) -> Shares:
    """How common labels were where the model in ``folder`` was trained (ArtifactError as in :func:`read_beside`)."""
    return shares_of(json.loads(read_beside(folder, _PLAIN)))


def load(folder: Path, lexicon: Lexicon, prior: float | None = None, encoder: Path | None = None) -> Triage:
    """Load the model in ``folder`` after checking every file against the manifest; ``prior`` as in model.triage.

    A model that was learnt with a sentence encoder looks for it in the folder ``encoder``, then where it lay.

    Raises:
        ArtifactError: a file is missing, was changed, or does not hold what it should; or the encoder is not there.
    """
    manifest = read_manifest(folder)
    if manifest.lexicon != lexicon_fingerprint():
        raise ArtifactError(f"model {folder.name} was fitted with another lexicon than the one installed; {_WAY_OUT}")
    contents = {name: _checked(folder / name, manifest.files.get(name, "")) for name in (_ARRAYS, _PLAIN)}
    large = [name for name in manifest.files if name.endswith(_ARRAY)]
    for name in large:
        _check(folder / name, manifest.files[name])
    try:
        with np.load(io.BytesIO(contents.pop(_ARRAYS)), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        for name in large:
            arrays[name.removesuffix(_ARRAY)] = np.load(folder / name, mmap_mode="r", allow_pickle=False).view(
                np.ndarray
            )
        parameters = Parameters.from_parts(arrays, json.loads(contents.pop(_PLAIN)))
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise ArtifactError(f"model {folder.name} does not hold what a model of kyp holds; {_WAY_OUT}") from error
    found = None if manifest.encoder is None else find(manifest.encoder, encoder)
    return Triage(parameters, lexicon, manifest.version, prior, found)


def lexicon_fingerprint(folder: Path = FOLDER) -> str:
    """SHA-256 over the lexicon's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        if path.suffix in (".tsv", ".txt", ".npz"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _contents(parameters: Parameters) -> dict[str, bytes]:
    arrays, plain = parameters.to_parts()
    large = {name: arrays.pop(name) for name in sorted(arrays) if arrays[name].nbytes >= _LARGE}
    told = {_ARRAYS: _packed(arrays), _PLAIN: json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()}
    return told | {name + _ARRAY: _plainly(array) for name, array in large.items()}


def _fingerprints(contents: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _version(files: dict[str, str]) -> str:
    return f"{FORMAT}-{hashlib.sha256(''.join(files.values()).encode()).hexdigest()[:12]}"


def _settle(half_written: Path, place: Path, manifest: Manifest) -> None:
    """Move a written model to its place; one that stands there already stays where it is whole and has every file."""
    if place.exists():
        if _is_whole(place, manifest):
            shutil.rmtree(half_written)
            return
        damaged = half_written.with_name(f"{half_written.name}-damaged")
        place.rename(damaged)
        half_written.rename(place)
        shutil.rmtree(damaged)
        return
    half_written.rename(place)


def _is_whole(place: Path, wanted: Manifest) -> bool:
    try:
        manifest = read_manifest(place)
        for name in wanted.files.keys() | manifest.files.keys():
            _check(place / name, manifest.files.get(name, ""))
    except ArtifactError:
        return False
    return True


def _packed(arrays: dict[str, Any]) -> bytes:
    """An .npz whose bytes depend on the arrays alone: np.savez stamps no time on its members."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _plainly(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _checked(path: Path, expected: str) -> bytes:
    """The content of a file that is the one that was written."""
    with _opened(path) as file:
        content = file.read()
    _compare(path, hashlib.sha256(content).hexdigest(), expected)
    return content


def _check(path: Path, expected: str) -> None:
    """The same for a file that is too large to be held."""
    with _opened(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    _compare(path, found, expected)


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise ArtifactError(f"model {path.parent.name} lacks its file {path.name}; {_WAY_OUT}") from error


def _compare(path: Path, found: str, expected: str) -> None:
    if found != expected:
        raise ArtifactError(f"file {path.name} of model {path.parent.name} is not the one that was written; {_WAY_OUT}")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _series(number: str) -> tuple[str, ...]:
    """Major and minor number: within one series a library keeps what a fitted model relies on."""
    return tuple(number.split(".")[:2])
