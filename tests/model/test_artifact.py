"""A model on disk is read only where it is whole, unchanged and of this kyp's format; nothing in it is executed."""

import errno
import hashlib
import json
import mmap
import os
import pickle
import shutil
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from data.errors import ArtifactError, InputError
from data.records import Email
from model.artifact import Provenance
from model.registry import Registry, Reign
from training.run import train

MAIL = Email(source="t", subject="cover", text="Did you get my mail from ten minutes ago? Copy me on every step.")


class _Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.trace,)


@pytest.fixture
def models(home: Path, tmp_path: Path) -> Path:
    """A copy of the registry that a test may damage."""
    return shutil.copytree(home / "models", tmp_path / "models")


@pytest.fixture
def folder(models: Path) -> Iterator[Path]:
    """The champion's folder in it."""
    version = Registry(models).champion_version()
    assert version is not None
    yield models / version


def test_the_same_data_give_the_same_model(small_home: Path, tmp_path: Path) -> None:
    """Training twice on the same data with the same seed writes the same bytes, on one core as on two."""
    registry = Registry(small_home / "models")
    again = train([small_home / "part.jsonl"], Registry(tmp_path), seed=0, jobs=1, progress=lambda _: None)
    assert again.version == registry.champion_version()
    assert Registry(tmp_path).manifest(again.version).files == registry.manifest(again.version).files


def test_a_loaded_model_judges_like_another_load_of_it(models: Path) -> None:
    """What is written is what is read."""
    one, two = Registry(models).champion(), Registry(models).champion()
    assert one is not None
    assert two is not None
    assert one.judge([MAIL]) == two.judge([MAIL])


def test_a_changed_file_is_refused(folder: Path, models: Path) -> None:
    """One byte more, and the model is not read."""
    with (folder / "plain.json").open("a") as file:
        file.write(" ")
    with pytest.raises(ArtifactError, match=r"plain\.json .* is not the one that was written; train a new model"):
        Registry(models).champion()


def test_large_arrays_are_mapped_and_checked_too(folder: Path, models: Path) -> None:
    """What has a file of its own is not read into memory, and is held to what was written."""
    champion = Registry(models).champion()
    assert champion is not None
    codes = champion._parameters.sentence_net.weights.codes
    assert not codes.flags.writeable
    assert isinstance(codes.base, mmap.mmap | np.memmap)
    with (folder / "net.codes.npy").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtifactError, match=r"net\.codes\.npy .* is not the one that was written"):
        Registry(models).champion()


def test_a_missing_file_is_named(folder: Path, models: Path) -> None:
    """A half-copied model says what it lacks."""
    (folder / "arrays.npz").unlink()
    with pytest.raises(ArtifactError, match=r"lacks its file arrays\.npz"):
        Registry(models).champion()


@pytest.mark.parametrize("name", ["arrays.npz", "net.codes.npy"])
def test_a_pickle_in_place_of_the_arrays_is_never_run(folder: Path, models: Path, tmp_path: Path, name: str) -> None:
    """Even with a manifest forged to fit, a pickle is refused and does nothing."""
    trace = tmp_path / "executed"
    bomb = pickle.dumps(_Bomb(trace))
    (folder / name).write_bytes(bomb)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256(bomb).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match="does not hold what a model of kyp holds"):
        Registry(models).champion()
    assert not trace.exists()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 0}, "has format 0"),
        ({"libraries": {"numpy": "0.1.0"}}, r"fitted with numpy 0\.1\.0"),
        ({"lexicon": "other"}, "another lexicon"),
    ],
)
def test_another_time_s_model_is_refused_with_the_way_out(
    folder: Path, models: Path, change: dict[str, object], complaint: str
) -> None:
    """Older formats, other library series and another lexicon are told, with what to do."""
    manifest = json.loads((folder / "manifest.json").read_text()) | change
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=f"{complaint}.*kyp train"):
        Registry(models).champion()


@pytest.mark.parametrize("damaged", ['{"version": ', "[]", "null", '"x"', '{"version": 1}'])
def test_an_unreadable_manifest_is_refused(folder: Path, models: Path, damaged: str) -> None:
    """A truncated manifest is told as such, and so is one that is something else."""
    (folder / "manifest.json").write_text(damaged)
    with pytest.raises(ArtifactError, match="no readable manifest"):
        Registry(models).champion()


@pytest.mark.parametrize("change", [{"libraries": []}, {"libraries": {"numpy": 2}}, {"files": None}, {"metrics": 1}])
def test_a_manifest_of_other_parts_is_refused(folder: Path, models: Path, change: dict[str, object]) -> None:
    """What shall be an object or a string and is none is found before it is used."""
    manifest = json.loads((folder / "manifest.json").read_text()) | change
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match="no readable manifest"):
        Registry(models).champion()


def test_an_unknown_version_names_the_known_ones(models: Path) -> None:
    """Whoever mistypes a version sees what there is."""
    registry = Registry(models)
    with pytest.raises(InputError, match=f"no model 'mine'.*{registry.champion_version()}"):
        registry.load("mine")


def test_an_empty_registry_has_no_champion(tmp_path: Path) -> None:
    """No model is not an error here: the caller decides to train."""
    assert Registry(tmp_path / "none").champion() is None


def test_training_again_mends_a_damaged_model(folder: Path, models: Path) -> None:
    """A model of the same version that was tampered with is replaced by a whole one; a whole one stays as it is."""
    registry = Registry(models)
    parameters = registry.load(folder.name)._parameters  # what training would come to again
    again = Provenance("0" * 64, 9, 0, beside={"card.md": b"# Model"})
    registry.add(parameters, again)
    assert registry.manifest(folder.name).messages > 9
    (folder / "plain.json").write_text("{}")
    assert registry.add(parameters, again).version == folder.name
    assert registry.manifest(folder.name).messages == 9
    assert registry.champion() is not None


def test_a_full_disk_leaves_nothing_behind(
    folder: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written wholly is taken away again, hundreds of megabytes as they may be."""
    parameters = Registry(models).load(folder.name)._parameters
    room = iter([True, True])

    def fsync(_: int) -> None:
        if not next(room, False):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        Registry(tmp_path / "full").add(parameters, Provenance("0" * 64, 9, 0))
    assert list((tmp_path / "full").iterdir()) == []


def test_whoever_may_read_the_files_may_read_the_folder(folder: Path, models: Path, tmp_path: Path) -> None:
    """A worker of another user loads the model: the umask alone says who may."""
    parameters = Registry(models).load(folder.name)._parameters
    before = os.umask(0o022)
    try:
        manifest = Registry(tmp_path / "shared").add(parameters, Provenance("0" * 64, 9, 0))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "shared" / manifest.version).stat().st_mode) == 0o755


def test_a_damaged_model_is_not_put_in_use(folder: Path, models: Path) -> None:
    """Promotion reads it wholly first; the pointer stays as it was."""
    registry = Registry(models)
    before = registry.history()
    (folder / "arrays.npz").write_bytes(b"half")
    with pytest.raises(ArtifactError, match=r"arrays\.npz"):
        registry.promote(folder.name, "a test")
    assert registry.history() == before


def test_rollback_goes_back_step_by_step(models: Path, folder: Path) -> None:
    """Each rollback puts the champion before in use, past those that were rolled back from; then there is none left."""
    registry = Registry(models)
    first = folder.name
    for version in ("2-second", "2-third"):
        shutil.copytree(folder, folder.parent / version)
    registry.promote("2-second", "better")
    registry.promote("2-third", "better still")
    assert registry.rollback("worse in practice") == "2-second"
    assert registry.champion_version() == "2-second"
    assert registry.rollback("that too") == first
    assert [reign.rollback for reign in registry.history()] == [False, False, False, True, True]
    with pytest.raises(InputError, match="no earlier champion"):
        registry.rollback("again")
    registry.promote("2-third", "after all")
    assert registry.rollback("no") == first


def test_two_promotions_at_the_same_time_are_both_kept(
    models: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads the history and who writes it are the same: none is put back by the other."""
    before, reasons = Registry(models).history(), ("one", "two")
    read = Registry.history

    def slowly(registry: Registry) -> list[Reign]:
        history = read(registry)
        time.sleep(0.2)
        return history

    monkeypatch.setattr(Registry, "history", slowly)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda reason: Registry(models).promote(folder.name, reason), reasons))
    after = read(Registry(models))
    assert after[: len(before)] == before
    assert {reign.reason for reign in after[len(before) :]} == set(reasons)


def test_many_decisions_at_the_same_time_leave_a_whole_one(models: Path, folder: Path) -> None:
    """Each is written under a name of its own before it takes its place."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Registry(models).decide(folder.name, {"n": n, "why": "x" * 10_000}), range(64)))
    told = Registry(models).decision(folder.name)
    assert told is not None
    assert told["n"] in range(64)
    assert not list(folder.glob(".decision*"))


def test_what_stands_beside_a_model_is_checked_too(models: Path, folder: Path) -> None:
    """The card as it was written, or nothing."""
    registry = Registry(models)
    assert registry.beside(folder.name, "card.md").startswith(b"# Model")
    (folder / "card.md").write_text("# A better model")
    with pytest.raises(ArtifactError, match=r"card\.md"):
        registry.beside(folder.name, "card.md")
    with pytest.raises(ArtifactError, match="older kyp"):
        registry.beside(folder.name, "no-such.txt")


def test_a_decision_is_kept_beside_the_model(models: Path, folder: Path) -> None:
    """Why it was put in use; a damaged note is no note."""
    registry = Registry(models)
    decision = registry.decision(folder.name)
    assert decision is not None
    assert (decision["promoted"], decision["reason"]) == (True, "first model")
    (folder / "decision.json").write_text("{")
    assert registry.decision(folder.name) is None


def test_promotion_keeps_the_history(models: Path) -> None:
    """Who was champion, since when and why, oldest first."""
    registry = Registry(models)
    version = registry.champion_version()
    assert version is not None
    registry.promote(version, "a test")
    assert [reign.reason for reign in registry.history()] == ["first model", "a test"]
    assert not list(models.glob(".registry*"))
