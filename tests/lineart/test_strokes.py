"""Hints as strokes through the whole pipeline: exact colours, regions parted where two colours say so, spills that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer, read_regions
from colorgan_core.inference.request import ColorizeRequest, build_request
from colorgan_core.inference.result import Painting
from colorgan_core.lineart.families import families
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.pixels import to_rgb8

Array = np.ndarray[Any, Any]
RED, BLUE, GREEN = (214, 63, 41), (31, 90, 201), (20, 161, 77)
SIZES = [(64, 64), (200, 200), (333, 777)]
LARGE = (700, 1100)  # past the size up to which regions are told apart at full size


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively, "cpu"), working_size=64)


def rooms(height: int, width: int, door: float = 0) -> Array:
    """A box with a wall in its middle, with paper around; the door takes that share of the wall."""
    picture = np.full((height, width, 3), 255, np.uint8)
    thick = max(2, min(height, width) // 80)
    left, right, top, bottom = width // 8, width - width // 8, height // 8, height - height // 8
    cv2.rectangle(picture, (left, top), (right, bottom), (0, 0, 0), thick)
    half = round(door * (bottom - top) / 2)
    cv2.line(picture, (width // 2, top), (width // 2, height // 2 - half), (0, 0, 0), thick)
    cv2.line(picture, (width // 2, height // 2 + half), (width // 2, bottom), (0, 0, 0), thick)
    return picture


def stroke(hints: Array, x: float, y: float, color: tuple[int, ...], size: float = 0.06) -> tuple[slice, slice]:
    """A square hint of `size` of the short side around x, y in 0..1; returns where it is."""
    height, width = hints.shape[:2]
    half = max(2, round(size * min(height, width) / 2))
    row, column = round(y * height), round(x * width)
    place = np.s_[row - half : row + half, column - half : column + half]
    hints[place] = (*color, 255)
    return place


def nothing(picture: Array) -> Array:
    return np.zeros((*picture.shape[:2], 4), np.uint8)


def flats(painting: Painting) -> Array:
    """(h, w, 3): each pixel's flat colour."""
    assert painting.flats is not None
    return np.asarray(painting.flats.colors[painting.flats.regions.labels])


def paint(colorizer: Colorizer, picture: Array, hints: Array, **others: Any) -> Painting:
    return colorizer.colorize(build_request(picture, hints=hints, task="lineart", **others))


@pytest.mark.parametrize(
    ("size", "dtype"),
    [*((size, kind) for size in SIZES for kind in (np.uint8, np.uint16, np.float32)), ((1500, 1500), np.uint8)],
)
def test_a_strokes_color_is_exact_in_its_whole_region(colorizer: Colorizer, size: tuple[int, int], dtype: Any) -> None:
    picture = rooms(*size)
    hints = nothing(picture)
    stroke(hints, 0.3, 0.5, RED)
    stroke(hints, 0.7, 0.4, BLUE)
    rooms_of = find_surfaces(picture.min(2)).labels
    full = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    deep = (picture // 255).astype(dtype) * dtype(full)
    layer = paint(colorizer, deep, hints).layered(("flats",)).layers[0].pixels  # type: ignore[union-attr]
    assert layer.dtype == dtype
    for x, color in ((0.3, RED), (0.7, BLUE)):
        room = rooms_of == rooms_of[size[0] // 2, round(x * size[1])]
        assert room.mean() > 0.15
        wanted = np.array(color, dtype) / dtype(255) if dtype == np.float32 else np.array(color, dtype) * (full // 255)
        np.testing.assert_array_equal(layer[room][:, :3], np.broadcast_to(wanted, (room.sum(), 3)))
        assert (layer[room][:, 3] == full).all()


def test_an_exact_color_needs_no_shade_and_survives_white_lines(colorizer: Colorizer) -> None:
    """In the picture itself, where nothing is drawn and no shade is wanted."""
    picture = rooms(200, 200)
    hints = nothing(picture)
    stroke(hints, 0.3, 0.5, RED)
    painting = paint(colorizer, picture, hints, shade=False)
    room = (flats(painting) == RED).all(2) & (picture.min(2) == 255)
    assert room.mean() > 0.15 and (painting.picture[room] == RED).all()


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_two_colors_part_a_region_about_midway(colorizer: Colorizer, size: tuple[int, int]) -> None:
    height, width = size
    picture = np.full((*size, 3), 255, np.uint8)
    cv2.rectangle(picture, (width // 8, height // 8), (width - width // 8, height - height // 8), (0, 0, 0), 2)
    hints = nothing(picture)
    left, right = stroke(hints, 0.3, 0.5, RED), stroke(hints, 0.7, 0.5, BLUE)
    box = np.s_[height // 8 + 2 : height - height // 8 - 2, width // 8 + 2 : width - width // 8 - 2]
    painted = flats(paint(colorizer, picture, hints))
    assert (painted[left] == RED).all() and (painted[right] == BLUE).all()
    red, blue = (painted[box] == RED).all(2), (painted[box] == BLUE).all(2)
    assert (red ^ blue).all(), "no third colour in the box"
    middle = red[len(red) // 2]
    assert abs(int(middle.sum()) / len(middle) - 0.5) < 0.06
    assert middle[: middle.sum()].all(), "one edge and no islands"
    for part in (red, blue):
        assert cv2.connectedComponents(part.astype(np.uint8), connectivity=4)[0] == 2, "each part is one piece"


@pytest.mark.parametrize("size", [200, 1100])
def test_two_colors_meet_at_the_door_between_rooms(colorizer: Colorizer, size: int) -> None:
    """The strokes lie at unlike distances from the door, and still the colours meet in it."""
    picture = rooms(size, size, door=0.4)
    assert find_surfaces(picture.min(2)).count == 2, "the door is so wide that the rooms are one"
    hints = nothing(picture)
    stroke(hints, 0.3, 0.3, RED)
    stroke(hints, 0.62, 0.5, BLUE)
    painted = flats(paint(colorizer, picture, hints))
    middle, inside = size // 2, slice(size // 8 + 3 * size // 80, size - size // 8 - 3 * size // 80)
    for row in (size // 5, size // 4, 4 * size // 5):  # beside the wall
        assert (painted[row, inside.start : middle - size // 80] == RED).all()
        assert (painted[row, middle + size // 80 + 1 : inside.stop] == BLUE).all()
    red = int((painted[middle, inside] == RED).all(1).sum()) + inside.start
    assert abs(red - middle) < size / 8, "in the door itself"


def test_a_region_takes_the_colors_of_three_strokes_and_no_other(colorizer: Colorizer) -> None:
    picture = np.full((160, 240, 3), 255, np.uint8)
    hints = nothing(picture)
    places = [stroke(hints, x, 0.5, color) for x, color in ((0.15, RED), (0.5, GREEN), (0.85, BLUE))]
    painted = flats(paint(colorizer, picture, hints))
    for place, color in zip(places, (RED, GREEN, BLUE), strict=True):
        assert (painted[place] == color).all()
    assert {tuple(c) for c in np.unique(painted.reshape(-1, 3), axis=0).tolist()} == {RED, GREEN, BLUE}


def test_every_stripe_of_a_flag_has_its_color_however_short_its_stroke(colorizer: Colorizer) -> None:
    picture = rooms(240, 240)
    cv2.rectangle(picture, (40, 40), (200, 200), (255, 255, 255), -1)  # one room
    hints, colors = nothing(picture), [RED, BLUE, GREEN, (252, 234, 43), (176, 150, 196), (241, 173, 66)]
    for number, color in enumerate(colors):
        row, half = 50 + 28 * number, 50 if number in (2, 3) else 14
        hints[row - 2 : row + 2, 120 - half : 120 + half] = (*color, 255)
    painted = flats(paint(colorizer, picture, hints))
    for number, color in enumerate(colors):
        assert (painted[50 + 28 * number, 110:130] == color).all(), color


@pytest.mark.parametrize("size", [200, 1100])
def test_an_open_shape_does_not_run_out_into_paper_that_a_white_stroke_names(colorizer: Colorizer, size: int) -> None:
    """A jar without a bottom, red inside; the white stroke is above it, farther from the lower edge than the red one."""
    picture = np.full((size, size, 3), 255, np.uint8)
    left, right, top, bottom = 3 * size // 8, 5 * size // 8, 3 * size // 8, 6 * size // 8
    jar = np.array([(left, bottom), (left, top), (right, top), (right, bottom)])
    cv2.polylines(picture, [jar], False, (0, 0, 0), max(2, size // 80))
    hints = nothing(picture)
    stroke(hints, 0.5, 0.55, RED)
    hints[size // 8 : size // 8 + size // 40, size // 8 : 7 * size // 8] = (255, 255, 255, 255)
    painting = paint(colorizer, picture, hints)
    assert painting.flats is not None
    red = painting.flats.painted[painting.flats.regions.labels] & (flats(painting) == RED).all(2)
    assert red[top + size // 20 : 5 * size // 8, left + size // 40 : right - size // 40].all()
    assert not red[[0, -1]].any() and not red[:, [0, -1]].any()


@pytest.mark.parametrize("size", [200, 1100])
@pytest.mark.parametrize("spill", [0.005, 0.011])
def test_a_stroke_that_spills_over_a_line_does_not_part_the_neighbor(
    colorizer: Colorizer, size: int, spill: float
) -> None:
    """A broad brush to the wall and past it, by that share of the picture's size, beside a much smaller stroke."""
    picture = rooms(size, size)
    hints, found = nothing(picture), find_surfaces(picture.min(2))
    right = found.labels == found.labels[size // 2, round(0.7 * size)]
    hints[size // 3 : 2 * size // 3, size // 4 : 2 * size // 3] = (*RED, 255)
    hints[right & (found.depth > max(1, spill * size))] = 0
    stroke(hints, 0.8, 0.5, BLUE, 0.03)
    assert (hints[right & (found.depth > 0)][:, 0] == RED[0]).any()
    assert (flats(paint(colorizer, picture, hints))[right] == BLUE).all()


def test_a_few_stray_pixels_do_not_part_a_region(colorizer: Colorizer) -> None:
    picture = rooms(200, 200)
    hints = nothing(picture)
    stroke(hints, 0.3, 0.5, RED)
    hints[60:62, 70:73] = (*GREEN, 255)
    painted = flats(paint(colorizer, picture, hints))
    assert (painted[100, 35:90] == RED).all() and (painted[61, 71] == RED).all()


def test_soft_strokes_part_nothing_and_keep_their_color(colorizer: Colorizer) -> None:
    """A brush with soft edges mixes with what is below; its pixels are still one stroke of one colour."""
    picture = rooms(200, 200)
    hints = nothing(picture)
    y, x = np.mgrid[:200, :200]
    soft = np.clip(10 - np.hypot(x - 60, y - 100), 0, 1)
    hints[..., :3] = np.rint(np.array(RED) * (0.94 + 0.06 * soft[..., None]))
    hints[..., 3] = np.rint(255 * np.clip(12 - np.hypot(x - 60, y - 100), 0, 1))
    hinted = read_regions(build_request(picture, hints=hints), picture, "lineart")
    assert hinted.regions.count == find_surfaces(picture.min(2)).count
    painted = flats(paint(colorizer, picture, hints))
    assert (painted[100, 35:90] == RED).all()


@pytest.mark.parametrize("thick", [2, 3, 8, 15])
def test_color_reaches_under_the_line_without_a_fringe(colorizer: Colorizer, thick: int) -> None:
    """Around the wall every pixel of the flats, under its ink too, has one of the two colours, and they change once."""
    picture = np.full((240, 240, 3), 255, np.uint8)
    cv2.circle(picture, (120, 120), 90, (0, 0, 0), thick, cv2.LINE_AA)
    cv2.line(picture, (95, 30), (150, 212), (0, 0, 0), thick, cv2.LINE_AA)
    hints = nothing(picture)
    stroke(hints, 0.3, 0.5, RED)
    stroke(hints, 0.7, 0.5, BLUE)
    painting = paint(colorizer, picture, hints)
    assert painting.flats is not None
    layer = painting.layered(("flats",)).layers[0].pixels  # type: ignore[union-attr]
    y, x = np.mgrid[:240, :240]
    near = (np.hypot(x - 120, y - 120) < 86 - thick / 2) & (picture.min(2) < 255)
    red, blue = (layer[..., :3] == RED).all(2), (layer[..., :3] == BLUE).all(2)
    assert near.sum() > 100 * thick and (red | blue)[near].all() and (layer[near][:, 3] == 255).all()
    for row in range(70, 170):
        inside = np.flatnonzero(np.abs(x[row] - 120) < 60)
        assert int(np.abs(np.diff(red[row, inside].astype(int))).sum()) == 1
        edge = int(red[row, inside].sum()) + inside[0]
        ink = np.flatnonzero(picture[row, inside].max(1) < 128) + inside[0]
        assert ink.min() - 1 <= edge <= ink.max() + 2 and abs(edge - ink.mean() - 0.5) <= thick / 4 + 1.5


def test_transparent_hints_say_nothing(colorizer: Colorizer) -> None:
    picture = rooms(100, 100)
    hints = nothing(picture)
    hints[..., :3] = RED
    hints[..., 3] = 127
    hinted = read_regions(build_request(picture, hints=hints), picture, "lineart")
    assert not hinted.known.any() and hinted.regions.count == 3


def test_ink_traced_in_black_colors_nothing(colorizer: Colorizer) -> None:
    """A hint layer with the line art in it, as an export with all layers shown gives it."""
    picture = rooms(200, 200)
    hints = np.dstack([picture, np.where(picture.min(2) < 128, 255, 0)]).astype(np.uint8)
    stroke(hints, 0.3, 0.5, RED)
    hinted = read_regions(build_request(picture, hints=hints), picture, "lineart")
    assert hinted.known.sum() == 1 and (hinted.colors[hinted.known] == RED).all()


def test_bare_regions_stay_paper_and_a_hint_there_wins(colorizer: Colorizer) -> None:
    picture = rooms(200, 200)
    hints, bare = nothing(picture), np.zeros((200, 200), bool)
    stroke(hints, 0.7, 0.5, BLUE)
    bare[90:110, 50:70] = True
    painting = paint(colorizer, picture, hints, bare=bare)
    left = find_surfaces(picture.min(2)).labels
    left = left == left[100, 60]
    layer = painting.layered(("flats",)).layers[0].pixels  # type: ignore[union-attr]
    assert (layer[left][:, 3] == 0).all() and (painting.coverage[left] == 0).all()
    assert (painting.picture[left] == picture[left]).all()
    bare[:] = hints[..., 3] > 0  # the same stroke on both layers
    assert (flats(paint(colorizer, picture, hints, bare=bare))[100, 140] == BLUE).all()


@pytest.mark.parametrize("size", [200, 1100])
def test_merge_strokes_join_exactly_the_regions_they_touch(size: int) -> None:
    """A grid of nine rooms; one stroke joins three of them, another two."""
    picture = np.full((size, size, 3), 255, np.uint8)
    at = [round(size * share) for share in (0.05, 0.35, 0.65, 0.95)]
    for place in at:
        for ends in (((place, at[0]), (place, at[-1])), ((at[0], place), (at[-1], place))):
            cv2.line(picture, *ends, (0, 0, 0), 3)
    before = find_surfaces(picture.min(2)).labels
    centers = [round(size * share) for share in (0.2, 0.5, 0.8)]
    merge = np.zeros((size, size), np.uint8)
    cv2.line(merge, (centers[0], centers[0]), (centers[2], centers[0]), 1, 2)
    cv2.line(merge, (centers[1], centers[1]), (centers[1], centers[2]), 1, 2)
    after = read_regions(build_request(picture, merge=merge > 0), picture, "lineart").regions
    names = np.array([[after.labels[y, x] for x in centers] for y in centers])
    assert len(set(names[0])) == 1 and names[1, 1] == names[2, 1] and len(np.unique(names)) == 6
    assert after.count == before.max() + 1 - 3 == after.labels.max() + 1
    pairs = np.unique(np.stack([before.reshape(-1), after.labels.reshape(-1)], 1), axis=0)
    assert len(pairs) == before.max() + 1, "each old region lies in one new one"
    open_ = picture.min(2) > 178
    np.testing.assert_array_equal(after.areas, np.bincount(after.labels[open_], minlength=after.count))


def test_a_split_stroke_parts_one_region_and_is_not_seen(colorizer: Colorizer) -> None:
    picture = rooms(200, 200)
    hints, split = nothing(picture), np.zeros((200, 200), bool)
    stroke(hints, 0.3, 0.3, RED)
    stroke(hints, 0.7, 0.5, GREEN)
    split[99:102, 20:105] = True
    painting = paint(colorizer, picture, hints, split=split)
    assert painting.regions.count == find_surfaces(picture.min(2)).count + 1
    painted = flats(painting)
    assert (painted[30:95, 30:95] == RED).all(), "above the stroke"
    assert not (painted[106:170, 30:95] == RED).all(2).any(), "below it"
    assert (painted[30:170, 106:170] == GREEN).all(), "the room beside is whole"
    lines = painting.layered(("lines",)).layers[0].pixels  # type: ignore[union-attr]
    np.testing.assert_array_equal(lines[..., :3], picture)


def test_a_stroke_of_two_close_colors_is_one_family() -> None:
    close = np.array([RED, RED, RED, (217, 66, 43), BLUE, BLUE], np.uint8)
    found = families(close)
    assert found[0] == found[1] == found[2] == found[3] != found[4] == found[5]


@pytest.mark.parametrize("kind", ["noise", "everywhere", "frame"])
def test_wild_hints_end_in_a_painting(colorizer: Colorizer, kind: str) -> None:
    """Hints as no person draws them: the colour of each region is still one that was hinted."""
    picture, random = rooms(120, 180), np.random.default_rng(1)
    hints = nothing(picture)
    if kind == "noise":
        hints[:] = random.integers(0, 256, hints.shape)
    elif kind == "everywhere":
        hints[:] = (*RED, 255)
    else:
        hints[[0, -1]] = hints[:, [0, -1]] = (*RED, 255)
    painting = paint(colorizer, picture, hints)
    assert painting.flats is not None
    drawn = {bytes(color) for color in to_rgb8(hints)[hints[..., 3] >= 128]} | {
        bytes(color) for color in hints[hints[..., 3] >= 128][:, :3]
    }
    assert all(bytes(color) in drawn for color in painting.flats.colors[painting.flats.hinted])
    assert painting.flats.hinted.any()


def test_the_same_strokes_give_the_same_bytes(colorizer: Colorizer) -> None:
    picture = rooms(333, 777, door=0.4)
    hints = nothing(picture)
    stroke(hints, 0.3, 0.5, RED)
    stroke(hints, 0.7, 0.4, BLUE)
    request = ColorizeRequest(picture, task="lineart", hints=hints)
    np.testing.assert_array_equal(colorizer.colorize(request).picture, colorizer.colorize(request).picture)


def test_two_colours_in_one_shape_meet_in_a_smooth_edge() -> None:
    y, x = np.mgrid[:400, :400]
    lines = np.where(np.hypot(x - 200, y - 200) > 150, 0, 255).astype(np.uint8)
    hints = np.zeros((400, 400, 4), np.uint8)
    wavy = (8 * np.sin(np.arange(400) / 9)).astype(int)
    for column in range(120, 280):
        hints[140 + wavy[column], column] = (250, 200, 40, 255)
        hints[260, column] = (30, 90, 200, 255)
    hinted = read_strokes(find_surfaces(lines), hints[..., :3], hints[..., 3] > 0, np.zeros((400, 400), bool))
    edge = (hinted.colors[hinted.regions.labels][100:300, 80:320, 0] == 250).sum(0)
    assert edge.min() > 90 and edge.max() < 110, edge
    assert np.abs(edge[40:] - edge[:-40]).max() <= 8, "no step"


def test_a_smooth_edge_crosses_no_stroke() -> None:
    y, x = np.mgrid[:400, :400]
    lines = np.where(np.hypot(x - 200, y - 200) > 150, 0, 255).astype(np.uint8)
    hints = np.zeros((400, 400, 4), np.uint8)
    hints[198:202, 100:300] = (250, 200, 40, 255)
    zigzag = [(100 + 20 * i, 206 if i % 2 else 270) for i in range(11)]
    cv2.polylines(hints, [np.array(zigzag, np.int32)], False, (30, 90, 200, 255), 4)
    mask = hints[..., 3] > 0
    hinted = read_strokes(find_surfaces(lines), hints[..., :3], mask, np.zeros((400, 400), bool))
    assert (hinted.colors[hinted.regions.labels][mask] == hints[mask][:, :3]).all()
