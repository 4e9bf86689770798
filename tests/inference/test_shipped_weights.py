"""The weights that come along: z is not ignored, and each condition pulls where a person expects."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import ColorizeRequest, StylizeRequest
from colorgan_core.inference.result import Painting
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.color import delta_e, srgb_to_lab
from colorgan_core.picture.pixels import read_picture, to_rgb8
from colorgan_core.stored_weights import BUILT_IN, LARGEST
from colorgan_core.style.stylize import look_of, paint_tiles

GOLDEN = Path(__file__).parents[1] / "golden"
DRAWINGS = sorted((GOLDEN / "tasks" / "lineart").glob("*.png"))
RED, BLUE = (215, 40, 40), (40, 70, 210)


@cache
def colorizer() -> Colorizer:
    return Colorizer(Loaded("default", "cpu"))


@cache
def drawing(path: Path) -> np.ndarray:
    return to_rgb8(read_picture(path).array)


def painted(path: Path, **wishes: object) -> Painting:
    return colorizer().colorize(ColorizeRequest(drawing(path), task="lineart", paint=True, **wishes))  # type: ignore[arg-type]


def test_one_hint_colors_an_open_ring_and_not_the_paper_around_it() -> None:
    lines = np.full((256, 256, 3), 255, np.uint8)
    cv2.ellipse(lines, (128, 128), (90, 90), 0, 100, 430, (0, 0, 0), 4)  # 30 degrees are missing
    hints = np.zeros((256, 256, 4), np.uint8)
    hints[125:131, 125:131] = (*RED, 255)
    picture = colorizer().colorize(ColorizeRequest(lines, task="lineart", hints=hints)).picture
    assert (picture[90:166, 90:166] == RED).all()
    for corner in (picture[:20, :20], picture[:20, -20:], picture[-20:, :20], picture[-20:, -20:]):
        assert (corner == 255).all()


def inner_region(regions: Regions) -> np.ndarray:
    """(h, w) bool: the largest region that does not touch the border."""
    labels = regions.labels
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    areas = regions.areas.copy()
    areas[np.unique(edge)] = 0
    return (labels == areas.argmax()) & (regions.depth > 1)


def mean_ab(painting: Painting, where: np.ndarray) -> np.ndarray:
    return srgb_to_lab(painting.picture[where][:, :3]).mean(0)[1:]


def towards(a: np.ndarray, b: np.ndarray, wanted_a: tuple[int, ...], wanted_b: tuple[int, ...]) -> float:
    """How far a lies from b along the way from wanted_b to wanted_a, in units of ab."""
    way = np.subtract(*(srgb_to_lab(np.array([[c]], np.uint8))[0, 0, 1:] for c in (wanted_a, wanted_b)))
    return float((a - b) @ way / np.linalg.norm(way))


def test_the_file_is_small_enough_and_has_a_card() -> None:
    assert BUILT_IN.stat().st_size <= LARGEST
    card = colorizer().loaded.weights.card
    assert card["training_minutes"] >= 45 and card["data"] and card["bad_at"]


@pytest.mark.parametrize("path", DRAWINGS[:8], ids=lambda path: path.stem)
def test_a_red_hint_makes_its_region_redder_than_a_blue_one(path: Path) -> None:
    where = inner_region(find_surfaces(drawing(path).min(2)))
    pulls = []
    for color in (RED, BLUE):
        hints = np.zeros((*where.shape, 4), np.uint8)
        rows, columns = np.nonzero(where)
        middle = len(rows) // 2
        near = (np.abs(np.indices(where.shape) - np.array([rows[middle], columns[middle]])[:, None, None]) < 5).all(0)
        hints[near & where] = (*color, 255)
        pulls.append(mean_ab(painted(path, hints=hints), where))
    assert towards(pulls[0], pulls[1], RED, BLUE) > 25


def test_a_palette_is_used() -> None:
    pulls = []
    for path in DRAWINGS[:8]:
        red, blue = (painted(path, palette=np.array([color], np.uint8)) for color in (RED, BLUE))
        where = (red.coverage > 0.5) & (blue.coverage > 0.5) & (drawing(path).min(2) > 200)
        if where.sum() > 200:
            pulls.append(towards(mean_ab(red, where), mean_ab(blue, where), RED, BLUE))
    assert len(pulls) >= 5 and np.mean(pulls) > 25 and min(pulls) > 0


def test_a_blue_green_reference_pulls_unhinted_regions_towards_it() -> None:
    warm, cool = (225, 120, 40), (20, 150, 160)
    pulls = []
    for path in DRAWINGS[:8]:
        orange, teal = (painted(path, references=(striped(color),)) for color in (warm, cool))
        where = (orange.coverage > 0.5) & (teal.coverage > 0.5) & (drawing(path).min(2) > 200)
        if where.sum() > 200:
            pulls.append(towards(mean_ab(teal, where), mean_ab(orange, where), cool, warm))
    assert len(pulls) >= 5 and np.mean(pulls) > 8


def striped(color: tuple[int, int, int]) -> np.ndarray:
    """A reference in shades of one colour on white."""
    picture = np.full((96, 96, 3), 255, np.uint8)
    for row, shade in enumerate((1.0, 0.7, 0.85)):
        picture[12 + 24 * row : 32 + 24 * row, 12:84] = (np.array(color) * shade).astype(np.uint8)
    return picture


def test_a_style_picture_gives_its_colors() -> None:
    """Of the same start, G's picture lies nearer to the colours of the style in z."""
    warm, cool = (225, 120, 40), (20, 150, 160)
    pulls = []
    for path in sorted((GOLDEN / "tasks" / "gray").glob("*.png"))[:8]:
        results = []
        for color in (warm, cool):
            request = StylizeRequest(drawing(path), ((striped(color), 1.0),))
            look = look_of(colorizer().loaded, request)
            painted = paint_tiles(colorizer().loaded, request.picture, look, lambda share: None)
            results.append(srgb_to_lab(painted).mean((0, 1))[1:])
        pulls.append(towards(results[1], results[0], cool, warm))
    assert np.mean(pulls) > 3


def test_the_same_seed_gives_the_same_picture_and_others_differ() -> None:
    spread = []
    for path in DRAWINGS[:8]:
        first, again, other = (painted(path, seed=seed).picture for seed in (0, 0, 1))
        assert (first == again).all()
        spread.append(delta_e(srgb_to_lab(first), srgb_to_lab(other)).mean())
    assert np.mean(spread) > 2
