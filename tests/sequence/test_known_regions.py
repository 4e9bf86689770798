"""A request with some known regions: these stay exact, hints take precedence, and the network colours the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorgan_core.errors import InputError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.flats import Flats
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.cells import HINT
from colorgan_core.picture.color import lab_to_srgb

WHITE, RED = (255, 255, 255), (201, 30, 41)


@pytest.fixture
def page() -> np.ndarray:
    """Three boxes in a row."""
    page = np.full((96, 192, 3), 255, np.uint8)
    for left in (10, 70, 130):
        cv2.rectangle(page, (left, 20), (left + 50, 76), (0, 0, 0), 2)
    return page


def boxes(flats: Flats) -> list[int]:
    return [int(flats.regions.labels[48, x]) for x in (35, 95, 155)]


def known_of(page: np.ndarray) -> Flats:
    """The first box is painted white and named, the second is unpainted, the third is unknown."""
    regions = find_surfaces(page[..., 0])
    n = regions.count
    flats = Flats(
        regions, np.zeros((n, 3), np.uint8), np.zeros(n, bool), np.zeros(n, bool), np.ones(n, np.float32), ("",) * n
    )
    first, second, _ = boxes(flats)
    flats.hinted[[first, second]] = True
    flats.painted[first], flats.colors[first] = True, WHITE
    names = tuple("shirt" if number == first else "" for number in range(n))
    return replace(flats, names=names)


def test_known_regions_are_exact_and_the_others_keep_to_the_palette(lively: Path, page: np.ndarray) -> None:
    colorizer = Colorizer(Loaded(lively, "cpu"), working_size=64)
    known, palette = known_of(page), np.array([RED, (20, 60, 200)], np.uint8)
    flats = colorizer.colorize(build_request(page, known=known, palette=palette)).flats
    assert flats is not None and (flats.regions.labels == known.regions.labels).all()
    first, second, third = boxes(flats)
    assert flats.painted[first] and tuple(flats.colors[first]) == WHITE and flats.names[first] == "shirt"
    assert not flats.painted[second]
    assert tuple(flats.colors[third]) in {tuple(color) for color in palette} and not flats.hinted[third]


def test_a_hint_wins_over_what_is_known(lively: Path, page: np.ndarray) -> None:
    hints = np.zeros((96, 192, 4), np.uint8)
    hints[40:56, 85:105] = (*RED, 255)
    hints[40:56, 25:45] = (*RED, 255)
    colorizer = Colorizer(Loaded(lively, "cpu"), working_size=64)
    flats = colorizer.colorize(build_request(page, known=known_of(page), hints=hints)).flats
    assert flats is not None
    first, second, _ = boxes(flats)
    assert flats.painted[[first, second]].all()
    assert tuple(flats.colors[first]) == tuple(flats.colors[second]) == RED and flats.names[first] == ""


def test_the_network_is_told_what_is_known(untrained: Path, page: np.ndarray) -> None:
    """All cells of the first box hold its colour as those under a hint do; those of the second hold none."""
    colorizer, given = Colorizer(Loaded(untrained, "cpu")), []
    plain = colorizer.loaded.cell_colors
    colorizer.loaded.cell_colors = lambda each, pairs=None: (given.append(each), plain(each, pairs))[1]  # type: ignore[method-assign]
    known = known_of(page)
    colorizer.colorize(build_request(page, known=known))
    told = given[-1]
    hints = told.kind[0] == HINT
    assert int(hints.sum()) == 1
    color = lab_to_srgb(told.colors[0, hints].numpy() * 100)
    first = known.regions.labels[48, 35]
    assert np.abs(color * 255 - known.colors[first]).max() < 2
    held = told.holds[0, :, hints, 0][:, 0] > 0
    x = told.geometry[0, :, 0]  # of a cell's middle, in halves of the long side
    assert held.any() and (x[held] < 0).all()


def test_known_regions_of_another_size_are_refused(page: np.ndarray) -> None:
    with pytest.raises(InputError, match="as large as the picture"):
        build_request(page[:50], known=known_of(page))
