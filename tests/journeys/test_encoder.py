"""A model that reads with a sentence encoder too: trained, put in use, used by fresh processes, at a loss without."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.datasets import load, shipped
from data.errors import ArtifactError, InputError
from model.artifact import Manifest
from model.features import SENTENCE_DIMENSIONS
from model.lexicon import load_lexicon
from model.registry import Registry
from tests.tiny_encoder import Tiny, tiny_encoder
from training.run import train

EVERY = 112  # of the shipped messages
SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "inbox.mbox"


@dataclass(frozen=True, slots=True)
class Trained:
    """A home, the encoder, what training said, and the version that was trained with it beside a plain one."""

    home: Path
    tiny: Tiny
    told: str
    plain: str
    version: str

    @property
    def manifest(self) -> Manifest:
        """Of the model with the encoder."""
        return Registry(self.home / "models").manifest(self.version)


def kyp(home: Path, *words: object, code: int = 0, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `kyp` on a home in a process of its own."""
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, words)]
    settings = os.environ | {"KYP_HOME": str(home)} | environment
    done = subprocess.run(command, capture_output=True, text=True, env=settings, timeout=600)  # noqa: S603 (our own program)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def trained(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A plain model in use, then one trained by `kyp train --encoder` on a few messages and put in use."""
    plain_home, home = home, tmp_path_factory.mktemp("encoder")
    shutil.copytree(plain_home / "models", home / "models")
    lines = [line for path in shipped() for line in path.read_text(encoding="utf-8").splitlines(keepends=True)[::EVERY]]
    (home / "part.jsonl").write_text("".join(lines), encoding="utf-8")
    tiny = tiny_encoder(home / "tiny", (one.body for one in load([home / "part.jsonl"])), dimension=16)
    registry = Registry(home / "models")
    plain = registry.champion_version() or ""
    words = ("--only-mine", "--nice", 0, "--encoder", tiny.folder)
    told = kyp(home, "train", home / "part.jsonl", *words).stdout
    (version,) = set(registry.versions()) - {plain}
    registry.promote(version, "a test")
    return Trained(home, tiny, told, plain, version)


def test_the_encoder_is_part_of_what_is_learnt(trained: Trained) -> None:
    """Sentence network and message heads weigh its dimensions, after the word vectors'; the manifest names it."""
    own = Registry(trained.home / "models").load(trained.version)._parameters
    of_words = load_lexicon().vectors.dimensions
    for weights, before in (
        (own.sentence_net.vectors, SENTENCE_DIMENSIONS),
        (own.message_heads.vectors, of_words),
    ):
        assert weights.shape[0] == before + 16
        assert (weights[before:] != 0).any(axis=0).sum() > weights.shape[1] / 2
    mark = trained.manifest.encoder
    assert mark is not None
    assert (mark.name, mark.dimension, mark.folder) == ("tiny", 16, str(trained.tiny.folder))


def test_its_time_is_not_held_against_it(trained: Trained) -> None:
    """Every other condition of promotion holds; slower than a model without an encoder it may be."""
    assert "time a message takes" in trained.told
    assert "not counted: an encoder was asked for" in trained.told
    decision = Registry(trained.home / "models").decision(trained.version)
    assert decision is not None
    assert {check["name"]: check["passed"] for check in decision["checks"]}["time a message takes"]


def test_models_show_and_the_card_name_it(trained: Trained) -> None:
    """Whoever looks at the model learns that it needs something beside it."""
    assert "reads with the encoder tiny too" in kyp(trained.home, "models", "show").stdout
    registry = Registry(trained.home / "models")
    assert b"the encoder tiny" in registry.beside(trained.version, "card.md")
    assert b"encoder" not in registry.beside(trained.plain, "card.md")


def test_the_same_data_and_encoder_give_the_same_model(trained: Trained, tmp_path: Path) -> None:
    """Byte by byte, on any number of threads."""
    part, registry = trained.home / "part.jsonl", Registry(tmp_path)
    again = train([part], registry, seed=0, jobs=1, progress=lambda _: None, encoder=trained.tiny.folder)
    assert again.version == trained.version
    assert registry.manifest(again.version).files == trained.manifest.files


def test_a_plain_model_knows_nothing_of_encoders(trained: Trained) -> None:
    """Its manifest holds no word of them, and neither loading nor judging with it imports what they need."""
    folder = trained.home / "models" / trained.plain
    assert "encoder" not in json.loads((folder / "manifest.json").read_text())
    program = (
        "import sys; from pathlib import Path; from data.records import Email; from model.registry import Registry\n"
        f"models = Path({str(trained.home / 'models')!r})\n"
        f"plain = Registry(models, encoder=models).load({trained.plain!r})\n"
        "plain.judge([Email('t', 'Hi', 'Copy me on every step.')])\n"
        "print(sorted({'onnxruntime', 'tokenizers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 (kyp itself)
    assert done.stdout.strip() == "[]"


def test_scoring_in_fresh_processes(trained: Trained, tmp_path: Path) -> None:
    """`kyp score` finds the encoder where it lay, and its workers where it lies now by KYP_ENCODER: the same rows."""
    here, moved = (tmp_path / name for name in ("here.jsonl", "moved.jsonl"))
    kyp(trained.home, "score", SAMPLES, "-o", here)
    rows = [json.loads(line) for line in here.read_text(encoding="utf-8").splitlines()]
    assert {row["model"] for row in rows} == {trained.version}
    away = shutil.move(trained.tiny.folder, tmp_path / "away")
    try:
        kyp(trained.home, "score", SAMPLES, "-o", moved, "--jobs", 2, KYP_ENCODER=str(away))
    finally:
        shutil.move(away, trained.tiny.folder)
    assert moved.read_bytes() == here.read_bytes()


def test_a_missing_or_changed_encoder_is_told_with_the_way_out(trained: Trained, tmp_path: Path) -> None:
    """Neither `kyp score` nor promotion goes on with another encoder than the one that was learnt with."""
    changed = Path(shutil.copytree(trained.tiny.folder, tmp_path / "changed"))
    (changed / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
    away = shutil.move(trained.tiny.folder, tmp_path / "away")
    try:
        told = kyp(trained.home, "score", SAMPLES, code=2, KYP_ENCODER=str(changed)).stderr
        assert f"{changed} holds another encoder" in told
        assert f"there is no folder {trained.tiny.folder}" in told
        assert "Name its folder by KYP_ENCODER, or train a new model with `kyp train`" in told
        with pytest.raises(ArtifactError, match="needs the encoder tiny"):
            Registry(trained.home / "models").promote(trained.version, "a test")
    finally:
        shutil.move(away, trained.tiny.folder)


def test_training_with_a_folder_that_is_no_encoder_stops_at_once(trained: Trained, tmp_path: Path) -> None:
    """Before anything is learnt."""
    steps: list[str] = []
    with pytest.raises(InputError, match=r"modules\.json is missing"):
        train(
            [trained.home / "part.jsonl"], Registry(tmp_path), seed=0, jobs=1, progress=steps.append, encoder=tmp_path
        )
    assert steps == []
