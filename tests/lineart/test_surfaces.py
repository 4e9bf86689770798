"""Surfaces of drawings that are made up, and what one dab colours in them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.lineart.cells import Cells
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.strokes import Hinted, read_strokes
from colorgan_core.lineart.surfaces import find_surfaces

Array = np.ndarray[Any, Any]
RED, BLUE = (214, 63, 41), (31, 90, 201)


def page(size: int = 600) -> Array:
    return np.full((size, size), 255, np.uint8)


def dabbed(regions: Regions, *dabs: tuple[int, int, tuple[int, int, int] | None], radius: int = 5) -> Hinted:
    """dabs: x, y and colour, None for bare."""
    shape = regions.labels.shape
    colors, mask, bare = np.zeros((*shape, 3), np.uint8), np.zeros(shape, bool), np.zeros(shape, bool)
    for x, y, color in dabs:
        disc = cv2.circle(np.zeros(shape, np.uint8), (x, y), radius, 1, -1) > 0
        if color is None:
            bare |= disc
        else:
            colors[disc], mask[disc] = color, True
    return read_strokes(regions, colors, mask, bare)


def shown(hinted: Hinted) -> Array:
    """(h, w, 3) what is coloured, white elsewhere."""
    colors = np.where((hinted.known & ~hinted.bare)[:, None], hinted.colors, 255)
    return np.asarray(colors[hinted.regions.labels], np.uint8)


def is_(picture: Array, color: tuple[int, int, int]) -> Array:
    return np.asarray((picture == color).all(2))


def test_a_black_page_and_an_empty_one_are_one_surface_each() -> None:
    assert find_surfaces(np.zeros((50, 70), np.uint8)).count == 1
    assert find_surfaces(page(90)).count == 1


def test_bays_between_fifty_strokes_of_hatching_take_one_dab() -> None:
    """Strokes that touch nothing: between two of them lies a cell, wider at its ends."""
    lines = page(800)
    cv2.rectangle(lines, (80, 200), (720, 600), 0, 4)
    for number in range(50):
        x = 100 + 12 * number
        cv2.line(lines, (x, 240 + 5 * (number % 3)), (x, 560 - 4 * (number % 5)), 0, 2)
    red = is_(shown(dabbed(find_surfaces(lines), (400, 218, RED))), RED)
    inside = np.zeros_like(red)
    inside[204:597, 84:717] = True
    assert red[inside & (lines > 0)].mean() > 0.99 and not red[:190].any()


def test_hair_of_forty_strands_is_forty_surfaces() -> None:
    """Strands that hang from a line, closed below by nothing: each its own, none the paper's."""
    lines = page(1000)
    for number in range(41):
        x = 90 + 20 * number
        cv2.line(lines, (x, 100), (x, 700), 0, 3)
    cv2.line(lines, (90, 100), (890, 100), 0, 3)
    for number in range(40):
        cv2.ellipse(lines, (100 + 20 * number, 700), (10, 40), 0, 0, 180, 0, 3)
    regions = find_surfaces(lines)
    strands = [int(regions.labels[400, 100 + 20 * number]) for number in range(40)]
    assert len(set(strands)) == 40 and int(regions.labels[900, 500]) not in strands


def test_a_broken_outline_holds_colour_at_any_size() -> None:
    for scale in (1, 2, 4):
        lines = page(500 * scale)
        cv2.circle(lines, (250 * scale, 250 * scale), 150 * scale, 0, 4 * scale)
        for x, y in ((250, 100), (100, 250), (250, 400)):
            cv2.circle(lines, (x * scale, y * scale), 7 * scale, 255, -1)
        red = is_(shown(dabbed(find_surfaces(lines), (250 * scale, 250 * scale, RED), radius=6 * scale)), RED)
        assert red[250 * scale, 130 * scale : 370 * scale].all() and not red[: 80 * scale].any()


def test_a_background_of_half_the_picture_is_one_surface_around_shapes() -> None:
    lines = page()
    for x in (150, 450):
        cv2.circle(lines, (x, 300), 60, 0, 4)
    regions = find_surfaces(lines)
    assert regions.count == 3
    red = is_(shown(dabbed(regions, (300, 60, RED))), RED)
    assert red[:230].all() and red[370:].all() and not red[290:310, 145:155].any()


def test_two_dabs_in_one_cell_share_it_and_the_wider_place_is_the_first_ones() -> None:
    """About as deep as each other they meet midway; one in a corner of a wide place has the corner."""
    lines = page()
    cv2.rectangle(lines, (50, 150), (550, 450), 0, 4)
    regions = find_surfaces(lines)
    both = shown(dabbed(regions, (200, 300, RED), (400, 300, BLUE)))
    red, blue = is_(both, RED), is_(both, BLUE)
    assert (red | blue)[160:440, 60:540].all() and 0.4 < red[300, 60:540].mean() < 0.6
    corner = shown(dabbed(regions, (300, 300, RED), (70, 170, BLUE)))
    assert is_(corner, BLUE)[165:175, 65:75].all() and is_(corner, RED)[250:440, 150:540].all()


@pytest.mark.parametrize("other", [None, (255, 255, 255)])
def test_an_open_shape_does_not_run_out_into_what_is_kept_unpainted(other: tuple[int, int, int] | None) -> None:
    """A jar without a bottom; outside lies a dab of bare, or of white."""
    lines = page()
    cv2.polylines(lines, [np.array([(230, 460), (230, 260), (370, 260), (370, 460)])], False, 0, 4)
    hinted = dabbed(find_surfaces(lines), (300, 340, RED), (60, 60, other))
    red = is_(shown(hinted), RED)
    assert red[270:400, 240:360].all() and not red[[0, -1]].any() and not red[:, [0, -1]].any()


def test_a_speck_joins_what_is_around_it() -> None:
    lines = page()
    cv2.rectangle(lines, (100, 100), (500, 500), 0, 4)
    cv2.circle(lines, (300, 300), 4, 0, 2)
    assert find_surfaces(lines).count == 2


def test_a_network_may_say_where_surfaces_meet() -> None:
    """Two rooms with a door: the logits of `meet` decide whether they are one surface, and strokes part them at the same door."""
    lines = page(300)
    cv2.rectangle(lines, (40, 60), (260, 240), 0, 4)
    cv2.line(lines, (150, 60), (150, 240), 0, 4)
    lines[135:165, 145:156] = 255
    asked: list[int] = []

    def meet(logit: float) -> Regions:
        def said(cells: Cells) -> Array:
            asked.append(len(cells.passages))
            return np.full(len(cells.passages), logit)

        return find_surfaces(lines, meet=said)

    one, two = meet(-9.0), meet(9.0)
    assert asked[0] > 0
    assert one.labels[150, 100] == one.labels[150, 200]
    assert two.labels[150, 100] != two.labels[150, 200]
    parted = dabbed(one, (100, 150, RED), (200, 150, BLUE))
    assert is_(shown(parted), RED)[80, 60] and is_(shown(parted), BLUE)[80, 240]


@pytest.mark.parametrize("size", [600, 1500])
@pytest.mark.parametrize("pale_on_the_left", [True, False])
def test_a_sliver_joins_across_the_weakest_ink(size: int, pale_on_the_left: bool) -> None:
    """A slit between a black line and a wider pale one belongs to the side of the pale one, whichever is nearer."""
    lines, middle, pen = page(size), size // 2, size // 300
    slit, black, pale = (np.s_[middle : middle + 2], *(pen * width for width in (2, 3)))
    left, right = (pale, black) if pale_on_the_left else (black, pale)
    lines[:, middle - left : middle] = 165 if pale_on_the_left else 0
    lines[:, middle + 2 : middle + 2 + right] = 0 if pale_on_the_left else 165
    lines[: middle - 2 * pen, slit] = lines[middle + 2 * pen :, slit] = 0
    regions = find_surfaces(lines)
    assert regions.count == 2
    side = regions.labels[middle, 5 if pale_on_the_left else -5]
    assert (regions.labels[middle - 2 * pen : middle + 2 * pen, slit] == side).all()


def test_slivers_side_by_side_join_what_is_around_them() -> None:
    """Where slivers lie behind slivers all of them find a surface."""
    lines = page(500)
    lines[200:260, 200:260] = 0
    lines[203:257:3, 203:257:3] = 255
    regions = find_surfaces(lines)
    assert regions.count == 1 and not regions.labels.any()


def test_ink_wider_than_three_strokes_is_a_black_area_and_no_line() -> None:
    """It stays ink, parts nothing but what it separates, and what a dab colours beside it ends in it, on both sides alike."""
    lines = page()
    cv2.rectangle(lines, (100, 100), (500, 500), 0, 4)
    cv2.circle(lines, (300, 300), 40, 0, -1)
    regions = find_surfaces(lines)
    assert regions.count == 2
    assert not (regions.depth[(300 - 25) : (300 + 25), (300 - 25) : (300 + 25)] > 0).any()
    lines[:, 280:320] = 0  # a wide bar from edge to edge
    both = find_surfaces(lines)
    assert both.labels[300, 270] != both.labels[300, 330]
    assert both.labels[300, 290] == both.labels[300, 270] and both.labels[300, 310] == both.labels[300, 330]


def test_a_dab_in_a_black_area_colours_nothing_else() -> None:
    """Ink wider than three strokes is no line whose own colour a stroke could be."""
    lines = page()
    cv2.rectangle(lines, (100, 100), (500, 500), 0, 4)
    cv2.circle(lines, (300, 300), 60, 0, -1)
    hinted = dabbed(find_surfaces(lines), (300, 300, RED), (150, 150, BLUE), radius=12)
    picture = shown(hinted)
    assert is_(picture, BLUE)[150, 150:450].all() and not is_(picture, RED)[lines > 0].any()
