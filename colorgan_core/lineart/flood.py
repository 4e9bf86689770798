"""Hints spread over their regions, or over what is even in a grey picture: a second hint map, which tells the network what geometry
already knows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .regions import Regions, set_pixels

FULL_TRUST = 1 / 64  # of the long side: hints this far from a line weigh most; nearer ones may have spilt over it
ON_INK = 0.01  # weight of a hint pixel on ink, which says little about the region below
DARK = 90  # of 255: a stroke all of whose channels are below may be the ink's own
INKED = 0.5  # share of a dark stroke on ink from which on it is the ink's own
SLOPE = 4  # of 255: a greater change of lightness from pixel to pixel ends what a hint in a grey picture reaches


def region_colors(
    regions: Regions, colors: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The hint colour of each region: ((count, 3) uint8, (count,) bool that says whether it has one)."""
    at = set_pixels(mask)
    label = regions.labels[at].astype(np.int64)
    color = colors[at].astype(np.int64)
    trust = max(1.0, FULL_TRUST * max(regions.labels.shape))
    weight = np.clip(regions.depth[at] / trust, ON_INK, 1.0).astype(np.float64)
    exact = (color[:, 0] << 16) | (color[:, 1] << 8) | color[:, 2]
    bins = ((color[:, 0] >> 3) << 10) | ((color[:, 1] >> 3) << 5) | (color[:, 2] >> 3)
    keys, inverse = np.unique((label << 39) | (bins << 24) | exact, return_inverse=True)
    mass = np.bincount(inverse.reshape(-1), weight)
    _, bin_of = np.unique(keys >> 24, return_inverse=True)
    bin_mass = np.bincount(bin_of.reshape(-1), mass)[bin_of.reshape(-1)]
    # sorted by region, then by the mass of the bin and of the colour in it: each region's winner comes last
    order = np.lexsort((mass, bin_mass, keys >> 39))
    winners = np.zeros((regions.count, 3), np.uint8)
    has_hint = np.zeros(regions.count, bool)
    winners[keys[order] >> 39] = (keys[order, None] >> np.array([16, 8, 0])) & 255
    has_hint[label] = True
    return winners, has_hint


def ink_strokes(regions: Regions, colors: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(h, w) bool: dark strokes that follow the lines. They say that ink is dark, and nothing about the regions they spill into."""
    rows, columns = set_pixels(mask)
    dark = (colors[rows, columns] < DARK).all(1)
    rows, columns = rows[dark], columns[dark]
    found = np.zeros(mask.shape, np.uint8)
    if not len(rows):
        return found > 0
    found[rows, columns] = 1
    count, strokes = cv2.connectedComponents(found, connectivity=8)
    stroke = strokes[rows, columns]
    on_ink = np.bincount(stroke, regions.depth[rows, columns] < 1, count)
    own = on_ink >= INKED * np.bincount(stroke, minlength=count)
    found[rows, columns] = own[stroke]
    return found > 0


def flood_gray(
    gray: NDArray[np.uint8], colors: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Fills what hints reach in a grey picture (h, w) without an edge in between, each pixel with the hint that comes over the least edge.

    colors: (h, w, 3) uint8, read where mask (h, w) is set. Returns ((h, w, 3) uint8, (h, w) bool), black where no hint reaches.
    Which hint: a watershed of lightness from the hints (Meyer, "Color image segmentation", 1992). Chrominance goes where lightness
    is alike (Levin et al., "Colorization using optimization", SIGGRAPH 2004).
    """
    if not mask.any():
        return np.zeros_like(colors), np.zeros_like(mask)
    calm = np.pad(np.asarray(cv2.medianBlur(np.ascontiguousarray(gray), 3), np.uint8), 1, mode="edge")
    hinted = np.pad(mask, 1)
    tones, owner = np.unique(colors[mask], axis=0, return_inverse=True)
    markers = np.zeros(calm.shape, np.int32)
    markers[hinted] = owner.reshape(-1) + 1
    cv2.watershed(cv2.merge([calm] * 3), markers)
    reached = np.zeros((calm.shape[0] + 2, calm.shape[1] + 2), np.uint8)
    for row, column in np.argwhere(hinted):
        if not reached[row + 1, column + 1]:
            flags = 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
            cv2.floodFill(calm, reached, (int(column), int(row)), 0, SLOPE, SLOPE, flags)
    nearest = _without_borders(markers, calm)[1:-1, 1:-1]
    covered = (reached[2:-2, 2:-2] > 0) & (nearest > 0)
    return np.where(covered[..., None], tones[nearest - 1], 0).astype(np.uint8), covered


def _without_borders(markers: NDArray[np.int32], gray: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The watershed's borders (-1) given to the side that is more like them."""
    best = np.full(gray.shape, 256, np.int32)
    filled: NDArray[np.int32] = markers.copy()
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        near = np.roll(markers, shift, axis)
        change = np.abs(np.roll(gray, shift, axis).astype(np.int32) - gray)
        better = (markers < 0) & (near > 0) & (change < best)
        filled[better], best[better] = near[better], change[better]
    return filled
