"""Cells: the open area of a drawing, parted wherever it gets narrow.

A cell is a basin of the distance to ink: all places from which walking away from the lines leads to the same spot (a watershed;
Beucher and Lantuejoul 1979). Where two cells meet in the open lies a passage. No width decides what a gap in a line is: a passage
is judged by its width relative to the cells that it joins, and by whether strokes end at it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .regions import passages as widest_passages

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Float = NDArray[np.float32]
Index = NDArray[np.int64]

SMALLEST = 0.02  # ratio of half-widths that counts as none
SMOOTH = 0.8  # px; by which distances are smoothed, so that a line's stairs make no basins
# Fitted by `python -m colorgan_train.fit_cells`; the orders are those of `parting_terms` and `meeting_terms`.
PARTING = (-9.42, -2.01, -0.17, 2.09, 1.36, 1.86, 1.30, -0.20, 1.78, -0.34)
MEETING = (-11.34, -2.03, -0.06, 3.16, 0.99, 4.76, 0.49, -0.16, 1.54, 0.96, -0.24, -0.71, -0.87, 0.57, 0.22)
# Logit of a passage between two surfaces, by PARTING, from which on cells stay apart. At -4.5, -4, -3.5, -3, -2.5 in the tuning part
# .0, .0, .0, .1 and .2 % of the area of clean drawings are astray at 8.2, 3.2, 2.0, 1.6 and 1.4 cells a surface, .3, .4, .9, 1.6 and
# 3.5 % of broken ones at 7.8, 3.4, 2.0, 1.5 and 1.3; by the ratio of widths alone 1.2 % of broken ones at 3.3.
APART = -4.0
RIPPLE = 0.97  # of the smaller basin's half-width; a passage that wide is no narrowing but the raster's
# Of the disc that fits into a basin; where two basins meet, the raster leaves one of a few pixels. At 0, .1, .25 and .5 a surface has
# 2.9, 2.8, 2.7 and 2.6 cells in three clean and three broken drawings of the tuning part, and no more or less of the area is astray.
DISC = 0.25
LEAST, MOST = 3, 64  # px, half the side of the squares in which ink at a passage's two sides is looked at


@dataclass(frozen=True)
class Passages:
    """Where cells meet in the open, one entry a pair; (n,) each.

    first, second: the cells. half_width: px, at the widest place. place: that place, as an index into the flattened picture.
    ratio: half-width relative to the smaller one of the cells', 0..1. openness, offset: (n, 2) how the ink looks at both sides: the share
    of the square around the nearest ink that is open, and how far the middle of its ink lies from that ink, relative to half the square's
    side. A straight wall has 0.5 and 0.5, a thin line's end 0.9 and 0.5, a thin line's side 0.8 and 0. facing: (n, 2) cosine of
    the angle between where a side's ink comes from and the direction to the other side's; 1 for strokes that would meet.
    """

    first: Index
    second: Index
    half_width: Float
    place: Index
    ratio: Float
    openness: Float
    offset: Float
    facing: Float

    def __len__(self) -> int:
        return len(self.first)


def parting_terms(passages: Passages) -> NDArray[np.float64]:
    """(n, 10) what is weighed to tell whether a passage is a gap between two surfaces, or a narrow place of one."""
    narrow = np.log(np.maximum(passages.ratio, SMALLEST))
    ends = [(each.min(1), each.max(1)) for each in (passages.openness, passages.offset, passages.facing)]
    static = [side for pair in ends for side in pair]
    return np.stack([np.ones_like(narrow), narrow, narrow**2, *static, narrow * ends[1][0]], 1).astype(np.float64)


@dataclass(frozen=True)
class Cells:
    """labels: (h, w) int32, 1..count, 0 on ink. depth: (h, w) float32, px to the nearest ink. half_widths: (count + 1,) px, the most
    depth of each cell. passages: among them."""

    labels: Labels
    depth: Float
    half_widths: Float
    passages: Passages

    @property
    def count(self) -> int:
        return len(self.half_widths) - 1


def meeting_terms(cells: Cells) -> NDArray[np.float64]:
    """(n, 15) what is weighed to tell whether two surfaces meet at a passage between two cells: its own terms, how wide it and the
    narrower cell are beside the wider one, and which of them reach the picture's edge, as paper and background do."""
    passages, widths = cells.passages, cells.half_widths
    first, second = passages.first, passages.second
    swapped = widths[first] > widths[second]
    narrow, wide = np.where(swapped, second, first), np.where(swapped, first, second)
    at_edge = np.zeros(len(widths), bool)
    for side in (cells.labels[0], cells.labels[-1], cells.labels[:, 0], cells.labels[:, -1]):
        at_edge[side] = True
    beside = [np.log(np.maximum(each / widths[wide], SMALLEST)) for each in (passages.half_width, widths[narrow])]
    edges = [at_edge[narrow], at_edge[wide], at_edge[narrow] & at_edge[wide]]
    return np.concatenate([parting_terms(passages), np.stack([*beside, *edges], 1)], 1).astype(np.float64)


def meeting_logits(cells: Cells) -> NDArray[np.float64]:
    """(n,) how likely it is that two surfaces meet at each passage, and not two places of one."""
    return np.asarray(meeting_terms(cells) @ np.array(MEETING))


def find_cells(open_: Mask) -> Cells:
    """Cells of the open pixels (h, w) of a drawing; ink is what is not open. Deterministic."""
    depth, nearest = distance_to_ink(open_)
    labels, half_widths = basins(open_, depth)
    first, second, half_width, _ = widest_passages(labels, depth, len(half_widths))
    # what the raster makes of an even corridor, and then what is hardly a passage between two surfaces
    shares = np.where(_to_saddles(labels, half_widths, first, second, half_width), 0, RIPPLE)
    labels, half_widths = joined(labels, half_widths, first, second, half_width, shares)
    found = _passages(open_, labels, depth, half_widths, nearest)
    labels, half_widths = joined(
        labels, half_widths, found.first, found.second, found.half_width, least_ratio(found, APART)
    )
    return Cells(labels, depth, half_widths, _passages(open_, labels, depth, half_widths, nearest))


def _to_saddles(labels: Labels, half_widths: Float, first: Index, second: Index, half_width: Float) -> Mask:
    """(n,) bool: the widest passages of basins smaller than DISC of the disc around their deepest place: saddles between two others."""
    small = np.bincount(labels.reshape(-1), minlength=len(half_widths)) < DISC * np.pi * half_widths**2
    order = np.argsort(-half_width, kind="stable")
    cells = np.stack([first[order], second[order]], 1).reshape(-1)
    found, at = np.unique(cells, return_index=True)
    widest = np.zeros(len(first), bool)
    widest[order[at[small[found]] // 2]] = True
    return widest


def _passages(open_: Mask, labels: Labels, depth: Float, half_widths: Float, nearest: NDArray[np.int32]) -> Passages:
    first, second, half_width, place = widest_passages(labels, depth, len(half_widths))
    ratio = np.asarray(half_width / np.minimum(half_widths[first], half_widths[second]), np.float32)
    return Passages(first, second, half_width, place, ratio, *sides(open_, nearest, place, half_width))


def least_ratio(passages: Passages, logit: float) -> NDArray[np.float64]:
    """(n,) the ratio of half-widths from which a passage's logit of parting two surfaces is below `logit`, 0..1; above 1: never."""
    terms = parting_terms(passages)
    weights = np.array(PARTING)
    static = np.delete(terms, (1, 2, 9), 1) @ np.delete(weights, (1, 2, 9)) - logit
    # a quadratic in the logarithm of the ratio, which falls as the ratio rises: its larger root is the ratio
    slope, curve = weights[1] + weights[9] * terms[:, 5], weights[2]
    inner = np.maximum(slope**2 - 4 * curve * static, 0)
    return np.asarray(np.exp(np.clip((-slope - np.sqrt(inner)) / (2 * curve), np.log(SMALLEST), 1)), np.float64)


def distance_to_ink(open_: Mask) -> tuple[Float, NDArray[np.int32]]:
    """(h, w) distance of every pixel to ink in px, and that ink's index into the flattened picture. Without any ink all is 1 away."""
    if open_.all():
        return np.ones(open_.shape, np.float32), np.arange(open_.size, dtype=np.int32).reshape(open_.shape)
    depth, number = cv2.distanceTransformWithLabels(
        open_.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ink = np.flatnonzero(~open_.reshape(-1)).astype(np.int32)
    places = np.zeros(int(number.max()) + 1, np.int32)
    places[number.reshape(-1)[ink]] = ink
    return np.asarray(depth, np.float32), places[number]


def basins(open_: Mask, depth: Float) -> tuple[Labels, Float]:
    """Labels (h, w) from 1 on, 0 on ink, and the depth (count + 1,) of each basin's deepest place."""
    height, width = depth.shape
    smooth = cv2.GaussianBlur(depth, (0, 0), SMOOTH)
    smooth[~open_] = -1
    index = np.arange(depth.size, dtype=np.int32).reshape(depth.shape)
    best, uphill = smooth.copy(), index.copy()
    padded, numbers = np.pad(smooth, 1, constant_values=-2), np.pad(index, 1)
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):  # four, so that nothing slips through a diagonal line
        beside = np.s_[1 + down : height + 1 + down, 1 + right : width + 1 + right]
        higher = (padded[beside] > best) | ((padded[beside] == best) & (numbers[beside] > uphill))
        np.copyto(best, padded[beside], where=higher)
        np.copyto(uphill, numbers[beside], where=higher)
    return _tops(uphill.reshape(-1), open_, depth)


def _tops(uphill: NDArray[np.int32], open_: Mask, depth: Float) -> tuple[Labels, Float]:
    """Follows each open pixel's way uphill (h * w,), changed in place, by doubling the steps."""
    pixels = np.flatnonzero(open_.reshape(-1))
    top = uphill[pixels]
    while True:
        farther = uphill[top]
        if np.array_equal(farther, top):
            break
        uphill[pixels] = top = farther
    tops = pixels[top == pixels]
    number = np.zeros(depth.size, np.int32)
    number[tops] = np.arange(1, len(tops) + 1)
    labels = np.zeros(depth.shape, np.int32)
    labels.reshape(-1)[pixels] = number[top]
    return labels, np.append(np.float32(0), depth.reshape(-1)[tops])


def joined(
    labels: Labels, half_widths: Float, first: Index, second: Index, half_width: Float, shares: NDArray[np.float64]
) -> tuple[Labels, Float]:
    """Labels and half-widths with those cells joined whose passage has at least its share (n,) of the narrower one's half-width, the
    widest passages first."""
    parent, widest = list(range(len(half_widths))), half_widths.tolist()

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = cell = parent[parent[cell]]
        return cell

    for edge in np.argsort(-half_width, kind="stable").tolist():
        a, b = root(int(first[edge])), root(int(second[edge]))
        if a != b and half_width[edge] >= shares[edge] * min(widest[a], widest[b]):
            wide, narrow = (a, b) if widest[a] >= widest[b] else (b, a)
            parent[narrow] = wide
    kept, renamed = np.unique([root(cell) for cell in range(len(parent))], return_inverse=True)
    return renamed.astype(np.int32)[labels], half_widths[kept]


def sides(open_: Mask, nearest: NDArray[np.int32], place: Index, half_width: Float) -> tuple[Float, Float, Float]:
    """openness, offset and facing (n, 2) of the ink at both sides of passages; see `Passages`."""
    height, width = open_.shape
    row, column = np.divmod(place, width)
    near = np.divmod(nearest[row, column].astype(np.int64), width)
    down, right = row - near[0], column - near[1]
    length = np.maximum(np.hypot(down, right), 1e-6)
    step = np.maximum(1.5, 0.35 * half_width)  # beyond the middle lies what is nearest to the other side
    beyond = (
        np.clip(np.rint(at + way / length * step), 0, most - 1).astype(np.int64)
        for at, way, most in ((row, down, height), (column, right, width))
    )
    far = np.divmod(nearest[tuple(beyond)].astype(np.int64), width)
    ink = (~open_).astype(np.float64)
    sums = [cv2.integral(each) for each in (ink, ink * np.arange(height)[:, None], ink * np.arange(width))]
    half = np.clip(np.rint(half_width), LEAST, MOST).astype(np.int64)
    openness, offset, facing = (np.empty((len(place), 2), np.float32) for _ in range(3))
    for side, (here, there) in enumerate(((near, far), (far, near))):
        top, bottom = np.clip(here[0] - half, 0, height), np.clip(here[0] + half + 1, 0, height)
        left, end = np.clip(here[1] - half, 0, width), np.clip(here[1] + half + 1, 0, width)
        total, rows, columns = (
            each[bottom, end] - each[top, end] - each[bottom, left] + each[top, left] for each in sums
        )
        dy, dx = rows / np.maximum(total, 1) - here[0], columns / np.maximum(total, 1) - here[1]
        across = np.hypot(there[0] - here[0], there[1] - here[1])
        away = np.hypot(dy, dx)
        openness[:, side] = 1 - total / np.maximum((bottom - top) * (end - left), 1)
        offset[:, side] = away / half
        facing[:, side] = -(dy * (there[0] - here[0]) + dx * (there[1] - here[1])) / np.maximum(away * across, 1e-6)
    return openness, offset, facing
