"""Made-up line art whose regions are known: shapes over shapes, drawn with gaps, in pens of any width, on clean or noisy paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .lines import grain_noise, smooth_noise

SMALLEST = 150  # px of a region; smaller ones join their neighbour
Labels = NDArray[np.int32]
Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """lines: (s, s) uint8, 255 paper. truth: (s, s) int32, the region of every pixel, up to the middle of the lines. gap, width: px."""

    lines: Gray
    truth: Labels
    gap: int
    width: int
    noisy: bool


def make_scene(seed: int, size: int, gap: int, width: int, noisy: bool) -> Scene:
    """The same scene for the same numbers. gap: opening of the breaks in the lines, 0 for none. width: of the pen."""
    rng = np.random.default_rng([17, seed])
    truth = shapes(rng, size)
    ink = pen(truth, width)
    if gap:
        ink = break_lines(rng, truth, ink, gap, width)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.6)
    lines = 255 * (1 - soft)
    if noisy:
        lines = scanned(rng, lines)
    return Scene(np.clip(np.rint(lines), 0, 255).astype(np.uint8), truth, gap, width, noisy)


def shapes(rng: np.random.Generator, size: int) -> Labels:
    """Ellipses, polygons and blots in painter's order; each connected piece that shows is a region."""
    canvas = np.zeros((size, size), np.int32)
    for number in range(1, int(rng.integers(8, 20))):
        centre, reach = rng.uniform(0.1, 0.9, 2) * size, size * rng.uniform(0.05, 0.28)
        kind = rng.integers(3)
        mask = np.zeros((size, size), np.uint8)
        if kind == 0:
            axes = (int(reach), int(reach * rng.uniform(0.3, 1)))
            cv2.ellipse(mask, tuple(int(v) for v in centre), axes, rng.uniform(0, 180), 0, 360, 1, -1)
        else:
            corners = int(rng.integers(3, 8)) if kind == 1 else 24
            angles = (
                np.sort(rng.uniform(0, 2 * np.pi, corners)) if kind == 1 else np.arange(corners) * 2 * np.pi / corners
            )
            wave = (
                rng.uniform(0.5, 1, corners)
                if kind == 1
                else 1 + 0.3 * np.sin(angles * rng.integers(2, 6) + rng.uniform(0, 6))
            )
            points = centre + reach * wave[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
            cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1)
        canvas[mask > 0] = number
    return connected_pieces(canvas)


def connected_pieces(canvas: Labels) -> Labels:
    """Labels 0.. of the connected pieces of equal numbers; what is smaller than SMALLEST joins the nearest larger one."""
    labels, count = np.zeros_like(canvas), 0
    for number in np.unique(canvas):
        found, pieces, stats, _ = cv2.connectedComponentsWithStats((canvas == number).astype(np.uint8), connectivity=4)
        for piece in range(1, found):
            if stats[piece, cv2.CC_STAT_AREA] >= SMALLEST:
                count += 1
                labels[pieces == piece] = count
    missing = (labels == 0).astype(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(missing, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(nearest.max()) + 1, np.int32)
    table[nearest[missing == 0]] = labels[missing == 0]
    return table[nearest] - 1


def border_of(truth: Labels) -> NDArray[np.uint8]:
    """1 where the pixel to the right or below belongs to another region."""
    border = np.zeros(truth.shape, np.uint8)
    border[:, :-1] |= truth[:, :-1] != truth[:, 1:]
    border[:-1] |= truth[:-1] != truth[1:]
    return border


def pen(truth: Labels, width: int) -> NDArray[np.float32]:
    """(s, s) ink in 0..1 along the borders."""
    away = cv2.distanceTransform(1 - border_of(truth), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.clip(width / 2 + 0.5 - np.asarray(away, np.float32), 0, 1)


def break_lines(
    rng: np.random.Generator, truth: Labels, ink: NDArray[np.float32], gap: int, width: int
) -> NDArray[np.float32]:
    """Cuts across the lines, `gap` px along them, one for every 60 px or so of line."""
    rows, columns = np.nonzero(border_of(truth))
    broken = ink.copy()
    for pick in rng.choice(len(rows), max(1, len(rows) // 120), replace=False):
        row, column = int(rows[pick]), int(columns[pick])
        near = (np.abs(rows - row) <= 6) & (np.abs(columns - column) <= 6)
        along = np.stack([columns[near] - column, rows[near] - row]).astype(np.float64)
        direction = np.linalg.eigh(along @ along.T)[1][:, -1]  # of the line here
        across = np.array([-direction[1], direction[0]])
        corners = [
            a * gap / 2 * direction + b * (width / 2 + 2) * across for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
        ]
        cut = np.zeros(ink.shape, np.uint8)
        cv2.fillConvexPoly(
            cut, np.rint(np.array(corners) * 16 + np.array([column, row]) * 16).astype(np.int32), 1, shift=4
        )
        broken[cut > 0] = 0
    return broken


def scanned(rng: np.random.Generator, lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey pencil on uneven, grainy, yellowed paper, with specks."""
    height, width = lines.shape
    paper = 225 + 18 * smooth_noise(rng, height, width, width / 3) + 5 * grain_noise(rng, (height, width), 0.8)
    strength = 0.8 + 0.12 * smooth_noise(rng, height, width, 12)
    specks = (rng.random((height, width)) < 3e-4).astype(np.float32) * 120
    return np.asarray(paper * (1 - strength * (1 - lines / 255)) - specks, np.float32)
