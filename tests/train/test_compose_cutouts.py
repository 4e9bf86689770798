"""Cut-outs: their surfaces, colours and ink come from the SVG itself, at any size and pen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from compose_art import DRAWINGS, svg

from colorgan_train.compose.canvas import Canvas
from colorgan_train.compose.composition import Composition
from colorgan_train.compose.cutouts import Cutout, Layer, layer_of
from colorgan_train.compose.probe import cut_out
from colorgan_train.compose.things import AIR, GROUND, TABLE, UNDER_WATER, Thing, thing_of
from colorgan_train.render import Unusable
from colorgan_train.sources import Art

ANIMAL = Thing("animal", 1.0, GROUND)
DISC = '<circle cx="50" cy="50" r="40" fill="#3080d0"/>'


def cut(body: str) -> Cutout:
    return cut_out(Art("noto", "dog", "vector", svg(body), "training"), ANIMAL)


def alone(layer: Layer, pen: float, edge: int = 12) -> Composition:
    height, width = layer.labels.shape
    canvas = Canvas(height + 2 * edge, width + 2 * edge, pen)
    canvas.put(layer, edge, edge)
    return canvas.finish()


def composed(body: str, height: int = 300, pen: float = 4.0) -> Composition:
    return alone(layer_of(cut(body), height, pen), pen)


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_off_the_ink_every_pixel_of_a_flat_drawing_has_its_surfaces_colour(name):
    made = composed(DRAWINGS[name])
    difference = np.abs(made.color.astype(int) - made.colors[made.surfaces])
    assert difference[made.off_ink].max() <= 3


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_ink_lies_along_the_borders_of_surfaces(name):
    made = composed(DRAWINGS[name])
    border = np.zeros(made.surfaces.shape, np.uint8)
    border[:, :-1] |= made.surfaces[:, :-1] != made.surfaces[:, 1:]
    border[:-1] |= made.surfaces[:-1] != made.surfaces[1:]
    away = cv2.distanceTransform(1 - border, cv2.DIST_L2, 5)
    assert (away[made.ink < 128] > made.pen).mean() < 0.03  # tips that are narrower than the pen are ink alone
    assert (made.ink < 128).any()


def test_every_surface_of_a_drawing_is_found_with_its_colour():
    made = composed(DRAWINGS["house"])
    found = {tuple(color) for color, painted in zip(made.colors.tolist(), made.painted, strict=True) if painted}
    assert found == {(0xF0, 0xD8, 0xA0), (0xB0, 0x40, 0x30), (0x70, 0x50, 0x30), (0x90, 0xC0, 0xE0)}
    assert not made.painted[0] and made.surfaces[0, 0] == 0
    assert set(made.names[made.painted]) == {"animal"}


@pytest.mark.parametrize("pen", [2.0, 5.0, 9.0])
def test_surfaces_reach_under_the_ink_to_its_middle(pen):
    made = composed(DISC, 400, pen)
    area = (made.surfaces == made.surfaces[made.surfaces.shape[0] // 2, made.surfaces.shape[1] // 2]).sum()
    assert area == pytest.approx(np.pi * 200**2, rel=0.02)


def test_the_same_drawing_at_twice_the_size_has_the_same_surfaces():
    for body in DRAWINGS.values():
        small, large = composed(body, 240, 3.0), composed(body, 480, 6.0)
        assert len(small.colors) == len(large.colors)
        shares = [
            np.sort(np.bincount(made.surfaces.ravel())[1:] / (made.surfaces > 0).sum()) for made in (small, large)
        ]
        assert np.abs(shares[0] - shares[1]).max() < 0.02


def test_a_nearer_cut_out_hides_the_ink_and_the_surfaces_behind_it():
    pen = 4.0
    canvas = Canvas(400, 400, pen)
    canvas.put(layer_of(cut(DRAWINGS["house"]), 300, pen), 40, 40)
    near = layer_of(cut(DISC), 200, pen)
    canvas.put(near, 100, 100)
    made = canvas.finish()
    there = (slice(100, 100 + near.labels.shape[0]), slice(100, 100 + near.labels.shape[1]))
    inside = cv2.erode((near.labels > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (made.ink[there][inside] == 255).all()
    assert (made.color[there][inside] == (0x30, 0x80, 0xD0)).all()
    assert len(np.unique(made.surfaces[there][inside])) == 1


def test_what_a_nearer_thing_parts_becomes_two_surfaces():
    pen = 3.0
    canvas = Canvas(300, 300, pen)
    canvas.put(layer_of(cut('<path d="M0 40L50 30L100 40V60L50 70L0 60Z" fill="#30a050"/>'), 100, pen), 100, 20)
    canvas.put(layer_of(cut('<path d="M40 0L50 5L60 0V100H40Z" fill="#c03040"/>'), 280, pen), 5, 110)
    made = canvas.finish()
    green = made.surfaces[(made.color == (0x30, 0xA0, 0x50)).all(2) & made.off_ink]
    assert len(np.unique(green)) == 2


def test_a_shade_without_a_line_is_part_of_its_surface():
    body = '<circle cx="50" cy="50" r="40" fill="#d04040"/><path d="M50 90A40 40 0 0 0 50 10A60 60 0 0 1 50 90Z" fill="#c03838"/>'
    made = composed(body)
    assert made.painted.sum() == 1
    middle = made.surfaces.shape[0] // 2
    assert (made.ink[middle, 40:-40] == 255).all()


def test_a_drawing_that_its_artist_inked_keeps_its_own_lines_alone():
    inked = '<circle cx="50" cy="50" r="40" fill="#3080d0" stroke="#000" stroke-width="3"/>'
    assert cut(inked).outlined == frozenset()
    assert cut(DISC).outlined == frozenset({1})
    traced = '<circle cx="50" cy="50" r="42" fill="#000"/><circle cx="50" cy="50" r="38" fill="#3080d0"/>'
    assert cut(traced).outlined == frozenset()
    made = composed(traced)
    assert made.painted.sum() == 1  # the black disc behind is a line, and the blue one reaches to its middle
    area = (made.surfaces == np.flatnonzero(made.painted)[0]).sum()
    assert area == pytest.approx(np.pi * (300 * 40 / 84) ** 2, rel=0.02)


def test_a_broad_black_area_is_a_painted_surface_with_an_outline():
    cat = '<circle cx="50" cy="55" r="40" fill="#101010"/><path d="M20 40H80L88 95H12Z" fill="#e08030"/>'
    made = composed(cat, 400, 3.0)
    dark = np.flatnonzero(made.painted & (made.colors.max(1) < 60))
    assert len(dark) == 1
    where = made.surfaces == dark[0]
    assert (made.ink[where] == 255).mean() > 0.5


def test_small_black_shapes_are_ink():
    made = composed(DISC + '<circle cx="40" cy="40" r="2" fill="#111"/>', 400, 4.0)
    assert made.painted.sum() == 1
    assert made.ink[12 + 5 + 150, 12 + 5 + 150] < 20  # 30 of 80 units from the left and from above


def test_see_through_glows_paint_no_paper():
    glow = DISC + '<circle cx="50" cy="50" r="49" fill="#ffee00" fill-opacity=".3"/>'
    made = composed(glow)
    assert (made.color[made.surfaces == 0] == 255).all()


@pytest.mark.parametrize(
    "body",
    [
        '<circle cx="50" cy="50" r="40" fill="none" stroke="#000" stroke-width="2"/>',  # nothing inside
        '<circle cx="50" cy="50" r="40" fill="#888"/>',  # grey
        '<rect x="0" y="0" width="100" height="100" fill="#3080d0"/>',  # a full page
        '<text x="10" y="50">word</text>' + DISC,
    ],
)
def test_what_is_no_solid_coloured_drawing_is_left_out(body):
    with pytest.raises(Unusable):
        cut(body)


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("noto", "man-walking-medium-skin-tone", ("person", GROUND)),
        ("noto", "woman-farmer", ("face", GROUND)),
        ("openclipart", "old_farmer_01", ("person", GROUND)),
        ("twemoji", "tiger-face", ("face", GROUND)),
        ("twemoji", "tropical-fish", ("animal", UNDER_WATER)),
        ("noto", "hot-dog", ("food", TABLE)),
        ("noto", "police-car", ("vehicle", GROUND)),
        ("noto", "police-officer", ("face", GROUND)),
        ("noto", "helicopter", ("vehicle", AIR)),
        ("noto", "waving-hand", None),
        ("noto", "red-circle", None),
        ("noto", "bus-stop-sign", None),
    ],
)
def test_names_tell_what_a_drawing_shows(source, name, expected):
    thing = thing_of(Art(source, name, "vector", b"", "training"))
    assert (thing and (thing.name, thing.place)) == expected
