"""Regions of line art: which pixels get one colour, and how strokes join and part them. lineart/surfaces.py finds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .cells import Cells

INK = 0.7  # darker than this share of the paper's brightness is ink
STRAIGHT = 2.5  # of a passage's half-width: so far around it edges are smoothed
ROUND = 0.35  # of the narrower side's half-width there, that edges are smoothed by at most: more rounds a shape off
COARSE = 1024  # px, long side of the copy in which surfaces are told apart and strokes part them
BAND = 256  # rows at a time
LARGEST = 4096  # px, long side of what is measured at full size
NEAR = 2**23  # pixels in which nearest labels are looked for at a time
MARGIN = 64  # px beyond them to begin with; black areas are deeper
SPECK = 6e-5  # of the picture's pixels; smaller open spots join their neighbour (4 px at 256 x 256)


@dataclass(frozen=True)
class Regions:
    """The regions of one picture.

    labels: (h, w) int32 in 0..count-1. Every pixel has one: ink belongs to the nearest region, so colour reaches the line's middle.
    areas: (count,) int64, open (not ink) pixels.
    depth: (h, w) float32, distance to the nearest ink in pixels, 0 on ink.
    cells: what they were made of, in a smaller copy of large pictures; None: not known.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.int64]
    depth: NDArray[np.float32]
    cells: Cells | None = None

    @property
    def count(self) -> int:
        return len(self.areas)

    @cached_property
    def half_widths(self) -> NDArray[np.float32]:
        """(count,) px: how far from ink each region's innermost pixel lies."""
        widest = np.zeros(self.count, np.float32)
        for rows in bands(len(self.labels)):
            label, depth = self.labels[rows].reshape(-1), self.depth[rows].reshape(-1)
            starts = _runs(label)
            np.maximum.at(widest, label[starts], np.maximum.reduceat(depth, starts))
        return widest


def one_region(height: int, width: int) -> Regions:
    """What pictures without line art have: a single region that is open everywhere."""
    return Regions(
        labels=np.zeros((height, width), np.int32),
        areas=np.array([height * width], np.int64),
        depth=np.full((height, width), 1.0, np.float32),
    )


def regions_of(labels: NDArray[np.int32], lines: NDArray[np.uint8]) -> Regions:
    """The regions of line art (h, w) whose labels (h, w), from 0 on, are known."""
    open_ = open_pixels(lines)
    return Regions(labels, areas_of(labels, open_, int(labels.max()) + 1), depth_of(open_))


def merged(regions: Regions, strokes: NDArray[np.bool_]) -> Regions:
    """Regions joined by strokes (h, w): all that one connected stroke touches become one, numbered anew in the old order."""
    _, stroke = cv2.connectedComponents(strokes.astype(np.uint8), connectivity=8)
    touched = strokes & (regions.depth > 0)
    pairs = np.unique(np.stack([stroke[touched], regions.labels[touched]], 1), axis=0)
    root = np.arange(regions.count)
    for number in np.unique(pairs[:, 0]):
        roots = root[pairs[pairs[:, 0] == number, 1]]
        root[np.isin(root, roots)] = roots.min()
    kept, names = np.unique(root, return_inverse=True)
    areas = np.bincount(names, regions.areas, len(kept)).astype(np.int64)
    return Regions(names.astype(np.int32)[regions.labels], areas, regions.depth, regions.cells)


def cut(regions: Regions, strokes: NDArray[np.bool_]) -> Regions:
    """Regions parted by strokes (h, w) as by lines: of all that hung together, the largest piece keeps its number."""
    before = regions.depth > 0
    after = before & ~strokes
    labels, count = regions.labels.copy(), regions.count
    for region in np.unique(regions.labels[strokes & before]):
        left, top, width, height = cv2.boundingRect((regions.labels == region).astype(np.uint8))
        box = np.s_[top : top + height, left : left + width]
        mine = regions.labels[box] == region
        _, whole = cv2.connectedComponents((mine & before[box]).astype(np.uint8), connectivity=4)
        found, pieces, stats, _ = cv2.connectedComponentsWithStats((mine & after[box]).astype(np.uint8), connectivity=4)
        home = np.zeros(found, np.int64)
        home[pieces.reshape(-1)] = whole.reshape(-1)
        names, taken = np.zeros(found, np.int32), {0}
        for piece in np.argsort(-stats[:, cv2.CC_STAT_AREA], kind="stable"):
            if piece and home[piece] not in taken:
                names[piece] = region + 1
                taken.add(int(home[piece]))
            elif piece and stats[piece, cv2.CC_STAT_AREA] >= SPECK * labels.size:
                count += 1
                names[piece] = count
        if names.any():  # else the strokes are all over it
            labels[box][mine] = nearest(names[pieces])[mine] - 1
    return Regions(labels, areas_of(labels, after.astype(np.uint8), count), depth_of(after.astype(np.uint8)))


def open_pixels(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where there is no ink, measured against the paper's tone."""
    height, width = lines.shape
    paper = float(np.percentile(lines[:: max(1, height // 256), :: max(1, width // 256)], 90))
    return (lines > INK * paper).astype(np.uint8)


def areas_of(labels: NDArray[np.int32], open_: NDArray[np.uint8], count: int) -> NDArray[np.int64]:
    areas = np.zeros(count + 1, np.int64)
    for rows in bands(len(labels)):
        there = ((labels[rows] + 1) * open_[rows]).reshape(-1)
        starts = _runs(there)
        areas += np.bincount(there[starts], np.diff(starts, append=len(there)), count + 1).astype(np.int64)
    return areas[1:]


def _runs(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each run of the same value begins in values (n,)."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1]))


def depth_of(open_: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Distance of every pixel to the nearest ink; 1 everywhere where there is none."""
    if open_.all():
        return np.ones(open_.shape, np.float32)
    return np.asarray(cv2.distanceTransform(open_, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def smooth_edges(
    labels: NDArray[np.int32], depth: NDArray[np.float32], count: int, fixed: NDArray[np.bool_] | None = None
) -> None:
    """Smooths the edges that regions share in the open, changed in place: balls leave steps there, a painter would draw one stroke."""
    for a, b, half, place in zip(*passages(labels, depth, count), strict=True):
        row, column = divmod(int(place), labels.shape[1])
        reach = int(STRAIGHT * half) + 2
        box = np.s_[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
        patch = labels[box]
        sigma = min(float(half), ROUND * min(_half_width(patch == a), _half_width(patch == b)))
        if sigma < 1:  # no pixel would change
            continue
        rows, columns = _near_edge(patch, depth[box], (int(a), int(b)), sigma)
        if fixed is not None:
            free = ~fixed[box][rows, columns]
            rows, columns = rows[free], columns[free]
        soft = _soft(patch == a, sigma)[rows, columns]  # a box may be as large as the picture
        patch[rows, columns] = np.where(soft > _soft(patch == b, sigma)[rows, columns], a, b)


def _half_width(mask: NDArray[np.bool_]) -> float:
    """px, how far the innermost pixel of a mask (h, w) lies from what is outside of it; of large masks in a smaller copy."""
    step = -(-max(mask.shape) // LARGEST)
    small = np.ascontiguousarray(mask[::step, ::step]).view(np.uint8)
    return float(step * cv2.distanceTransform(small, cv2.DIST_L2, cv2.DIST_MASK_3).max())


def _near_edge(
    patch: NDArray[np.int32], depth: NDArray[np.float32], pair: tuple[int, int], reach: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pixels of two labels at most `reach` px from where these meet in the open: their thin parts behind ink
    stay as they are."""
    found = []
    for rows in bands(len(patch)):
        label, open_ = patch[rows.start : rows.stop + 1], depth[rows.start : rows.stop + 1] > 0
        first, second = label == pair[0], label == pair[1]
        meet = np.zeros((min(BAND, len(label)), label.shape[1]), bool)
        for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
            both = (first[here] & second[there]) | (second[here] & first[there])
            both &= open_[here] & open_[there]
            meet[: len(both), : both.shape[1]] |= both[: len(meet)]
        row, column = set_pixels(meet)
        found.append((row + rows.start, column))
    row, column = (np.concatenate(each) for each in zip(*found, strict=True))
    if not len(row):
        return row, column
    margin = int(reach) + 2
    top, left = max(int(row.min()) - margin, 0), max(int(column.min()) - margin, 0)
    label = patch[top : int(row.max()) + margin, left : int(column.max()) + margin]
    edge = np.ones(label.shape, np.uint8)
    edge[row - top, column - left] = 0
    near = cv2.distanceTransform(edge, cv2.DIST_L2, cv2.DIST_MASK_3) <= reach
    near &= (label == pair[0]) | (label == pair[1])
    row, column = set_pixels(near)
    return row + top, column + left


def _soft(mask: NDArray[np.bool_], sigma: float) -> NDArray[np.float32]:
    """(h, w) a mask blurred by `sigma` px; wide blurs are made in a smaller copy."""
    height, width = mask.shape
    step = max(1, int(sigma / 6))
    small = cv2.resize(mask.astype(np.float32), (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / step)
    del small
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def passages(
    labels: NDArray[np.int32], depth: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    """The widest open passage between each two neighbouring regions, (n,) each: their numbers, its half-width in pixels, and where
    it is, as index into the flattened picture."""
    width = labels.shape[1]
    keys, halves, places = [], [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        rows, columns = set_pixels(labels[here] != labels[there])
        half = np.minimum(depth[here][rows, columns], depth[there][rows, columns])
        rows, columns, half = rows[half > 0], columns[half > 0], half[half > 0]
        a, b = labels[here][rows, columns].astype(np.int64), labels[there][rows, columns].astype(np.int64)
        keys.append(np.minimum(a, b) * count + np.maximum(a, b))
        halves.append(half)
        places.append(rows * width + columns)
    key, half, place = np.concatenate(keys), np.concatenate(halves), np.concatenate(places)
    order = np.lexsort((-half, key))
    key, half, place = key[order], half[order], place[order]
    widest = np.append(True, key[1:] != key[:-1])[: len(key)]
    return key[widest] // count, key[widest] % count, half[widest], place[widest]


def coarse_step(shape: tuple[int, ...]) -> int:
    """How many px of a picture (h, w) are one of its copy of COARSE px."""
    return -(-max(shape) // COARSE)


def set_pixels(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of what is set in a mask (h, w): as np.nonzero, in a tenth of the time where that is little."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def bands(height: int) -> list[slice]:
    """Rows in portions, so that temporary arrays stay small at any height."""
    return [slice(top, top + BAND) for top in range(0, height, BAND)]


def nearest(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Gives each pixel with label 0 the label of the nearest labelled pixel."""
    filled = np.array(labels)
    fill_nearest(filled)
    return filled


def fill_nearest(labels: NDArray[np.int32]) -> None:
    """The same, changed in place. labels: (h, w), contiguous."""
    missing = (labels == 0).view(np.uint8)
    if not missing.any():
        return
    height, width = labels.shape
    step = max(BAND, NEAR // width)
    for top in range(0, height, step):
        margin = MARGIN
        while not _fill_rows(labels, missing, top, min(top + step, height), margin):
            margin *= 4


def _fill_rows(labels: NDArray[np.int32], missing: NDArray[np.uint8], top: int, bottom: int, margin: int) -> bool:
    """Fills rows of labels (h, w) where these are missing (h, w); False, and nothing is filled, if `margin` rows above and below are too
    few to find the nearest label."""
    start, end = max(top - margin, 0), min(bottom + margin, len(labels))
    own, there = np.s_[top - start : bottom - start], missing[start:end]
    if not there[own].any():
        return True
    depth, source = cv2.distanceTransformWithLabels(there, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL)
    if (start, end) != (0, len(labels)) and depth[own].max() >= margin:
        return False
    # only pixels beside missing ones, as far as the mask's steps of 5 x 5 go, can be the nearest to any
    rim = np.flatnonzero(cv2.dilate(there, np.ones((5, 5), np.uint8)) > there)
    table = np.zeros(int(source.max()) + 1, np.int32)
    table[source.reshape(-1)[rim]] = labels[start:end].reshape(-1)[rim]
    gaps = there[own] > 0
    labels[top:bottom][gaps] = table[source[own][gaps]]
    return True
