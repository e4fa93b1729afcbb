"""The palette of the pages, light and dark, against the contrast that WCAG 2.2 asks for at level AA."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "service" / "static" / "kyp.css").read_text(encoding="utf-8")
TEXT, CONTROL = 4.5, 3.0  # the least contrast of text, and of the edges of controls, to what they stand on
GROUNDS = ("ground", "surface", "sunken")

Colours = dict[str, str]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def schemes() -> Iterator[tuple[str, Colours]]:
    """Each scheme with its colours by name."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", SHEET)
    yield "light", {name: light for name, light, _ in pairs}
    yield "dark", {name: dark for name, _, dark in pairs}


def too_low(colour: Colours, pairs: list[tuple[str, str]], least: float) -> dict[tuple[str, str], float]:
    """The pairs whose contrast is not enough."""
    ratios = {pair: contrast(*(colour[name] for name in pair)) for pair in pairs}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


@pytest.mark.parametrize(("scheme", "colour"), list(schemes()))
def test_all_text_can_be_read(scheme: str, colour: Colours) -> None:
    """4.5 to 1 for every text on every ground that it stands on."""
    tints = [name for name in colour if name.endswith("-tint")]
    pairs = [(text, ground) for text in ("ink", "soft", "accent", "alarm", "warn", "calm") for ground in GROUNDS]
    pairs += [("on-accent", "accent"), ("on-alarm", "alarm"), ("surface", "ink")]
    pairs += [(name.removesuffix("-tint"), name) for name in tints] + [("ink", name) for name in tints]
    pairs += [(name.removesuffix("-tint"), "surface") for name in tints]
    assert too_low(colour, pairs, TEXT) == {}, scheme


@pytest.mark.parametrize(("scheme", "colour"), list(schemes()))
def test_controls_can_be_seen(scheme: str, colour: Colours) -> None:
    """3 to 1 for the edges of fields, and for the ring around what has the focus."""
    pairs = [(edge, ground) for edge in ("edge", "accent") for ground in GROUNDS]
    assert too_low(colour, pairs, CONTROL) == {}, scheme


def test_the_sheet_names_every_colour_in_the_palette_alone() -> None:
    """Colours stand in one place, so that what is measured here is what is seen."""
    rest = SHEET.split("/* the shell", 1)[1]
    assert len(dict(next(schemes())[1])) > 20
    assert not re.findall(r"#[0-9a-f]{3,8}\b", rest)
