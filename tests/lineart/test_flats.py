"""Flats: a colour a region, from hints, a palette or the paint; what looks alike is alike; edits change what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.errors import InputError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.flats import SAME, Flats, Paint, make_flats, recolored, shared
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.strokes import Hinted, read_strokes, unhinted
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.color import delta_e, srgb_to_lab
from colorgan_core.picture.upsample import shrink_labels

Array = np.ndarray[Any, Any]
RED, BLUE, GREEN = (214, 63, 41), (31, 90, 201), (20, 161, 77)
SIZE = 120


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively, "cpu"), working_size=64)


def grid(rooms: int = 4, size: int = SIZE) -> Array:
    """(size, size, 3) of rooms x rooms cells that fill it, lines 2 px wide."""
    picture = np.full((size, size, 3), 255, np.uint8)
    for n in range(1, rooms):
        at = n * size // rooms
        picture[at - 1 : at + 1] = picture[:, at - 1 : at + 1] = 0
    return picture


def paint_in(regions: Regions, colors: Array, coverage: Array, size: int = 60) -> Paint:
    """What a network paints that gives each region (count, 3) its own colour and (count,) coverage."""
    labels = shrink_labels(regions.labels, size, size)
    openness = np.ones((size, size), np.float32)
    return Paint(srgb_to_lab(colors.astype(np.uint8))[labels], coverage[labels].astype(np.float32), openness, labels)


def flats_in(hinted: Hinted, regions: Regions, colors: Array, coverage: Array, size: int = 60, **more: Any) -> Flats:
    """The flats of regions for which colours (count, 3) and (count,) coverage were chosen, and painted as well."""
    chosen = srgb_to_lab(colors.astype(np.uint8)), coverage
    return make_flats(hinted, paint_in(regions, colors, coverage, size), chosen, **more)


def random_colors(count: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (count, 3)).astype(np.uint8)


def hint_in(regions: Regions, colors: dict[tuple[int, int], tuple[int, ...]]) -> Hinted:
    """Regions with a stroke of each colour at its x, y."""
    hints, mask = np.zeros((*regions.labels.shape, 3), np.uint8), np.zeros(regions.labels.shape, bool)
    for (x, y), color in colors.items():
        hints[y - 3 : y + 3, x - 3 : x + 3] = color
        mask[y - 3 : y + 3, x - 3 : x + 3] = True
    return read_strokes(regions, hints, mask, np.zeros_like(mask))


def test_each_region_has_the_color_painted_there() -> None:
    regions = find_surfaces(grid().min(2))
    assert regions.count == 16
    colors = random_colors(16)
    flats = flats_in(unhinted(regions), regions, colors, np.ones(16))
    assert flats.painted.all() and not flats.hinted.any()
    assert delta_e(srgb_to_lab(flats.colors), srgb_to_lab(colors)).max() < 1


def test_uncovered_regions_stay_paper_and_doubt_is_told() -> None:
    regions = find_surfaces(grid(2).min(2))
    flats = flats_in(unhinted(regions), regions, random_colors(4), np.array([0.0, 0.45, 0.55, 1.0]))
    assert flats.painted.tolist() == [False, False, True, True]
    np.testing.assert_allclose(flats.sure, [1, 0.1, 0.1, 1], atol=1e-3)
    hinted = flats_in(hint_in(regions, {(30, 30): RED}), regions, random_colors(4), np.full(4, 0.45))
    first = regions.labels[30, 30]
    assert hinted.painted[first] and hinted.sure[first] == 1 and hinted.painted.sum() == 1


def test_a_white_hint_keeps_paper_and_whitens_paint() -> None:
    regions = find_surfaces(grid(2).min(2))
    for coverage, painted in ((0.1, False), (0.9, True)):
        hinted = hint_in(regions, {(30, 30): (255, 255, 255)})
        flats = flats_in(hinted, regions, random_colors(4), np.full(4, coverage))
        first = regions.labels[30, 30]
        assert flats.painted[first] == painted and (flats.colors[first] == 255).all()


def test_what_looks_the_same_is_the_same_and_hints_lead() -> None:
    lab = np.array([[50, 0, 0], [52, 0, 0], [50, 40, 0], [53, 0, 0], [51, 1, 0]], float)
    areas, fixed, painted = np.array([10, 90, 50, 40, 30]), np.array([0, 0, 0, 1, 0]) > 0, np.array([1, 1, 1, 1, 0]) > 0
    alike = shared(lab, areas, fixed, painted)
    assert (alike[[0, 1, 3]] == lab[3]).all(), "to the hinted one's colour, not to the largest one's"
    assert (alike[2] == lab[2]).all() and (alike[4] == lab[4]).all(), "another colour, and paper"
    assert (shared(lab, areas, ~painted, painted)[[0, 3]] == lab[1]).all(), "without a hint to the largest one's"


def test_two_hints_stay_two_colors_however_near() -> None:
    regions = find_surfaces(grid(2).min(2))
    near = (RED[0] + 2, RED[1], RED[2])
    hinted = hint_in(regions, {(30, 30): RED, (90, 90): near})
    flats = flats_in(hinted, regions, random_colors(4), np.ones(4))
    assert tuple(flats.colors[regions.labels[30, 30]]) == RED and tuple(flats.colors[regions.labels[90, 90]]) == near


def test_shared_colors_are_far_apart() -> None:
    """After sharing, no two painted regions without hints differ by less than a person would call the same."""
    regions = find_surfaces(grid(8, 240).min(2))
    colors = np.clip(random_colors(8)[np.arange(64) % 8].astype(int) + np.arange(64)[:, None] % 3 - 1, 0, 255)
    flats = flats_in(unhinted(regions), regions, colors, np.ones(64), 120)
    distinct = np.unique(flats.colors, axis=0)
    assert len(distinct) == 8
    lab = srgb_to_lab(distinct)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 1000 * np.eye(len(lab))
    assert apart.min() > SAME - 0.5  # of rounding to 8 bit


PALETTE = np.array([(240, 230, 210), (180, 40, 40), (40, 70, 160), (30, 30, 34)], np.uint8)


def test_with_a_palette_every_region_without_a_hint_has_one_of_its_colors() -> None:
    regions = find_surfaces(grid().min(2))
    hinted = hint_in(regions, {(15, 15): GREEN})
    colors = random_colors(16)
    flats = flats_in(hinted, regions, colors, np.ones(16), palette=PALETTE)
    swatches = srgb_to_lab(PALETTE)
    for region in np.flatnonzero(~hinted.known):
        nearest = int(np.linalg.norm(swatches - srgb_to_lab(colors[region]), axis=1).argmin())
        assert (flats.colors[region] == PALETTE[nearest]).all()
    assert (flats.colors[hinted.known] == GREEN).all() and hinted.known.sum() == 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [(64, 64), (333, 777)])
def test_a_palette_holds_in_the_whole_pipeline(colorizer: Colorizer, size: tuple[int, int], seed: int) -> None:
    """Rooms with open doors, so that colours go on from a hinted room, too."""
    picture, random = np.full((*size, 3), 255, np.uint8), np.random.default_rng(seed)
    for _ in range(12):
        start, end = random.integers(0, min(size), (2, 2)).tolist()
        cv2.line(picture, start, end, (0, 0, 0), 2)
    hints = np.zeros((*size, 4), np.uint8)
    hints[20:30, 20:30] = (*GREEN, 255)
    flats = colorizer.colorize(build_request(picture, task="lineart", palette=PALETTE, hints=hints)).flats
    assert flats is not None and flats.hinted.any()
    known = {bytes(color) for color in PALETTE}
    for region in np.flatnonzero(flats.painted & ~flats.hinted):
        assert bytes(flats.colors[region]) in known
    assert (flats.colors[flats.hinted] == GREEN).all()


def kept_flats() -> Flats:
    regions = find_surfaces(grid().min(2))
    count = regions.count
    painted = np.arange(count) != 5
    hinted, sure = np.arange(count) == 2, np.full(count, 0.3, np.float32)
    return Flats(regions, random_colors(count, 3), painted, hinted, sure, tuple(f"name {n}" for n in range(count)))


def test_an_edit_changes_the_hinted_region_only() -> None:
    kept = kept_flats()
    hinted = hint_in(kept.regions, {(15, 15): GREEN})
    edited = recolored(kept, hinted)
    first = kept.regions.labels[15, 15]
    others = np.arange(16) != first
    assert tuple(edited.colors[first]) == GREEN and edited.hinted[first] and edited.painted[first]
    assert edited.names == tuple("" if n == first else name for n, name in enumerate(kept.names))
    for name in ("colors", "painted", "hinted", "sure"):
        np.testing.assert_array_equal(getattr(edited, name)[others], getattr(kept, name)[others])


def test_a_palette_snaps_what_an_edit_keeps_but_no_hints() -> None:
    kept = kept_flats()
    edited = recolored(kept, hint_in(kept.regions, {(15, 15): GREEN}), PALETTE)
    first, free = kept.regions.labels[15, 15], ~edited.hinted
    assert tuple(edited.colors[first]) == GREEN and (edited.colors[2] == kept.colors[2]).all()
    assert {bytes(color) for color in edited.colors[free]} <= {bytes(color) for color in PALETTE}
    named = edited.named(PALETTE, [f"swatch {n}" for n in range(len(PALETTE))])
    assert all(named.names[n].startswith("swatch ") == bool(free[n]) for n in range(16))
    assert named.names[2] == "name 2", "a colour of no swatch keeps its name"


def test_an_edit_without_hints_changes_nothing(colorizer: Colorizer) -> None:
    kept = kept_flats()
    painting = colorizer.colorize(build_request(grid(), kept=kept))
    assert painting.flats is not None
    for name in ("colors", "painted", "hinted", "sure"):
        np.testing.assert_array_equal(getattr(painting.flats, name), getattr(kept, name))
    np.testing.assert_array_equal(painting.flats.regions.labels, kept.regions.labels)


def test_an_edit_does_not_ask_the_network(colorizer: Colorizer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise AssertionError("the network was asked")

    kept = kept_flats()
    monkeypatch.setattr(Loaded, "predict", fail)
    monkeypatch.setattr(Loaded, "judge", fail)
    hints = np.zeros((SIZE, SIZE, 4), np.uint8)
    hints[10:20, 10:20] = (*GREEN, 255)
    for task in ("auto", "lineart", "gray"):
        before = colorizer.colorize(build_request(grid(), kept=kept, task=task))
        after = colorizer.colorize(build_request(grid(), kept=kept, task=task, hints=hints))
        changed = (before.picture != after.picture).any(2)
        room = kept.regions.labels == kept.regions.labels[15, 15]
        assert (changed <= room).all() and changed[grid().min(2) == 255][room[grid().min(2) == 255]].all()


def test_a_hint_parts_a_kept_region_and_the_rest_keeps_its_color(colorizer: Colorizer) -> None:
    kept = kept_flats()
    hints = np.zeros((SIZE, SIZE, 4), np.uint8)
    hints[12:18, 4:8], hints[12:18, 22:26] = (*RED, 255), (*BLUE, 255)
    flats = colorizer.colorize(build_request(grid(), kept=kept, hints=hints)).flats
    assert flats is not None and flats.regions.count == 17
    colors = flats.colors[flats.regions.labels]
    assert tuple(colors[15, 5]) == RED and tuple(colors[15, 24]) == BLUE
    rest = kept.regions.labels != kept.regions.labels[15, 15]
    np.testing.assert_array_equal(colors[rest], kept.colors[kept.regions.labels][rest])


@pytest.mark.parametrize("small_first", [True, False])
def test_kept_regions_that_a_stroke_joins_take_the_larger_ones_color(small_first: bool, colorizer: Colorizer) -> None:
    picture = np.full((80, 80, 3), 255, np.uint8)
    wall = 20 if small_first else 60
    picture[wall : wall + 2] = 0
    regions = find_surfaces(picture.min(2))
    small, large = (regions.labels[5, 5], regions.labels[75, 75])[:: 1 if small_first else -1]
    colors = np.zeros((2, 3), np.uint8)
    colors[small], colors[large] = RED, BLUE
    kept = Flats(regions, colors, np.ones(2, bool), np.zeros(2, bool), np.ones(2, np.float32), ("", ""))
    merge = np.zeros((80, 80), bool)
    merge[10:70, 40] = True
    flats = colorizer.colorize(build_request(picture, kept=kept, merge=merge)).flats
    assert flats is not None and flats.regions.count == 1 and tuple(flats.colors[0]) == BLUE


def test_a_split_stroke_parts_a_kept_region(colorizer: Colorizer) -> None:
    """Both parts keep the color until a hint says otherwise; nothing else moves."""
    kept = kept_flats()
    hints, split = np.zeros((SIZE, SIZE, 4), np.uint8), np.zeros((SIZE, SIZE), bool)
    split[14:16, :32] = True
    hints[4:10, 10:20] = (*GREEN, 255)
    flats = colorizer.colorize(build_request(grid(), kept=kept, split=split, hints=hints)).flats
    assert flats is not None and flats.regions.count == 17
    colors = flats.colors[flats.regions.labels]
    first = kept.regions.labels == kept.regions.labels[15, 15]
    above = first & (np.arange(SIZE)[:, None] < 14)
    assert (colors[above] == GREEN).all()
    below = first & (np.arange(SIZE)[:, None] >= 16)
    assert (colors[below] == kept.colors[kept.regions.labels[15, 15]]).all()
    np.testing.assert_array_equal(colors[~first], kept.colors[kept.regions.labels][~first])


def test_strokes_all_over_a_kept_region_part_nothing(colorizer: Colorizer) -> None:
    kept = kept_flats()
    split = kept.regions.labels == kept.regions.labels[15, 15]
    flats = colorizer.colorize(build_request(grid(), kept=kept, split=split)).flats
    assert flats is not None
    np.testing.assert_array_equal(flats.regions.labels, kept.regions.labels)


def test_a_region_map_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="region map"):
        build_request(grid(size=60), kept=kept_flats())
