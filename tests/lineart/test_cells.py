"""Cells of drawings that are made up: where the open area is parted, and what passages look like."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colorgan_core.lineart.cells import find_cells, least_ratio

Array = np.ndarray[Any, Any]


def rooms(size: int, door: int, pen: int = 1) -> Array:
    """Two rooms side by side; the wall between them has a door of so many px."""
    open_ = np.ones((size, 2 * size), np.uint8)
    cv2.rectangle(open_, (0, 0), (2 * size - 1, size - 1), 0, pen)
    half = door // 2
    cv2.line(open_, (size, 0), (size, size // 2 - half), 0, pen)
    cv2.line(open_, (size, size // 2 - half + door), (size, size - 1), 0, pen)
    return open_ > 0


def test_a_page_without_lines_is_one_cell() -> None:
    cells = find_cells(np.ones((40, 60), bool))
    assert cells.count == 1 and (cells.labels == 1).all() and len(cells.passages) == 0


def test_a_black_page_has_none() -> None:
    cells = find_cells(np.zeros((40, 60), bool))
    assert cells.count == 0 and not cells.labels.any()


@pytest.mark.parametrize("door", [4, 10, 30])
def test_rooms_are_parted_at_a_door_of_any_width(door: int) -> None:
    """No width says what a gap is: the passage is known, with its width and with the two ends of the wall that face each other."""
    cells = find_cells(rooms(100, door))
    left, right = cells.labels[50, 30], cells.labels[50, 170]
    assert left != right
    at = [
        n
        for n, pair in enumerate(zip(cells.passages.first, cells.passages.second, strict=True))
        if set(pair) == {left, right}
    ]
    assert len(at) == 1
    assert 2 * cells.passages.half_width[at[0]] == pytest.approx(door, abs=2)
    assert (cells.passages.facing[at[0]] > 0.7).all()
    assert (cells.passages.openness[at[0]] > 0.6).all()


def test_an_even_corridor_is_one_cell() -> None:
    open_ = np.zeros((40, 300), bool)
    open_[10:30, 5:295] = True
    assert find_cells(open_).count == 1


def test_a_door_parts_sooner_than_a_waist() -> None:
    """Of the same width: strokes end at a door, so cells must be narrower to be one in spite of it."""
    size, width = 120, 60
    waist = np.zeros((size, 2 * size), np.uint8)
    column = np.arange(2 * size)
    half = width / 2 + (size / 2 - 10 - width / 2) * np.abs(column - size) / size
    for x in column[6:-6]:
        waist[int(size / 2 - half[x]) : int(size / 2 + half[x]), x] = 1
    needed = []
    for open_ in (waist > 0, rooms(size, width)):
        passages = find_cells(open_).passages
        middle = np.argmin(np.abs(passages.place % (2 * size) - size))
        needed.append(least_ratio(passages, 0.0)[middle])
    assert needed[1] > needed[0] + 0.1


def test_nothing_slips_through_a_diagonal_line() -> None:
    open_ = np.ones((80, 80), np.uint8)
    cv2.line(open_, (0, 79), (79, 0), 0, 1, cv2.LINE_8)
    cells = find_cells(open_ > 0)
    assert not set(np.unique(cells.labels[:30, :30])) & set(np.unique(cells.labels[50:, 50:]))


def test_twice_the_size_has_the_same_cells() -> None:
    small, large = (find_cells(rooms(side, door, pen)) for side, door, pen in ((100, 20, 1), (200, 40, 2)))
    assert small.count == large.count
    halved = large.labels[::2, ::2]
    pairs = {(int(a), int(b)) for a, b in zip(small.labels[small.depth > 3], halved[small.depth > 3], strict=True)}
    assert len(pairs) == small.count


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_cells_cover_all_that_is_open_and_hang_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = np.ones((60, 70), np.uint8)
    for _ in range(6):
        points = rng.integers(0, 60, (3, 2))
        cv2.polylines(page, [points.astype(np.int32)], False, 0, int(rng.integers(1, 4)))
    cells = find_cells(page > 0)
    assert ((cells.labels > 0) == (page > 0)).all()
    assert (np.unique(cells.labels[page > 0]) == np.arange(1, cells.count + 1)).all()
    for cell in range(1, cells.count + 1):
        assert cv2.connectedComponents((cells.labels == cell).astype(np.uint8), connectivity=4)[0] == 2
    assert (cells.passages.ratio <= 1).all() and (cells.passages.half_width > 0).all()
