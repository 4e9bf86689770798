"""What is kept of a frame to find its regions again in others: small whatever the frame's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...picture.regions import Regions
from ...picture.upsample import shrink_labels

LONG_SIDE = 320  # px in which frames are compared
REACH = 12  # px of that: so far around a line flow can see it
GRID = 16  # cells a side of a region's shape
SPAN = 2.0  # of the root of a region's area, from its middle to the edge of the grid
RINGS = 8  # of a region's shape that is the same however it is turned
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sketch:
    """The n regions of a frame, all lengths in px of the sketch, whose size is (h, w).

    labels: (h, w) uint16 or int32. lines: (h, w) uint8, how far from a line, for optical flow. areas: (n,), with ink. middles: (n, 2) x, y.
    shapes: (n, GRID * GRID), how much of each cell is the region's, around its middle and in proportion to its size. rings: (n, RINGS),
    its area at each distance from its middle.
    """

    labels: NDArray[np.integer]
    lines: NDArray[np.uint8]
    areas: Floats
    middles: Floats
    shapes: Floats
    rings: Floats

    @property
    def count(self) -> int:
        return len(self.areas)


def sketch(regions: Regions) -> Sketch:
    """regions: at their own size, with depth."""
    height, width = regions.labels.shape
    scale = min(1.0, LONG_SIDE / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    labels = shrink_labels(regions.labels, *size)
    depth = cv2.resize(regions.depth, size[::-1], interpolation=cv2.INTER_AREA) * np.float32(scale)
    lines = np.rint(np.minimum(depth, REACH) * (255 / REACH)).astype(np.uint8)
    count = regions.count
    rows, columns = (axis.reshape(-1).astype(np.float32) for axis in np.indices(size))
    flat = labels.reshape(-1)
    areas = np.bincount(flat, minlength=count).astype(np.float32)
    middles = means(columns, rows, flat, count)
    lost = areas == 0
    if lost.any():  # too small for the sketch, but not without a place
        down, across = np.nonzero(lost[regions.labels])
        own = regions.labels[down, across]
        middles[lost] = means(across * scale, down * scale, own, count)[lost]
        areas[lost] = (np.bincount(own, minlength=count) * scale**2)[lost]
    reach = np.sqrt(np.maximum(areas, 1))
    across, down = (columns - middles[flat, 0]) / reach[flat], (rows - middles[flat, 1]) / reach[flat]
    cell = [np.clip((axis / SPAN + 1) / 2 * GRID, 0, GRID - 1).astype(np.int64) for axis in (across, down)]
    shapes = np.bincount((flat * GRID + cell[1]) * GRID + cell[0], minlength=count * GRID * GRID)
    ring = np.minimum(np.hypot(across, down) / SPAN * RINGS, RINGS - 1).astype(np.int64)
    rings = np.bincount(flat * RINGS + ring, minlength=count * RINGS)
    share = np.maximum(areas, 1)[:, None]
    return Sketch(
        labels.astype(np.uint16) if count < 2**16 else labels,
        lines,
        areas,
        middles,
        (shapes.reshape(count, -1) / share).astype(np.float32),
        (rings.reshape(count, -1) / share).astype(np.float32),
    )


def means(across: NDArray[Any], down: NDArray[Any], labels: NDArray[np.integer], count: int) -> Floats:
    """(count, 2) the middle of the pixels (n,) with each label (n,); 0 where there is none."""
    pixels = np.maximum(np.bincount(labels, minlength=count), 1)
    return np.stack([np.bincount(labels, axis, count) / pixels for axis in (across, down)], 1).astype(np.float32)
