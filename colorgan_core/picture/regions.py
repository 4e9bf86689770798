"""Regions of line art: which pixels a painter would fill in one go.

Trapped-ball segmentation (Zhang et al., "Vectorizing cartoon animations", IEEE TVCG 2009): a ball too large for a gap cannot
leave its region. Here a ball of radius r rests where the distance to the nearest ink exceeds r, so each radius costs one
connected-components pass over the same distance map. Afterwards pieces that a mere neck parts are joined again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ..progress import Advance, counted, part, unwatched
from .spread import spread

INK = 0.7  # darker than this share of the paper's brightness is ink
GAP_SHARE = 1 / 32  # of the long side: 8 px at 256; the default width of gaps that are closed ...
GAP_LIMIT = 12  # px; ... and its limit: hair, skirts and skies have wider openings that are meant
RADIUS_STEP = 1.6  # ratio of one ball's radius to the next smaller one's
NECK = 0.7  # of the smaller piece's own half-width: a passage that wide is no gap in a line but part of one shape
STRAIGHT = 2.5  # of a passage's half-width: so far around it edges are smoothed
ROUND = 0.35  # of the narrower side's half-width there, that edges are smoothed by at most: more rounds a shape off
COARSE = 1024  # px, long side in which regions are told apart
BAND = 256  # rows at a time
MIXED = -1  # in place of a number: several regions share a component
SPECK = 6e-5  # of the picture's pixels; smaller open spots join their neighbour (4 px at 256 x 256)


@dataclass(frozen=True)
class Regions:
    """The regions of one picture.

    labels: (h, w) int32 in 0..count-1. Every pixel has one: ink belongs to the nearest region, so colour reaches the line's middle.
    areas: (count,) int64, open (not ink) pixels.
    depth: (h, w) float32, distance to the nearest ink in pixels, 0 on ink.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.int64]
    depth: NDArray[np.float32]

    @property
    def count(self) -> int:
        return len(self.areas)

    @cached_property
    def half_widths(self) -> NDArray[np.float32]:
        """(count,) px: how far from ink each region's innermost pixel lies."""
        widest = np.zeros(self.count, np.float32)
        for rows in _bands(len(self.labels)):
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


def find_regions(lines: NDArray[np.uint8], close_gaps: int | None = None, advance: Advance = unwatched) -> Regions:
    """Segments (h, w) uint8 line art, 255 paper and 0 ink. Deterministic; time and memory in proportion to pixels.

    close_gaps: px, gaps in lines up to that width part regions like a whole line; None: `default_gap`.

    Of large line art the regions are told apart in a smaller copy that keeps every line, and find their edges at full size.
    """
    height, width = lines.shape
    open_ = _open(lines)
    if not open_.any():
        return one_region(height, width)
    gap = default_gap(height, width) if close_gaps is None else close_gaps
    # the smaller copy closes gaps under two of its pixels
    ball, step = gap / 2, min(-(-max(height, width) // COARSE), max(1, int(gap // 2)))
    small = open_ if step == 1 else _shrunk(open_, step)
    labels, count = _told_apart(small, ball / step, part(advance, 0, 0.5 if step == 1 else 0.1))
    if step > 1:
        labels = _carried(labels, open_, 2 * step + 1)
        advance(0.3)
        count = _grow(labels, open_, count, smallest=SPECK * height * width)
    advance(0.5)
    if count == 0:
        return one_region(height, width)
    labels = _nearest(labels)
    labels -= 1
    advance(0.7)
    depth = _depth(open_)
    advance(0.8)
    _straighten(labels, depth, count)
    advance(1)
    return Regions(labels, _areas(labels, open_, count), depth)


def default_gap(height: int, width: int) -> float:
    """px, the width of gaps that are closed in line art of height x width if no other width is given."""
    return min(GAP_SHARE * max(height, width), GAP_LIMIT)


def regions_of(labels: NDArray[np.int32], lines: NDArray[np.uint8]) -> Regions:
    """The regions of line art (h, w) whose labels (h, w), from 0 on, are known."""
    open_ = _open(lines)
    return Regions(labels, _areas(labels, open_, int(labels.max()) + 1), _depth(open_))


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
    return Regions(names.astype(np.int32)[regions.labels], areas, regions.depth)


def straightened(regions: Regions, fixed: NDArray[np.bool_]) -> Regions:
    """The same with smooth edges in the open. fixed: (h, w) bool, stays as it is."""
    labels = regions.labels.copy()
    _straighten(labels, regions.depth, regions.count, fixed)
    return Regions(labels, _areas(labels, (regions.depth > 0).astype(np.uint8), regions.count), regions.depth)


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
            labels[box][mine] = _nearest(names[pieces])[mine] - 1
    return Regions(labels, _areas(labels, after.astype(np.uint8), count), _depth(after.astype(np.uint8)))


def _open(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where there is no ink, measured against the paper's tone."""
    height, width = lines.shape
    paper = float(np.percentile(lines[:: max(1, height // 256), :: max(1, width // 256)], 90))
    return (lines > INK * paper).astype(np.uint8)


def _areas(labels: NDArray[np.int32], open_: NDArray[np.uint8], count: int) -> NDArray[np.int64]:
    areas = np.zeros(count + 1, np.int64)
    for rows in _bands(len(labels)):
        there = ((labels[rows] + 1) * open_[rows]).reshape(-1)
        starts = _runs(there)
        areas += np.bincount(there[starts], np.diff(starts, append=len(there)), count + 1).astype(np.int64)
    return areas[1:]


def _runs(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each run of the same value begins in values (n,)."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1]))


def _depth(open_: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Distance of every pixel to the nearest ink; 1 everywhere where there is none."""
    if open_.all():
        return np.ones(open_.shape, np.float32)
    return np.asarray(cv2.distanceTransform(open_, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _told_apart(open_: NDArray[np.uint8], ball: float, advance: Advance) -> tuple[NDArray[np.int32], int]:
    """Labels 1.. of open pixels, 0 on ink and in specks, and how many there are. ball: radius in px of the largest ball."""
    height, width = open_.shape
    depth = _depth(open_)
    labels = np.zeros((height, width), np.int32)
    count = 0
    for radius in counted(list(radii(ball)), advance):
        smallest = 1 if radius else SPECK * height * width
        count = _grow(labels, (depth > radius).astype(np.uint8), count, smallest)
    labels = _joined(labels, depth, count)
    return labels, int(labels.max())


def _shrunk(open_: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """A `step`th of the size; a pixel is open where all that it stands for is, so that no line is lost."""
    size = (-(-open_.shape[1] // step), -(-open_.shape[0] // step))
    share = cv2.resize(open_ * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    return np.asarray(share == 255, np.uint8)


def _carried(labels: NDArray[np.int32], open_: NDArray[np.uint8], reach: int) -> NDArray[np.int32]:
    """Labels of a smaller copy at the size of `open_`, grown by `reach` px over open pixels, never across ink."""
    height, width = open_.shape
    large = np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
    large *= open_
    spread(large, open_ > 0, reach)
    return large


def _joined(labels: NDArray[np.int32], depth: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """Joins pieces whose widest passage is at least NECK of the half-width of the smaller one, the widest passages first."""
    first, second, passage, _ = passages(labels, depth, count + 1)
    width = np.zeros(count + 1, np.float32)
    np.maximum.at(width, labels.reshape(-1), depth.reshape(-1))
    parent = np.arange(count + 1)

    def root(piece: int) -> int:
        while parent[piece] != piece:
            parent[piece] = piece = parent[parent[piece]]
        return piece

    for edge in np.argsort(-passage, kind="stable"):
        a, b = root(first[edge]), root(second[edge])
        if a != b and a and b and passage[edge] >= NECK * min(width[a], width[b]):
            wide, narrow = (a, b) if width[a] >= width[b] else (b, a)
            parent[narrow] = wide
    _, renamed = np.unique([root(piece) for piece in range(count + 1)], return_inverse=True)
    return renamed.astype(np.int32)[labels]


def _straighten(
    labels: NDArray[np.int32], depth: NDArray[np.float32], count: int, fixed: NDArray[np.bool_] | None = None
) -> None:
    """Smooths the edges that regions share in the open, changed in place: balls leave steps there, a painter would draw one stroke."""
    for a, b, half, place in zip(*passages(labels, depth, count), strict=True):
        row, column = divmod(int(place), labels.shape[1])
        reach = int(STRAIGHT * half) + 2
        box = np.s_[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
        patch, open_ = labels[box], depth[box] > 0
        first, second = patch == a, patch == b
        # only where the two meet in the open: their thin parts behind ink stay as they are
        edge = np.ones(patch.shape, np.uint8)
        for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
            meet = (first[here] & second[there]) | (second[here] & first[there])
            edge[here][meet & open_[here] & open_[there]] = 0
        widths = (
            cv2.distanceTransform(m.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3).max() for m in (first, second)
        )
        sigma = min(float(half), ROUND * float(min(widths)))
        if sigma < 1:  # no pixel would change
            continue
        near = cv2.distanceTransform(edge, cv2.DIST_L2, cv2.DIST_MASK_3) <= sigma
        near &= first | second
        if fixed is not None:
            near &= ~fixed[box]
        patch[near] = np.where(_soft(first, sigma) > _soft(second, sigma), a, b)[near]


def _soft(mask: NDArray[np.bool_], sigma: float) -> NDArray[np.float32]:
    """(h, w) a mask blurred by `sigma` px; wide blurs are made in a smaller copy."""
    height, width = mask.shape
    step = max(1, int(sigma / 6))
    small = cv2.resize(mask.astype(np.float32), (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / step)
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


def set_pixels(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of what is set in a mask (h, w): as np.nonzero, in a tenth of the time where that is little."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def radii(largest: float) -> list[float]:
    """Ball radii from the largest to about a pixel, then 0: all that is open."""
    radii = []
    while largest > 0.9:
        radii.append(largest)
        largest /= RADIUS_STEP
    return [*radii, 0.0]


def _bands(height: int) -> list[slice]:
    """Rows in portions, so that temporary arrays stay small at any height."""
    return [slice(top, top + BAND) for top in range(0, height, BAND)]


def _grow(labels: NDArray[np.int32], core: NDArray[np.uint8], count: int, smallest: float) -> int:
    """Extends `labels` (1-based, 0 unassigned and outside the core, changed in place) over `core`; returns the new number of regions.

    A component of the core that meets no region yet becomes one, a component that meets one region belongs to it, and one
    that meets several (a gap that larger balls could not pass) is shared out by nearness inside the component.
    """
    found, components, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    at = _run_starts(labels)
    here, known = components.reshape(-1)[at], labels.reshape(-1)[at]
    owner = np.zeros(found, np.int32)
    owner[here] = known
    mixed = np.zeros(found, bool)
    mixed[here[known != owner[here]]] = True
    fresh = (owner == 0) & (stats[:, cv2.CC_STAT_AREA] >= smallest)
    fresh[0] = False
    owner[fresh] = count + 1 + np.arange(int(fresh.sum()))
    owner[mixed] = MIXED
    shared = np.zeros(labels.shape, bool)
    for rows in _bands(len(labels)):
        new = np.take(owner, np.asarray(components[rows], np.int32), mode="clip")
        if mixed.any():
            several = new == MIXED
            shared[rows] = several & (labels[rows] == 0)
            np.copyto(new, labels[rows], where=several)
        labels[rows] = new
    del components  # a large picture has no room for it beside what follows
    if mixed.any():
        spread(labels, shared)
    return count + int(fresh.sum())


def _run_starts(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each horizontal run of a label other than 0 begins, as indices into the flattened picture: a pixel of everything that hangs
    together."""
    starts = np.empty(labels.shape, bool)
    starts[:, :1] = labels[:, :1] > 0
    for rows in _bands(len(labels)):
        band = labels[rows]
        starts[rows, 1:] = (band[:, 1:] != band[:, :-1]) & (band[:, 1:] > 0)
    return np.flatnonzero(starts)


def _nearest(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Gives each pixel with label 0 the label of the nearest labelled pixel."""
    missing = (labels == 0).astype(np.uint8)
    if not missing.any():
        return np.array(labels)
    _, source = cv2.distanceTransformWithLabels(missing, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL)
    # only pixels beside missing ones, as far as the mask's steps of 5 x 5 go, can be the nearest to any
    rim = np.flatnonzero((cv2.dilate(missing, np.ones((5, 5), np.uint8)) > missing).reshape(-1))
    gaps = np.flatnonzero(missing)
    table = np.zeros(int(source.max()) + 1, np.int32)
    filled, source = labels.reshape(-1).copy(), source.reshape(-1)
    table[source[rim]] = filled[rim]
    filled[gaps] = table[source[gaps]]
    return np.asarray(filled.reshape(labels.shape), np.int32)
