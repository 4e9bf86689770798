"""Colour holds: lines that hints give a colour of their own."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..picture.spread import spread
from .families import families
from .regions import Regions, set_pixels
from .spill import connected

LIGHT = 130  # of 255: a hint none of whose channels is above may be the ink's own colour, or its soft edge's
ON_LINE = 0.85  # share of a stroke on ink from which on it means the line, not what lies beside it
LEAST = 32  # px of such a stroke: what shorter ones mean is not sure
REACH = 8.0  # half-widths of its line that a stroke's colour runs on
THIN = 0.5  # of that half-width: ink thinner than so is another line
SOFT = 2  # px of a line's soft edge


@dataclass(frozen=True)
class Holds:
    """labels: (h, w) int32, number of each pixel's hold from 1 on, 0 where lines stay as they are. colors: (n, 3) uint8, the holds'.
    strokes: (h, w) bool, the hints that say so."""

    labels: NDArray[np.int32]
    colors: NDArray[np.uint8]
    strokes: NDArray[np.bool_]


def find_holds(regions: Regions, colors: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Holds | None:
    """The lines along which light strokes were drawn, as far as these reach. colors: (h, w, 3) uint8, read where mask (h, w) is set."""
    rows, columns = set_pixels(mask)
    drawn = colors[rows, columns]
    light = drawn.max(1) > LIGHT if len(rows) else np.zeros(0, bool)
    rows, columns, drawn = rows[light], columns[light], drawn[light]
    on_ink = regions.depth[rows, columns] <= 0
    if np.count_nonzero(on_ink) < LEAST:
        return None
    family = families(drawn)
    labels, found = np.zeros(mask.shape, np.int32), list[NDArray[np.uint8]]()
    pieces = connected(rows, columns, mask.shape[1], family)
    for one in np.flatnonzero(np.bincount(family, on_ink) >= LEAST):
        mine = family == one
        at, piece = (rows[mine], columns[mine]), pieces[mine]
        size, inked = np.bincount(piece), np.bincount(piece, on_ink[mine])
        for each in np.flatnonzero((size >= LEAST) & (inked >= ON_LINE * size)):
            found.append(_commonest(drawn[mine][piece == each]))
            labels[at[0][piece == each], at[1][piece == each]] = len(found)
    if not found:
        return None
    strokes, ink = labels > 0, regions.depth <= 0
    near, reach = _own_line(ink, labels, len(found))
    others = len(found) + 1  # strokes on ink that hold theirs against these
    labels[mask & ink & ~strokes] = others
    spread(labels, near, reach)
    spread(labels, regions.depth <= SOFT, reach=SOFT)
    labels[labels == others] = 0
    return Holds(labels, np.stack(found), strokes)


def _own_line(ink: NDArray[np.bool_], labels: NDArray[np.int32], count: int) -> tuple[NDArray[np.bool_], int]:
    """(h, w) the ink that the strokes 1..count in labels (h, w) can reach, each in its own line, and how far the furthest reaches, px."""
    deep = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    near, furthest = np.zeros(ink.shape, np.bool_), 0
    rows, columns = set_pixels(labels > 0)
    stroke = labels[rows, columns]
    for one in range(1, count + 1):
        down, across = rows[stroke == one], columns[stroke == one]
        half = float(deep[down, across].max())
        reach = round(REACH * half)
        box = np.s_[
            max(down.min() - reach, 0) : down.max() + reach, max(across.min() - reach, 0) : across.max() + reach
        ]
        thin = deep[box] <= THIN * half
        to_thick = cv2.distanceTransform(thin.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        near[box] |= ink[box] & (to_thick <= THIN * half)
        furthest = max(furthest, reach)
    return near, furthest


def _commonest(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    found, count = np.unique(colors, axis=0, return_counts=True)
    return np.asarray(found[count.argmax()], np.uint8)
