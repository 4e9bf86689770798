"""Regions, flooding, palettes and guided upsampling: what a painter would expect of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colorgan_core.inference.pipeline import read_regions
from colorgan_core.inference.request import build_request
from colorgan_core.lineart import regions as regions_module
from colorgan_core.lineart.flood import region_colors
from colorgan_core.lineart.regions import nearest, passages
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.kmeans import palette_of
from colorgan_core.picture.pixels import to_rgb8
from colorgan_core.picture.spread import spread
from colorgan_core.picture.upsample import guided_upsample, shrink_labels
from colorgan_core.server.work import shrunk


def two_rooms(size: int = 256, gap: int = 0) -> np.ndarray:
    """A box with a wall in the middle; `gap` px of the wall are missing."""
    lines = np.full((size, size), 255, np.uint8)
    cv2.rectangle(lines, (40, 40), (size - 40, size - 40), 0, 3)
    cv2.line(lines, (size // 2, 40), (size // 2, size - 40), 0, 3)
    if gap:
        lines[size // 2 - gap // 2 : size // 2 - gap // 2 + gap, size // 2 - 4 : size // 2 + 5] = 255
    return lines


def labels_at(lines: np.ndarray) -> tuple[int, int, int]:
    labels = find_surfaces(lines).labels
    return int(labels[5, 5]), int(labels[128, 70]), int(labels[128, 180])


def test_rooms_and_paper_are_told_apart() -> None:
    assert len(set(labels_at(two_rooms()))) == 3
    assert find_surfaces(two_rooms()).count == 3


def test_a_small_gap_in_a_wall_is_closed() -> None:
    for gap in (2, 4, 6):
        assert len(set(labels_at(two_rooms(gap=gap)))) == 3, gap


def test_a_wide_door_joins_two_rooms() -> None:
    outside, left, right = labels_at(two_rooms(gap=80))
    assert left == right != outside


def test_color_reaches_the_middle_of_the_line() -> None:
    labels = find_surfaces(two_rooms()).labels
    assert labels[128, 126] == labels[128, 70] and labels[128, 130] == labels[128, 180]


def test_gray_pencil_on_toned_paper() -> None:
    pencil = (two_rooms().astype(np.float32) * 0.35 + 130).astype(np.uint8)
    assert len(set(labels_at(pencil))) == 3


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_every_pixel_has_a_region_and_areas_add_up(height: int, width: int, seed: int) -> None:
    lines = np.random.default_rng(seed).choice(np.array([0, 120, 255], np.uint8), (height, width))
    found, again = find_surfaces(lines), find_surfaces(lines)
    assert found.labels.min() >= 0 and found.labels.max() < found.count
    assert (found.labels == again.labels).all()
    assert found.areas.sum() <= height * width


def test_blank_and_black_sheets_are_one_region() -> None:
    assert find_surfaces(np.full((30, 40), 255, np.uint8)).count == 1
    assert find_surfaces(np.zeros((30, 40), np.uint8)).count == 1


def test_the_commonest_hint_away_from_lines_fills_its_region() -> None:
    regions = find_surfaces(two_rooms())
    colors, mask = np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256), bool)
    colors[100:140, 60:64], mask[100:140, 60:64] = (200, 30, 30), True
    colors[100:104, 124:131], mask[100:104, 124:131] = (10, 10, 250), True  # spilt on the wall
    winners, has = region_colors(regions, colors, mask)
    assert (
        (winners[regions.labels[128, 100]] == (200, 30, 30)).all() and has.sum() == 2 and not has[regions.labels[5, 5]]
    )


def test_palette_finds_the_colors_by_share() -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    picture[:6], picture[6:9], picture[9:] = (250, 240, 10), (20, 60, 200), (240, 20, 20)
    colors, shares = palette_of(picture, np.ones((10, 10)), 3)
    assert np.abs(colors.astype(int) - [(250, 240, 10), (20, 60, 200), (240, 20, 20)]).max() <= 2
    assert np.allclose(shares, [0.6, 0.3, 0.1], atol=1e-6)


def test_palette_of_nothing_is_empty() -> None:
    colors, shares = palette_of(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4)), 5)
    assert colors.shape == (0, 3) and shares.shape == (0,)


def test_upsampling_does_not_cross_a_line() -> None:
    regions = find_surfaces(two_rooms())
    labels = shrink_labels(regions.labels, 32, 32)
    small = np.zeros((32, 32, 1), np.float32)
    small[labels == regions.labels[128, 70]] = 1.0
    big = guided_upsample(small, labels, regions.labels)[..., 0]
    inside = regions.labels == regions.labels[128, 70]
    assert big[inside].min() == 1.0 and big[~inside].max() == 0.0


def test_a_dark_stroke_along_a_line_is_the_inks_own() -> None:
    lines = np.full((120, 120), 255, np.uint8)
    lines[58:62] = 0
    regions = find_surfaces(lines)
    hints, mask, nothing = np.zeros((120, 120, 3), np.uint8), np.zeros((120, 120), bool), np.zeros((120, 120), bool)
    mask[59:64, 20:80] = True  # black, three rows of five on the line
    assert not read_strokes(regions, hints, mask, nothing).known.any()
    mask[84:100, 20:60] = True  # black, clear of it: a person wants black there
    above, below = regions.labels[20, 60], regions.labels[100, 60]
    known = read_strokes(regions, hints, mask, nothing).known
    assert known[below] and not known[above]
    hints[59:64] = (200, 30, 30)
    assert (read_strokes(regions, hints, mask, nothing).colors[below] == 0).all(), "red on the line spills"


def test_a_neck_does_not_part_one_shape() -> None:
    """A peanut: the ball rests in both halves, cannot pass the neck, and the neck is nearly as wide as they are. A gap is not."""
    for apart, pieces in ((14, 1), (18, 2)):
        lines = np.full((512, 512), 255, np.uint8)
        for color, grow in ((0, 2), (255, 0)):
            for x in (256 - apart // 2, 256 + apart // 2):
                cv2.circle(lines, (x, 256), 10 + grow, color, -1)
        labels = find_surfaces(lines).labels
        assert len({int(labels[256, 256 - apart // 2]), int(labels[256, 256 + apart // 2])}) == pieces
        assert labels[256, 256 - apart // 2] != labels[20, 20]


def test_passages_are_the_widest_way_between_regions() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[:, 10:] = 1
    depth = np.zeros((20, 20), np.float32)
    depth[4:6], depth[12:18] = 1.5, 3.5
    first, second, width, place = passages(labels, depth, 2)
    assert labels.reshape(-1)[place[0]] == 0 and depth.reshape(-1)[place[0]] >= 3.5
    assert (first.tolist(), second.tolist(), width.tolist()) == ([0], [1], [3.5])
    assert len(passages(labels, np.zeros_like(depth), 2)[0]) == 0


def test_large_drawings_have_exact_edges() -> None:
    """Told apart in a smaller copy, and yet every open pixel of a room is the room's, up to a line one pixel thin."""
    lines = np.full((2600, 2300), 255, np.uint8)
    lines[300:2300, 1111] = lines[300:2300, 200] = lines[300:2300, 2001] = 0
    lines[300, 200:2002] = lines[2300, 200:2002] = 0
    found = find_surfaces(lines)
    left, right = found.labels[301:2300, 201:1111], found.labels[301:2300, 1112:2001]
    assert found.count == 3 and left.min() == left.max() != right.min() == right.max()
    outside = np.ones(lines.shape, bool)
    outside[300:2301, 200:2002] = False
    assert len(np.unique(found.labels[outside])) == 1
    assert found.areas.sum() == (lines > 0).sum()


def test_a_narrow_passage_of_a_large_drawing_is_kept() -> None:
    """3 px wide: nothing of it is left in the smaller copy."""
    lines = np.full((3000, 3000), 255, np.uint8)
    cv2.rectangle(lines, (1000, 1000), (2000, 1006), 0, 2)
    labels = find_surfaces(lines).labels
    assert labels[1003, 1500] != labels[10, 10] and len(np.unique(labels[1003, 1003:1998])) == 1


@pytest.mark.parametrize("size", [256, 3000])
def test_gaps_are_closed_up_to_the_width_asked_for(size: int) -> None:
    for gap, close, parted in ((8, 0, False), (8, 4, False), (8, 10, True), (20, 16, False), (20, 24, True)):
        lines = np.full((size, size), 255, np.uint8)
        cv2.rectangle(lines, (20, 20), (230, 230), 0, 3)
        cv2.line(lines, (125, 20), (125, 230), 0, 3)
        lines[125 - gap // 2 : 125 + gap // 2, 121:130] = 255
        labels = find_surfaces(lines, close).labels
        assert (labels[125, 70] != labels[125, 180]) == parted, (gap, close)


@pytest.mark.parametrize("size", [256, 1000, 2000, 4096])
def test_a_gap_holds_colour_and_a_wide_opening_does_not_at_any_size(size: int) -> None:
    for gap, parted in ((6, True), (size // 40, True), (size // 3, False)):
        lines = np.full((size, size), 255, np.uint8)
        cv2.rectangle(lines, (size // 8, size // 8), (size - size // 8, size - size // 8), 0, 5)
        cv2.line(lines, (size // 2, size // 8), (size // 2, size - size // 8), 0, 5)
        lines[size // 2 - gap // 2 : size // 2 - gap // 2 + gap, size // 2 - 9 : size // 2 + 10] = 255
        labels = find_surfaces(lines).labels
        assert (labels[size // 2, size // 4] != labels[size // 2, 3 * size // 4]) == parted, gap


def test_a_preview_closes_the_same_gaps() -> None:
    """What comes first from the engine is a small copy."""
    picture = np.full((2048, 2048, 3), 255, np.uint8)
    cv2.rectangle(picture, (200, 200), (1848, 1848), (0, 0, 0), 12)
    cv2.line(picture, (1024, 200), (1024, 1848), (0, 0, 0), 12)
    request = build_request(picture, task="lineart")
    for gap, rooms in ((40, 3), (800, 2)):
        picture[1024 - gap // 2 : 1024 + gap // 2, 1010:1040] = 255
        for each in (request, shrunk(request, 512)):
            hinted = read_regions(each, to_rgb8(each.picture), "lineart")
            assert hinted.regions.count == rooms
    assert shrunk(replace(request, close_gaps=32), 512).close_gaps == 8


def test_colour_goes_round_a_corner_and_not_through_the_wall() -> None:
    """The near side of a wall may be nearer as the crow flies; labels walk."""
    allowed = np.ones((9, 9), bool)
    allowed[4, :8] = False  # a wall with an opening at the right end
    labels = np.zeros((9, 9), np.int32)
    labels[3, 0], labels[8, 8] = 1, 2
    spread(labels, allowed)
    assert labels[5, 0] == 2 and labels[0, 0] == 1 and (labels[4, :8] == 0).all()


def test_labels_stay_within_their_own_number() -> None:
    fence = np.repeat([[0, 0, 0, 1, 1, 1]], 4, 0).astype(np.int32)
    labels = np.zeros((4, 6), np.int32)
    labels[0, 0] = 7
    spread(labels, np.ones((4, 6), bool), within=fence)
    assert (labels[:, :3] == 7).all() and (labels[:, 3:] == 0).all()


@pytest.mark.parametrize("size", [300, 2400])
def test_the_edge_in_a_gap_runs_straight(size: int) -> None:
    """Two rooms with a door in a slanting wall: the edge between them leaves the door's line by little."""
    lines = np.full((size, size), 255, np.uint8)
    thick, door = max(2, size // 150), size // 40
    a, b = np.array([size * 0.3, 0]), np.array([size * 0.7, size])
    cv2.line(lines, a.astype(int).tolist(), b.astype(int).tolist(), 0, thick)
    middle, along = (a + b) / 2, (b - a) / np.linalg.norm(b - a)
    corners = [
        middle + s * door / 2 * along + t * 2 * thick * along[::-1] * (1, -1)
        for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ]
    cv2.fillConvexPoly(lines, np.rint(corners).astype(np.int32), 255)
    found = find_surfaces(lines, size // 32)
    assert found.count == 2
    rows, columns = np.nonzero(
        (found.labels[:, 1:] != found.labels[:, :-1]) & (found.depth[:, 1:] > 0) & (found.depth[:, :-1] > 0)
    )
    off = np.abs((columns - middle[0]) * along[1] - (rows - middle[1]) * along[0])
    assert len(rows) > door / 2 and off.max() < max(3, door / 5)


def a_page_of_blots(size: int = 400) -> np.ndarray:
    """Lines and black areas of many widths, one of which is deeper than any band."""
    rng = np.random.default_rng(5)
    lines = np.full((size, size), 255, np.uint8)
    for _ in range(30):
        x, y, radius = rng.integers(0, size), rng.integers(0, size), rng.integers(2, 40)
        cv2.circle(lines, (int(x), int(y)), int(radius), 0, int(rng.choice([-1, 1, 3, 7])))
    lines[size // 2 : size // 2 + 150, 40:300] = 0
    return lines


def test_nearest_labels_do_not_depend_on_the_bands_they_are_found_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for lines in (a_page_of_blots(), np.zeros((90, 60), np.uint8)):
        _, labels = cv2.connectedComponents((lines > 0).astype(np.uint8), connectivity=4)
        with monkeypatch.context() as patched:
            whole = nearest(labels)
            patched.setattr(regions_module, "BAND", 16)
            patched.setattr(regions_module, "NEAR", 1)
            patched.setattr(regions_module, "MARGIN", 3)
            np.testing.assert_array_equal(nearest(labels), whole)
        assert (whole > 0).all() or not labels.any()


def test_strokes_part_labels_in_place_or_in_a_copy_alike() -> None:
    lines = two_rooms()
    colors, mask = np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256), bool)
    for x, color in ((60, (200, 0, 0)), (110, (0, 0, 200))):
        cv2.circle(colors, (x, 128), 8, color, -1)
        mask |= cv2.circle(np.zeros((256, 256), np.uint8), (x, 128), 8, 1, -1) > 0
    before = find_surfaces(lines)
    copied = read_strokes(before, colors, mask, np.zeros_like(mask))
    np.testing.assert_array_equal(before.labels, find_surfaces(lines).labels)
    in_place = read_strokes(before, colors, mask, np.zeros_like(mask), in_place=True)
    assert in_place.regions.labels is before.labels and copied.regions.count == before.count + 1
    np.testing.assert_array_equal(copied.regions.labels, in_place.regions.labels)


def test_edges_measured_in_a_smaller_copy_are_the_same_but_for_some_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = np.full((600, 600), 255, np.uint8)
    cv2.rectangle(lines, (50, 50), (550, 550), 0, 4)
    colors, mask = np.zeros((600, 600, 3), np.uint8), np.zeros((600, 600), bool)
    for x, color in ((150, (200, 0, 0)), (470, (0, 0, 200))):
        cv2.circle(colors, (x, 300), 30, color, -1)
        mask |= cv2.circle(np.zeros((600, 600), np.uint8), (x, 300), 30, 1, -1) > 0
    fine = read_strokes(find_surfaces(lines), colors, mask, np.zeros_like(mask)).regions
    monkeypatch.setattr(regions_module, "LARGEST", 100)
    coarse = read_strokes(find_surfaces(lines), colors, mask, np.zeros_like(mask)).regions
    assert fine.count == coarse.count == 3
    assert np.mean(fine.labels != coarse.labels) < 1e-3
