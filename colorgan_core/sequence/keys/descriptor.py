"""A compact description of a frame's regions, by which they are matched with those of other frames. Its size has a fixed limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...lineart.regions import Regions
from ...picture.upsample import shrink_labels

LONG_SIDE = 320  # px, of the descriptor; frames are compared at this size
LINE_REACH = 12  # px of the descriptor; the line distance is clipped here
GRID = 16  # cells per side of a region's shape grid
GRID_SPAN = 2.0  # from the centroid to the edge of the grid, in square roots of the region's area
RINGS = 8  # bins of the radial profile, which does not change with rotation
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FrameDescriptor:
    """The n regions of a frame. All lengths are in px of the descriptor, whose size is (h, w).

    labels: (h, w) uint16 or int32. line_distance: (h, w) uint8, the clipped distance to the nearest line, for optical flow.
    areas: (n,), including ink. centroids: (n, 2) x, y. shapes: (n, GRID * GRID), the share of the region's pixels in each cell of
    a grid around its centroid, scaled with its size. radial_profiles: (n, RINGS), the share at each distance from the centroid.
    """

    labels: NDArray[np.integer]
    line_distance: NDArray[np.uint8]
    areas: Floats
    centroids: Floats
    shapes: Floats
    radial_profiles: Floats

    @property
    def count(self) -> int:
        return len(self.areas)


def describe(regions: Regions) -> FrameDescriptor:
    """regions: at the frame's size, with depth."""
    height, width = regions.labels.shape
    scale = min(1.0, LONG_SIDE / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    labels = shrink_labels(regions.labels, *size)
    depth = cv2.resize(regions.depth, size[::-1], interpolation=cv2.INTER_AREA) * np.float32(scale)
    line_distance = np.rint(np.minimum(depth, LINE_REACH) * (255 / LINE_REACH)).astype(np.uint8)
    count = regions.count
    rows, columns = (axis.reshape(-1).astype(np.float32) for axis in np.indices(size))
    label = labels.reshape(-1)
    areas = np.bincount(label, minlength=count).astype(np.float32)
    centroids = mean_positions(columns, rows, label, count)
    missing = areas == 0
    if missing.any():  # regions that vanish at the descriptor's size keep their position and area
        down, across = np.nonzero(missing[regions.labels])
        small = regions.labels[down, across]
        centroids[missing] = mean_positions(across * scale, down * scale, small, count)[missing]
        areas[missing] = (np.bincount(small, minlength=count) * scale**2)[missing]
    radius = np.sqrt(np.maximum(areas, 1))
    across, down = (columns - centroids[label, 0]) / radius[label], (rows - centroids[label, 1]) / radius[label]
    cell = [np.clip((axis / GRID_SPAN + 1) / 2 * GRID, 0, GRID - 1).astype(np.int64) for axis in (across, down)]
    shapes = np.bincount((label * GRID + cell[1]) * GRID + cell[0], minlength=count * GRID * GRID)
    ring = np.minimum(np.hypot(across, down) / GRID_SPAN * RINGS, RINGS - 1).astype(np.int64)
    radial_profiles = np.bincount(label * RINGS + ring, minlength=count * RINGS)
    pixels = np.maximum(areas, 1)[:, None]
    return FrameDescriptor(
        labels.astype(np.uint16) if count < 2**16 else labels,
        line_distance,
        areas,
        centroids,
        (shapes.reshape(count, -1) / pixels).astype(np.float32),
        (radial_profiles.reshape(count, -1) / pixels).astype(np.float32),
    )


def mean_positions(across: NDArray[Any], down: NDArray[Any], labels: NDArray[np.integer], count: int) -> Floats:
    """(count, 2) the mean x, y of the pixels (n,) with each label (n,); 0 for labels without pixels."""
    pixels = np.maximum(np.bincount(labels, minlength=count), 1)
    return np.stack([np.bincount(labels, axis, count) / pixels for axis in (across, down)], 1).astype(np.float32)
