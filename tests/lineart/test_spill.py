"""What a stroke means: the regions that it lies in, and not those that it merely touches beside them, at any size of the drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.regions import Regions, set_pixels
from colorgan_core.lineart.spill import connected, without_spill
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces

Array = np.ndarray[Any, Any]
Draw = Callable[[Array], None]
RED, BLUE = (214, 63, 41), (31, 90, 201)
SCALES = [1, 2, 5]  # of drawings of 400 x 400


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively, "cpu"), working_size=64)


def scene(scale: float, *walls: int, ink: float = 3) -> Array:
    """Line art (400, 400) * scale of a box from 100 to 300, with upright walls at those columns."""
    size = round(400 * scale)
    lines, thick = np.full((size, size), 255, np.uint8), max(1, round(ink * scale))
    low, high = round(100 * scale), round(300 * scale)
    cv2.rectangle(lines, (low, low), (high, high), 0, thick)
    for wall in walls:
        cv2.line(lines, (round(wall * scale), low), (round(wall * scale), high), 0, thick)
    return lines


def dab(x: float, y: float, radius: float, scale: float = 1) -> Draw:
    return lambda mask: cv2.circle(mask, (round(x * scale), round(y * scale)), round(radius * scale), 1, -1)  # type: ignore[return-value]


def path(points: list[tuple[float, float]], thick: float, scale: float = 1) -> Draw:
    at = np.array([(round(x * scale), round(y * scale)) for x, y in points], np.int32)
    return lambda mask: cv2.polylines(mask, [at], False, 1, max(1, round(thick * scale)))  # type: ignore[return-value]


def drawn(lines: Array, *strokes: Draw) -> Array:
    mask = np.zeros(lines.shape, np.uint8)
    for each in strokes:
        each(mask)
    return mask > 0


def colored(regions: Regions, mask: Array, kind: str = "hint") -> Array:
    """(h, w) bool: where a red stroke, or a bare one, has effect."""
    colors, nothing = np.full((*mask.shape, 3), RED, np.uint8), np.zeros_like(mask)
    if kind == "bare":
        return np.asarray(read_strokes(regions, colors, nothing, mask).bare[regions.labels])
    hinted = read_strokes(regions, colors, mask, nothing)
    return np.asarray(hinted.known[hinted.regions.labels])


@pytest.mark.parametrize("kind", ["hint", "bare"])
@pytest.mark.parametrize("over", [1, 2, 3])
@pytest.mark.parametrize("radius", [6, 12, 40])
@pytest.mark.parametrize("size", [400, 2000])
def test_a_dab_that_runs_over_the_line_colours_its_own_side(size: int, radius: int, over: int, kind: str) -> None:
    lines = scene(size / 400, ink=1200 / size)
    regions, left = find_surfaces(lines), int(np.flatnonzero(lines[size // 2] == 0)[0])
    mask = drawn(lines, dab(left - over + radius, size / 2, radius))
    assert mask[:, :left].any() and (regions.depth[mask] > 0).any()
    found = colored(regions, mask, kind)
    assert found[size // 2, size // 2] and not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("x", "inside", "outside"), [(160, True, False), (115, True, False), (100, True, True), (85, False, True)]
)
def test_where_the_middle_of_a_dab_lies_decides_at_any_size(scale: int, x: int, inside: bool, outside: bool) -> None:
    """A dab over both sides of a line; if its middle lies on the line, nobody knows which side is meant, and it is both."""
    lines = scene(scale)
    mask = drawn(lines, dab(x, 200, 25, scale))
    found = colored(find_surfaces(lines), mask)
    assert (found[200 * scale, 250 * scale], found[5, 5]) == (inside, outside)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("thick", [2, 12])
def test_a_stroke_through_several_regions_colours_each(scale: int, thick: int) -> None:
    """A wide, a very narrow and a wide one again, in the last of which it ends soon; and not the paper."""
    lines = scene(scale, 210, 220)
    regions = find_surfaces(lines)
    found = colored(regions, drawn(lines, path([(120, 150), (250, 150)], thick, scale)))
    for x in (150, 215, 280):
        assert found[250 * scale, x * scale], x
    assert not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
def test_the_end_of_a_pen_stroke_that_runs_over_a_line_says_nothing(scale: int) -> None:
    lines = scene(scale)
    found = colored(find_surfaces(lines), drawn(lines, path([(200, 200), (94, 200)], 2, scale)))
    assert found[200 * scale, 200 * scale] and not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
def test_a_thin_end_of_a_broad_scribble_counts(scale: int) -> None:
    """Half of the left room is scribbled over, and the pen goes on into the right one."""
    lines = scene(scale, 200)
    scribble = path([(150, 200), (150, 202)], 70, scale), path([(150, 200), (260, 200)], 6, scale)
    found = colored(find_surfaces(lines), drawn(lines, *scribble))
    assert found[250 * scale, 120 * scale] and found[250 * scale, 280 * scale] and not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
def test_a_small_region_under_a_dab_is_meant(scale: int) -> None:
    lines = scene(scale)
    cv2.circle(lines, (215 * scale, 200 * scale), 7 * scale, 0, 2 * scale)
    found = colored(find_surfaces(lines), drawn(lines, dab(200, 200, 30, scale)))
    assert found[200 * scale, 215 * scale] and found[150 * scale, 150 * scale] and not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
def test_a_dab_on_strands_colours_all_that_it_crosses_and_no_paper(scale: int) -> None:
    """Strands of hair, each narrower than the dab, which runs a little over the outline."""
    walls = list(range(110, 300, 12))
    lines = scene(scale, *walls, ink=2)
    found = colored(find_surfaces(lines), drawn(lines, dab(120, 200, 23, scale)))
    assert [found[250 * scale, (wall + 6) * scale] for wall in walls[:3]] == [True] * 3
    assert not found[250 * scale, 250 * scale] and not found[5, 5]


@pytest.mark.parametrize("scale", SCALES)
def test_a_wedge_of_paper_between_two_shapes_is_not_flooded(scale: int) -> None:
    lines = np.full((400 * scale, 400 * scale), 255, np.uint8)
    for y in (130, 270):
        cv2.circle(lines, (200 * scale, y * scale), 70 * scale, 0, 3 * scale)
    found = colored(find_surfaces(lines), drawn(lines, dab(210, 182, 20, scale)))
    assert found[130 * scale, 200 * scale] and not found[5, 5]


def test_strokes_of_two_colours_that_touch_are_two() -> None:
    """A button of another colour is no part of the coat's stroke around it, however long that is."""
    lines = scene(1)
    cv2.circle(lines, (200, 200), 20, 0, 3)
    colors, mask = np.zeros((400, 400, 3), np.uint8), np.zeros((400, 400), bool)
    colors[120:280, 120:280], mask[120:280, 120:280] = RED, True
    mask[180:221, 180:221] = False
    cv2.line(colors, (240, 200), (190, 200), BLUE, 4)  # from the coat, where most of it lies, into the button
    mask |= (colors == BLUE).all(2)
    regions = find_surfaces(lines)
    hinted = read_strokes(regions, colors, mask, np.zeros_like(mask))
    shown = hinted.colors[hinted.regions.labels]
    assert (shown[200, 210] == BLUE).all() and (shown[250, 250] == RED).all()


@pytest.mark.parametrize("many", [3, 400])
def test_pixels_of_one_kind_that_touch_are_one_stroke(many: int) -> None:
    """As OpenCV has it, kind by kind."""
    random = np.random.default_rng(many)
    kinds = np.asarray(cv2.resize(random.integers(0, many, (30, 40)).astype(np.int32), (90, 71), interpolation=0))
    mask = random.random(kinds.shape) < 0.8
    rows, columns = set_pixels(mask)
    number = connected(rows, columns, mask.shape[1], kinds[mask].astype(np.int64))
    whole = 0
    for kind in range(many):
        count, pieces = cv2.connectedComponents((mask & (kinds == kind)).astype(np.uint8), connectivity=8)
        mine = kinds[mask] == kind
        pairs = np.unique(np.stack([pieces[mask][mine], number[mine]]), axis=1)
        assert pairs.shape[1] == count - 1 == len(np.unique(pairs[1]))
        whole += count - 1
    assert number.max() + 1 == whole


def test_strokes_within_a_region_are_left_as_they_are() -> None:
    lines = scene(1)
    mask = drawn(lines, dab(150, 150, 12), path([(220, 220), (260, 260)], 5))
    assert without_spill(find_surfaces(lines), mask) is mask


def test_the_paper_around_a_drawing_stays_white_beside_a_careless_dab(colorizer: Colorizer) -> None:
    """Through the whole pipeline."""
    lines = scene(2)
    picture, hints = lines[..., None].repeat(3, 2), np.zeros((800, 800, 4), np.uint8)
    hints[drawn(lines, dab(225, 400, 30))] = (*RED, 255)
    assert hints[400, 196, 3] and lines[400, 196] == 255, "it runs over the line"
    flats = colorizer.colorize(build_request(picture, hints=hints, task="lineart")).flats
    assert flats is not None
    room, paper = flats.regions.labels[400, 400], flats.regions.labels[5, 5]
    assert flats.hinted[room] and (flats.colors[room] == RED).all() and not flats.hinted[paper]
