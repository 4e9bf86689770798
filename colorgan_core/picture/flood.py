"""Hints spread over their regions: a second hint map that tells the network what geometry already knows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .regions import Regions

FULL_TRUST = 1 / 64  # of the long side: hints this far from a line weigh most; nearer ones may have spilt over it
ON_INK = 0.01  # weight of a hint pixel on ink, which says little about the region below
DARK = 90  # of 255: a stroke all of whose channels are below may be the ink's own
INKED = 0.5  # share of a dark stroke on ink from which on it is the ink's own


def flood_hints(
    regions: Regions, colors: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Fills each region with the commonest hint colour in it, weighted by the distance to the lines.

    colors: (h, w, 3) uint8, read where mask (h, w) is set. Returns ((h, w, 3) uint8, (h, w) bool), black where no hint reaches.
    The commonest is the colour of greatest weight in the 5-bit bin of greatest weight: exactly one that was drawn. A mean over the
    region would mix in neighbours' colours, since hints near a line spill.
    """
    filled = np.zeros_like(colors)
    covered = np.zeros(mask.shape, bool)
    mask = mask & ~ink_strokes(regions, colors, mask)
    if not mask.any():
        return filled, covered
    winners, has_hint = region_colors(regions, colors, mask)
    return winners[regions.labels], has_hint[regions.labels]


def region_colors(
    regions: Regions, colors: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The hint colour of each region: ((count, 3) uint8, (count,) bool that says whether it has one)."""
    label = regions.labels[mask].astype(np.int64)
    color = colors[mask].astype(np.int64)
    trust = max(1.0, FULL_TRUST * max(regions.labels.shape))
    weight = np.clip(regions.depth[mask] / trust, ON_INK, 1.0).astype(np.float64)
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
    low = colors < DARK
    dark: NDArray[np.bool_] = mask & low[..., 0] & low[..., 1] & low[..., 2]
    if not dark.any():
        return dark
    count, strokes = cv2.connectedComponents(dark.astype(np.uint8), connectivity=8)
    on_ink = np.bincount(strokes[dark & (regions.depth < 1)], minlength=count)
    own = on_ink >= INKED * np.bincount(strokes[dark], minlength=count)
    dark &= own[strokes]
    return dark
