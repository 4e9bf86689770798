"""What a stroke of hints means: the regions that it lies in, and not those that it merely touches beside them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .families import families
from .regions import Regions, set_pixels

SHARE = 0.2  # of a stroke's length in its main region: a shorter end in another region ran over the line
MIDDLE = 0.5  # of a region's half-width: a stroke that goes so deep has reached the region's middle
INNER = 0.6  # of a stroke's half-width: what lies so deep in it is its inner part; the outer part ends below 1 / 1.75
FINE = 16  # pixels of the smaller copy to the least depth of an octave: a depth there is right to a sixteenth

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


def without_spill(regions: Regions, mask: Mask, colors: NDArray[np.uint8] | None = None) -> Mask:
    """Of strokes (h, w) the pixels that count: without those in regions that a stroke only touches.

    colors: (h, w, 3) uint8, read where mask is set; strokes of two colours are two. None: all have one colour.

    A stroke means a region if the stroke's middle lies in the region for SHARE of the length that it has in its main region, or if the
    region's middle lies under the stroke. So a dab that runs over a line colours its own side, a stroke through three regions colours all
    of them, and a dab on a small region colours that, too. If the stroke's middle lies on ink alone, all that it touches is meant. Every
    measure is a ratio, so the size of the drawing does not matter.
    """
    rows, columns = set_pixels(mask)
    if not len(rows):
        return mask
    kind = np.zeros(len(rows), np.int64) if colors is None else families(colors[rows, columns])
    stroke = connected(rows, columns, mask.shape[1], kind)
    pairs, pair = np.unique(stroke * regions.count + regions.labels[rows, columns], return_inverse=True)
    owner, region = pairs // regions.count, pairs % regions.count
    several = (np.bincount(owner) > 1)[stroke]
    if not several.any():
        return mask
    rows, columns, stroke, pair = rows[several], columns[several], stroke[several], pair.reshape(-1)[several]
    depth = regions.depth[rows, columns]
    deepest = np.zeros(len(pairs), np.float32)
    np.maximum.at(deepest, pair, depth)
    lengths = np.bincount(pair, _lengths(rows, columns, stroke) * (depth > 0), len(pairs))
    longest = np.zeros(int(owner.max()) + 1)
    np.maximum.at(longest, owner, lengths)
    meant = (lengths >= SHARE * longest[owner]) | (deepest > MIDDLE * regions.half_widths[region])
    counting, spilt = np.array(mask), ~meant[pair]
    counting[rows[spilt], columns[spilt]] = False
    return counting


def connected(rows: Ints, columns: Ints, width: int, kind: Ints) -> Ints:
    """Numbers (n,) from 0 on of pixels (n,), in the order of `set_pixels`: those of one kind (n,) that touch, corners too, have the same.

    In runs of a row, so that time goes with the pixels and not with the picture or the number of kinds.
    """
    place = rows * width + columns
    new = np.append(True, (np.diff(place) != 1) | (np.diff(kind) != 0) | (columns[1:] == 0))
    run, starts = np.cumsum(new) - 1, np.flatnonzero(new)
    first, last = place[starts], place[np.append(starts[1:], len(place)) - 1]
    # the runs in the next row from one pixel before to one pixel after
    low = np.searchsorted(last, first + width - (first % width > 0))
    high = np.searchsorted(first, last + width + (last % width < width - 1), "right")
    above = np.repeat(np.arange(len(starts)), high - low)
    below = np.arange(len(above)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[above]
    same = kind[starts][above] == kind[starts][below]
    above, below = above[same], below[same]
    root = np.arange(len(starts))
    while (root[above] != root[below]).any():
        lower = np.minimum(root[above], root[below])
        np.minimum.at(root, root[above], lower)
        np.minimum.at(root, root[below], lower)
        while (root[root] != root).any():
            root = root[root]
    return np.asarray(np.unique(root, return_inverse=True)[1].reshape(-1)[run], np.int64)


def _lengths(rows: Ints, columns: Ints, stroke: Ints) -> NDArray[np.float64]:
    """(n,) how much each pixel of strokes adds to the length of its stroke's middle line: 1 / its depth in the inner part, else 0."""
    order = np.argsort(stroke, kind="stable")
    bounds = np.flatnonzero(np.append(True, np.diff(stroke[order]) != 0))
    lengths = np.zeros(len(rows))
    for one in np.split(order, bounds[1:]):
        down, across = rows[one] - rows[one].min() + 1, columns[one] - columns[one].min() + 1
        inside = np.zeros((int(down.max()) + 2, int(across.max()) + 2), np.uint8)
        inside[down, across] = 1
        depth = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
        lengths[one] = (_inner(depth) / np.maximum(depth, 1))[down, across]
    return lengths


def _inner(depth: NDArray[np.float32]) -> Mask:
    """(h, w) bool: the inner part of a stroke, thick or thin. depth: (h, w) px from its edge.

    From a pixel of the outer part the depth goes on rising, to nearly twice as much where the edge is as far behind. Looked for that in
    octaves of depth, in a square of 1.5 times the octave's least depth around each pixel; of deep octaves in a smaller copy, since depth
    changes by one a pixel at most.
    """
    inner, least, deepest = np.zeros(depth.shape, np.bool_), 1, float(depth.max())
    while least <= deepest:
        step = max(1, least // FINE)
        small = depth[::step, ::step]
        size = 2 * round(1.5 * least / step) + 1
        around = cv2.dilate(small, np.ones((size, size), np.uint8))
        found = ((small >= least) & (small < 2 * least) & (small >= INNER * around)).astype(np.uint8)
        if step > 1:
            found = np.repeat(np.repeat(found, step, 0), step, 1)[: depth.shape[0], : depth.shape[1]]
        inner |= found > 0
        least *= 2
    return inner
