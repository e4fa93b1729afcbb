"""`kyp models`: what is in the registry, how two models differ, and which one is in use."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import typer

from data.errors import ArtifactError, InputError, KypError
from data.taxonomy import LABELS
from model.artifact import Manifest
from model.registry import Registry
from service.clock import now
from service.drift import DriftWatch
from service.judging import build_registry
from service.settings import read_settings
from service.wiring import build_records

_SHOWN, _FEW = 20, 5  # doubtful labels of one's own, or else of the shipped ones
_PICKED_UP = "A running service takes it up within seconds."


def show_all() -> None:
    """One line a model, newest last, the one in use marked by a star."""
    registry = build_registry(read_settings())
    used = registry.champion_version()
    for line in sorted(_line(registry, version, used) for version in registry.versions()):
        typer.echo(line.partition("\t")[2])
    if used is None:
        typer.echo("There is no model in use yet: run `kyp train`.", err=True)


def show_one(version: str | None, *, as_json: bool) -> None:
    """Everything that is known of one model (InputError where there is none of that name)."""
    settings = read_settings()
    registry = build_registry(settings)
    chosen = version or registry.champion_version()
    if chosen is None:
        raise ArtifactError("There is no model in use yet: run `kyp train`.")
    manifest = registry.manifest(chosen)
    if as_json:
        told = manifest.to_json() | {"decision": registry.decision(chosen)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join([*_told(registry, manifest), *_doubtful(registry, chosen)]))
    records = build_records(settings)
    with closing(records.store):
        typer.echo("\n".join(_drift(DriftWatch(records.store.engine, registry, now), chosen)))
    typer.echo(f"\nModel card: {registry.home / chosen / 'card.html'}")


def diff(one: str, other: str) -> None:
    """Compare two models on the messages that both learnt from, each judged by heads that had not seen their author."""
    from training.held_out import FILE, HeldOut
    from training.promote import Margins, compare

    registry = build_registry(read_settings())
    before, after = (HeldOut.unpacked(registry.beside(version, FILE)) for version in (one, other))
    decision = compare(after, before, 1.0, version=one, margins=Margins())
    if not decision.shared:
        raise InputError(f"{one} and {other} share no message to compare on: `kyp evaluate` measures each alone")
    typer.echo(f"{one} → {other} on {decision.shared} messages that neither had seen (time is not measured)")
    typer.echo("\n".join(check.line() for check in decision.checks[:-1]))


def promote(version: str, reason: str, *, anyway: bool) -> None:
    """Put one model in use (InputError where it was found worse, unless ``anyway``)."""
    registry = build_registry(read_settings())
    decision = registry.decision(version)
    if decision is not None and not decision["promoted"] and not anyway:
        raise InputError(f"{version} was not put in use: {decision['reason']}; --anyway puts it in use all the same")
    registry.promote(version, reason)
    typer.echo(f"Model {version} is in use. {_PICKED_UP}")


def rollback(reason: str) -> None:
    """Put the champion before this one in use again."""
    version = build_registry(read_settings()).rollback(reason)
    typer.echo(f"Model {version} is in use again. {_PICKED_UP}")


def _line(registry: Registry, version: str, used: str | None) -> str:
    """What the listing shows, after what it is sorted by."""
    star = "*" if version == used else " "
    try:
        manifest = registry.manifest(version)
    except KypError as error:
        return f"\t{star} {version}  cannot be used: {error}"
    figures = manifest.metrics
    macro = f"F1 {figures['archetypes']:.3f}/{figures['situations']:.3f}" if "archetypes" in figures else ""
    decision = registry.decision(version)
    verdict = "" if decision is None else decision["reason"]
    created = manifest.created[:16].replace("T", " ") or "no date"
    return f"{manifest.created}\t{star} {version}  {created:16}  {manifest.messages} messages  {macro}  {verdict}"


def _told(registry: Registry, manifest: Manifest) -> Iterator[str]:
    figures = manifest.metrics
    yield f"model {manifest.version}, written {manifest.created or 'at an unknown time'}, seed {manifest.seed}"
    yield f"learnt from {manifest.messages} messages, data {manifest.data_fingerprint[:12]}"
    yield f"fitted with {', '.join(f'{name} {number}' for name, number in manifest.libraries.items())}"
    if manifest.encoder is not None:
        yield f"reads with the encoder {manifest.encoder.name} too, which lay in {manifest.encoder.folder}"
    for reign in registry.history():
        if reign.version == manifest.version:
            yield f"in use since {reign.since}{' again' if reign.rollback else ''}: {reign.reason}"
    if tried := figures.get("weights_tried"):
        weights = ", ".join(f"{one['weight']:g}: {one['own']:.3f}" for one in tried)
        yield f"own labels count {figures['own_weight']:g} times (mean precision on them by weight: {weights})"
    if "labels" in figures:
        yield f"\n{'on authors not seen':26}{'F1':>8}{'AP':>8}"
        for label in LABELS:
            own = figures["labels"][label]
            yield f"{label:26}{own['f1']:8.3f}{own['average_precision']:8.3f}"
    yield from _decided(registry.decision(manifest.version))


def _decided(decision: dict[str, Any] | None) -> Iterator[str]:
    if decision is None:
        return
    yield f"\n{'put in use' if decision['promoted'] else 'not put in use'}: {decision['reason']}"
    for check in decision["checks"]:
        if not check["passed"]:
            yield f"  {check['name']}: {check['champion']} → {check['candidate']}, {check['rule']}"


def _doubtful(registry: Registry, version: str) -> Iterator[str]:
    try:
        found = json.loads(registry.beside(version, "suspects.json"))
    except ArtifactError:
        return
    own = [one for one in found if one["own"]]
    yield f"\n{len(found)} labels look doubtful to the model itself, {len(own)} of them your own"
    for one in own[:_SHOWN] or found[:_FEW]:
        said = "set" if one["labelled"] else "not set"
        yield f"  {one['message']}  {one['label']} {said}, the model gives it {one['probability']:.0%}"


def _drift(watch: DriftWatch, version: str) -> Iterator[str]:
    yield "\ndrift against training, by windows of thirty days"
    shown = False
    for window in watch.windows(version):
        counts = {one.language: one.now.messages for one in window.drifts}
        if counts:
            shown = True
            told = ", ".join(f"{number} {lang}" for lang, number in counts.items())
            yield f"  {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}: {told}"
            yield from (f"    ! {one.sentence()}" for one in window.drifts if one.warned)
    if not shown:
        yield "  no message has been judged by this model yet"
