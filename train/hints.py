"""Hints as people give them, from one to many: dots and strokes of the true colour, some of them careless."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.lineart.regions import Regions

MOST = 40  # strokes a picture at most; their number is log-uniform
CARELESS = 0.15  # share of strokes that spill over into other colours
TOLERANCE = 36  # RGB distance within which a pixel counts as the stroke's colour
BARE = 0.12  # share of samples with "leave bare" strokes


def draw_hints(
    rng: np.random.Generator, color: NDArray[np.uint8], alpha: NDArray[np.uint8] | None, regions: Regions
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Random hints for a picture whose colours (h, w, 3) are the truth.

    Returns hint colours (h, w, 3) uint8, their mask (h, w) and the mask of "leave bare" strokes (h, w), which need an alpha.
    """
    height, width = regions.labels.shape
    hints = np.zeros_like(color)
    mask = np.zeros((height, width), bool)
    bare = np.zeros((height, width), bool)
    cell = max(1, round(max(height, width) / 64)) if rng.random() < 0.3 else 1
    thickest = max(2, max(height, width) // 40)
    leave_bare = alpha is not None and rng.random() < BARE
    for row, column in _starts(rng, regions, int(np.exp(rng.uniform(0, np.log(MOST))))):
        shape = _stroke(rng, row, column, (height, width), thickest, cell)
        near = color[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].reshape(-1, 3)
        chosen = np.median(near, 0).astype(np.uint8)
        if rng.random() > CARELESS:
            shape[shape] = np.abs(color[shape].astype(np.int16) - chosen).max(1) < TOLERANCE
        if leave_bare and alpha is not None and alpha[row, column] < 128:
            bare |= shape
        else:
            hints[shape] = chosen
            mask |= shape
    return hints, mask & ~bare, bare


def draw_ink_hints(
    rng: np.random.Generator,
    y: NDArray[np.uint8],
    regions: Regions,
    hints: NDArray[np.uint8],
    mask: NDArray[np.bool_],
) -> None:
    """Adds one to three strokes that follow the lines, in the ink's colour and coarse squares, to hints and mask, in place.

    Hints that are read off a finished picture (the Hint-AUC protocol, a scribble layer) have them; beside the line they spill.
    y: (h, w, 3), colour times line.
    """
    height, width = mask.shape
    rows, columns = np.nonzero(regions.depth == 0)
    cell = max(1, round(max(height, width) / 64))
    for start in rng.integers(0, max(len(rows), 1), int(rng.integers(1, 4)) if len(rows) else 0):
        reach = int(max(height, width) * rng.uniform(0.05, 0.3))
        top, left = max(rows[start] - reach, 0), max(columns[start] - reach, 0)
        window = np.zeros((height, width), np.uint8)
        window[top : top + 2 * reach, left : left + 2 * reach] = 1
        ink = cv2.dilate((regions.depth == 0).astype(np.uint8), np.ones((2, 2), np.uint8)) & window
        shift = rng.integers(-1, 2, 2)
        coarse = _in_squares(np.roll(ink, shift, (0, 1)), cell) > 0
        hints[coarse] = np.median(y[max(rows[start] - 1, 0) : rows[start] + 2, columns[start]], 0).astype(np.uint8)
        mask |= coarse


def _in_squares(canvas: NDArray[np.uint8], cell: int) -> NDArray[np.uint8]:
    """The same in squares of `cell` px, each as the pixel at its middle."""
    height, width = canvas.shape
    small = canvas[cell // 2 :: cell, cell // 2 :: cell]
    large = np.repeat(np.repeat(small, cell, 0), cell, 1)
    large = np.pad(large, ((0, max(0, height - large.shape[0])), (0, max(0, width - large.shape[1]))))
    return np.ascontiguousarray(large[:height, :width])


def _starts(rng: np.random.Generator, regions: Regions, count: int) -> NDArray[np.int64]:
    """(n, 2) pixels where strokes begin: half the time anywhere, else one a region, the largest regions first."""
    height, width = regions.labels.shape
    if rng.random() < 0.5 or regions.count < 2:
        return np.stack([rng.integers(0, height, count), rng.integers(0, width, count)], 1)
    starts = []
    for label in np.argsort(-regions.areas)[:count]:
        inside = np.flatnonzero((regions.labels == label) & (regions.depth > 1))
        if len(inside):
            starts.append(divmod(int(rng.choice(inside)), width))
    return np.array(starts, np.int64).reshape(-1, 2)


def _stroke(
    rng: np.random.Generator, row: int, column: int, shape: tuple[int, int], thickest: int, cell: int
) -> NDArray[np.bool_]:
    """A dot, or a walk that keeps roughly its direction; `cell` > 1 draws it in coarse squares, as tablets and tests do."""
    canvas = np.zeros(shape, np.uint8)
    thickness = int(rng.integers(1, thickest + 1))
    if rng.random() < 0.4:
        cv2.circle(canvas, (int(column), int(row)), thickness, 1, -1)
    else:
        steps = int(rng.integers(2, 9))
        angle = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.5, steps))
        length = max(shape) * rng.uniform(0.01, 0.07)
        walk = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1) * length, 0)
        points = np.rint(np.vstack([(0, 0), walk]) + np.array([column, row])).astype(np.int32)
        cv2.polylines(canvas, [points], False, 1, thickness)
    return (_in_squares(canvas, cell) if cell > 1 else canvas) > 0
