"""Cells as tokens: what a network is told of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorgan_core.lineart.cells import find_cells
from colorgan_core.lineart.regions import open_pixels
from colorgan_core.lineart.tokens import GEOMETRY, MOST, Tokens, describe, laid_out


def tokens_of(lines: np.ndarray) -> Tokens:
    return describe(find_cells(open_pixels(lines) > 0), lines)


def boxes(size: int = 200, gap: int = 0) -> np.ndarray:
    """Two boxes side by side that share a line, with a hole of `gap` px in it."""
    lines = np.full((size, size), 255, np.uint8)
    cv2.rectangle(lines, (30, 60), (100, 140), 0, 2)
    cv2.rectangle(lines, (100, 60), (170, 140), 0, 2)
    if gap:
        lines[100 - gap // 2 : 100 + gap // 2, 97:104] = 255
    return lines


def test_each_cell_has_a_place_a_shape_and_a_size() -> None:
    tokens = tokens_of(boxes())
    assert tokens.geometry.shape == (4, GEOMETRY)  # the paper above and below the boxes is two cells
    assert np.isfinite(tokens.geometry).all()
    left, right = (int(np.abs(tokens.geometry[:, 0] - x).argmin()) for x in (-0.35, 0.35))
    assert tokens.geometry[left, 0] == pytest.approx(-tokens.geometry[right, 0], abs=0.02)
    assert tokens.geometry[left, 1] == pytest.approx(0, abs=0.02)
    paper = [number for number in range(4) if number not in (left, right)]
    assert tokens.geometry[paper, 20].sum() == pytest.approx(1)  # all of the picture's edge
    assert tokens.geometry[left, 20] == 0
    assert tokens.areas.sum() <= 1


def test_neighbours_across_a_line_touch_and_do_not_meet() -> None:
    tokens = tokens_of(boxes())
    met = tokens.touch[:, 0] == 1
    assert met.sum() == 1  # the two of the paper
    assert not tokens.touch[~met, :3].any()
    assert (tokens.touch[~met, 3:] > 0).all()


def test_neighbours_at_a_gap_meet() -> None:
    tokens = tokens_of(boxes(gap=8))
    met = tokens.touch[:, 0] == 1
    assert met.sum() == 2
    assert 0 < tokens.touch[met, 2].min() < 0.5


def test_pairs_are_laid_out_both_ways() -> None:
    tokens = tokens_of(boxes())
    table = laid_out(tokens.pairs, tokens.touch, len(tokens))
    assert np.array_equal(table[..., :3], table.transpose(1, 0, 2)[..., :3])
    assert np.array_equal(table[..., 3], table[..., 4].T)
    assert not table[range(4), range(4)].any()


def test_of_too_many_cells_the_least_parted_are_joined_and_the_smallest_left_out() -> None:
    lines = np.full((900, 900), 255, np.uint8)
    lines[::30], lines[:, ::30] = 0, 0  # 900 closed boxes
    lines[100:200, 100:200] = 255
    tokens = tokens_of(lines)
    assert len(tokens) == MOST
    assert tokens.token[0] == -1
    largest = int(tokens.areas.argmax())
    assert tokens.areas[largest] > 100 * 100 / 900**2 * 0.9


def test_a_drawing_without_cells_has_no_tokens() -> None:
    tokens = describe(find_cells(np.zeros((64, 64), bool)), np.zeros((64, 64), np.uint8))
    assert len(tokens) == 0
