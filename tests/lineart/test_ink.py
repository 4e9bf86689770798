"""Contours of drawings in any medium, and the paper below them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import ColorizeRequest
from colorgan_core.lineart.ink import DARK, cleaned, contours
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.ink import InkNet
from colorgan_core.picture.paper import flattened

Array = np.ndarray[Any, Any]


def drawing(size: int = 400, pen: int = 3) -> Array:
    """(size, size) an outline of a circle in a frame, on white."""
    page = np.full((size, size), 255, np.uint8)
    cv2.rectangle(page, (size // 8, size // 8), (size * 7 // 8, size * 7 // 8), 0, pen, cv2.LINE_AA)
    cv2.circle(page, (size // 2, size // 2), size // 4, 0, pen, cv2.LINE_AA)
    return page


def in_color(page: Array) -> Array:
    return np.repeat(page[..., None], 3, 2)


def lines_of(picture: Array, network: Any) -> Array:
    flat = flattened(picture)
    return cleaned(flat, contours(flat, network))


def test_white_paper_stays_as_it_is() -> None:
    picture = in_color(drawing())
    assert np.array_equal(flattened(picture), picture)


@pytest.mark.parametrize("tint", [(250, 240, 214), (190, 190, 190), (236, 220, 225)])
def test_tint_and_uneven_light_go(tint: tuple[int, int, int]) -> None:
    """What is paper becomes white, and what was black stays black."""
    page = drawing()
    light = np.linspace(1, 0.75, page.shape[1])[None, :, None]
    scan = (page[..., None] / 255 * np.array(tint) * light).astype(np.uint8)
    flat = flattened(scan)
    assert (flat[page == 255] >= 250).all() and (flat[page < 20] < 40).all()


def test_a_black_area_is_no_paper() -> None:
    page = drawing()
    page[120:280, 120:280] = 0
    assert flattened(in_color(page))[200, 200].max() < 60


def test_without_training_ink_is_what_is_dark() -> None:
    """So weights that have no such network do as they did before it."""
    picture = in_color(drawing())
    lines = lines_of(picture, InkNet().eval())
    assert np.array_equal(lines < DARK * 255, picture[..., 0] < DARK * 255)


def test_bands_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    page = drawing(500)
    page[100:420, 300:330] = 0
    chance = np.random.default_rng(0).integers(0, 256, page.shape, dtype=np.uint8)
    whole = cleaned(in_color(page), chance)
    monkeypatch.setattr("colorgan_core.lineart.ink.BAND", 37)
    assert np.array_equal(cleaned(in_color(page), chance), whole)


def test_large_pictures_are_looked_at_in_a_smaller_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorgan_core.lineart.ink.WORKING", 400)
    page = drawing(1200, 9)
    found = contours(in_color(page), InkNet().eval())
    assert found.shape == page.shape
    dark, near = (found > 127), np.ones((7, 7), np.uint8)
    assert not (dark & (cv2.erode(page, near) > 200)).any() and not (~dark & (cv2.dilate(page, near) < 50)).any()


@pytest.fixture(scope="module")
def default() -> Loaded:
    return Loaded("default", "cpu")


def test_a_grey_scan_has_the_regions_of_the_clean_drawing(default: Loaded) -> None:
    page = drawing()
    scan = np.clip(
        page[..., None] * np.array([0.9, 0.88, 0.8]) * np.linspace(1, 0.8, page.shape[0])[:, None, None]
        + np.random.default_rng(0).normal(0, 3, (*page.shape, 1)),
        0, 255,
    ).astype(np.uint8)  # fmt: skip
    counts = [
        flats.regions.count
        for picture in (in_color(page), scan)
        for flats in [Colorizer(default).colorize(ColorizeRequest(picture, task="lineart")).flats]
        if flats is not None
    ]
    assert counts == [3, 3]


def test_what_is_drawn_in_colour_stays_where_that_is_asked_for() -> None:
    flat = np.full((60, 80, 3), 255, np.uint8)
    flat[20:23, 10:70], flat[40:43, 10:70] = (140, 180, 250), (170, 170, 170)
    chance = np.zeros((60, 80), np.uint8)
    assert (cleaned(flat, chance) == 255).all()
    lines = cleaned(flat, chance, colored=True)
    assert (lines[20:23, 10:70] == 140).all() and (lines[40:43] == 255).all()


@pytest.mark.parametrize("size", [1024, 2048])
@pytest.mark.parametrize("tone", [0, 90])
def test_a_line_of_one_pixel_parts(default: Loaded, size: int, tone: int) -> None:
    """A black one and a dark grey one, in a drawing with bolder lines; it is thinner than a pixel of the copy that is looked at."""
    scale = size / 1024
    drawing = np.full((size, size, 3), 255, np.uint8)
    corners = [(round(at * scale), round(at * scale)) for at in (100, 900)]
    cv2.rectangle(drawing, *corners, (0, 0, 0), round(4 * scale))
    down = np.linspace(100, 900, 60)
    line = np.stack([500 + 60 * np.sin(down / 90), down], 1) * scale
    cv2.polylines(drawing, [np.rint(line).astype(np.int32)], False, (tone,) * 3, 1)
    labels = find_surfaces(cleaned(drawing, contours(drawing, default.contours))).labels
    assert len({int(labels[size // 2, round(at * scale)]) for at in (50, 200, 800)}) == 3
