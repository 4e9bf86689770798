"""Hints in grey pictures: they fill what is even, and stop at edges."""

from __future__ import annotations

import numpy as np

from colorgan_core.lineart.flood import flood_gray

RED, BLUE = (200, 30, 40), (30, 60, 200)


def dotted(shape: tuple[int, int], *spots: tuple[int, int, tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    colors, mask = np.zeros((*shape, 3), np.uint8), np.zeros(shape, bool)
    for row, column, color in spots:
        colors[row : row + 3, column : column + 3], mask[row : row + 3, column : column + 3] = color, True
    return colors, mask


def test_a_hint_fills_its_tone_to_the_edges_and_no_more() -> None:
    gray = np.full((40, 60), 200, np.uint8)
    gray[10:30, 10:30] = 120
    filled, covered = flood_gray(gray, *dotted(gray.shape, (18, 18, RED)))
    assert (filled[13:27, 13:27] == RED).all()
    assert not covered[:, 34:].any() and not covered[:7].any()
    assert (filled[~covered] == 0).all()


def test_a_ramp_is_even_and_two_hints_share_it_midway() -> None:
    gray = np.repeat(np.arange(40, 160, 2, dtype=np.uint8)[None], 40, 0)
    filled, covered = flood_gray(gray, *dotted(gray.shape, (18, 5, RED), (18, 52, BLUE)))
    assert covered.all()
    assert (filled[20, :20] == RED).all() and (filled[20, 40:] == BLUE).all()
    assert {tuple(color) for color in filled.reshape(-1, 3)} == {RED, BLUE}


def test_the_nearest_hint_over_the_least_edge_wins() -> None:
    gray = np.full((40, 60), 200, np.uint8)
    gray[:, 28:32] = 196
    gray[:, 45:] = 60
    filled, _ = flood_gray(gray, *dotted(gray.shape, (18, 5, RED), (18, 52, BLUE)))
    assert (filled[:, :42] == RED).all() and (filled[:, 48:] == BLUE).all()


def test_the_picture_edge_is_filled_too_and_no_hints_fill_nothing() -> None:
    gray = np.full((12, 9), 90, np.uint8)
    filled, covered = flood_gray(gray, *dotted(gray.shape, (4, 4, RED)))
    assert covered.all() and (filled == RED).all()
    filled, covered = flood_gray(gray, *dotted(gray.shape))
    assert not covered.any() and not filled.any()
