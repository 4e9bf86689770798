"""Surfaces of line art: what an artist colours in one go, before any hint.

Cells between which hardly any two surfaces meet, by a fitted rule, are one: a merge tree, cut at one level. Every pixel belongs
to a surface, ink to the nearest.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ..picture.spread import spread
from ..progress import Advance, unwatched
from .cells import Cells, find_cells, joined, meeting_logits
from .regions import (
    SPECK,
    Regions,
    areas_of,
    bands,
    coarse_step,
    depth_of,
    fill_nearest,
    one_region,
    open_pixels,
    smooth_edges,
)

# Logit of a passage between two surfaces, by MEETING, from which on they stay apart. At -3, -2.75, -2.5, -2.25, -2 and -1.75 in thirty
# drawings of the tuning part, nothing unhinted painted: .657, .667, .676, .677, .680, .682 right in the mean of 0 to 16 dabs; .95, .94,
# .94, .92, .88, .85 of the paper kept beside hints; spill .041, .043, .066, .072, .073, .077; whole .62, .66, .67, .68, .70, .73.
CUT = -2.5
LEARNT = -1.5  # the same where the network for cells gives the logits
# How much lower both are for passages no wider than `close_gaps`. By MEETING at -3.5, -3 and -2.5, with gaps of 24 px at 1,024, in three
# drawings a condition of the tuning part: 13.3, 15.1 and 15.2 % of the area astray on broken lines at 1.1, 1.0 and 0.9 surfaces for a
# true one, 1.0, 1.0 and 3.8 % in hatching at 3.4, 2.6 and 2.0, none in clean ones at 1.5, 1.4 and 1.3.
SOONER = 0.5
MIXED = -1  # in place of a number: several surfaces share a component

Meet = Callable[[Cells], NDArray[np.float64]]
Labels = NDArray[np.int32]
UInt8 = NDArray[np.uint8]


def find_surfaces(
    lines: UInt8, close_gaps: int | None = None, advance: Advance = unwatched, meet: Meet | None = None
) -> Regions:
    """Surfaces of line art (h, w), 255 paper and 0 ink. Deterministic; time and memory in proportion to pixels.

    close_gaps: px, how wide a passage may be and still count as closed; None: it does not matter. meet: gives each passage its logit that
    two surfaces meet there; None: the fitted rule does.

    Of large line art surfaces are told apart in a smaller copy that keeps every line, and find their edges at full size.
    """
    height, width = lines.shape
    open_ = open_pixels(lines)
    if not open_.any():
        return one_region(height, width)
    step = coarse_step((height, width))
    if close_gaps is not None:  # the copy closes gaps under two of its pixels
        step = min(step, max(1, close_gaps // 2))
    small = open_ if step == 1 else _shrunk(open_, step)
    labels, count, cells = _told_apart(small, None if close_gaps is None else close_gaps / step, meet)
    advance(0.5 if step == 1 else 0.2)
    if step > 1:
        labels = _carried(labels, open_, 2 * step + 1)
        advance(0.3)
        count = _grow(labels, open_, count, smallest=SPECK * height * width)
        advance(0.5)
    if count == 0:
        return one_region(height, width)
    slivers = _number_slivers(labels, open_, count)
    fill_nearest(labels)
    if slivers:
        _join_slivers(labels, open_, lines, count, slivers)
    labels -= 1
    advance(0.7)
    depth = depth_of(open_)
    advance(0.8)
    smooth_edges(labels, depth, count)
    advance(1)
    return Regions(labels, areas_of(labels, open_, count), depth, cells)


def _told_apart(open_: UInt8, closed: float | None, meet: Meet | None) -> tuple[Labels, int, Cells]:
    """Labels 1.. of open pixels, 0 on ink and in specks, how many there are, and the cells that they consist of."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(open_, connectivity=4)
    whole = stats[:, cv2.CC_STAT_AREA] >= SPECK * open_.size
    whole[0] = False
    cells = find_cells(whole[pieces])
    passages = cells.passages
    if meet is None or not len(passages):
        needed = _needed(cells, meeting_logits(cells), CUT, closed)
    else:
        needed = _needed(cells, meet(cells), LEARNT, closed)
    labels, half_widths = joined(
        cells.labels, cells.half_widths, passages.first, passages.second, passages.half_width, needed
    )
    return labels, len(half_widths) - 1, cells


def _needed(cells: Cells, logits: NDArray[np.float64], cut: float, closed: float | None) -> NDArray[np.float64]:
    """(n,) 0 where a passage makes one surface of two cells, elsewhere more than any ratio of half-widths; see `joined`."""
    one = logits < (cut if closed is None else cut - SOONER)
    if closed is not None:
        one |= 2 * cells.passages.half_width > closed
    return np.where(one, 0.0, np.inf)


def _shrunk(open_: UInt8, step: int) -> NDArray[np.uint8]:
    """A `step`th of the size; a pixel is open where all that it stands for is, so that no line is lost."""
    size = (-(-open_.shape[1] // step), -(-open_.shape[0] // step))
    share = cv2.resize(open_ * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    return np.asarray(share == 255, np.uint8)


def _carried(labels: Labels, open_: UInt8, reach: int) -> Labels:
    """Labels of a smaller copy at the size of `open_`, grown by `reach` px over open pixels, never across ink."""
    height, width = open_.shape
    large = np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
    large *= open_
    spread(large, open_ > 0, reach)
    return large


def _grow(labels: Labels, core: NDArray[np.uint8], count: int, smallest: float) -> int:
    """Extends `labels` (1-based, 0 unassigned and outside the core, changed in place) over `core`; returns the new number of regions.

    A component of the core that meets no region yet becomes one, a component that meets one region belongs to it, and one
    that meets several (they touch only at full size) is shared out by nearness inside the component.
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
    for rows in bands(len(labels)):
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


def _number_slivers(labels: Labels, open_: UInt8, count: int) -> int:
    """Numbers what is open and has no label, being too small for a surface, from count + 1 on, in place; returns how many there are."""
    free = np.empty(labels.shape, np.uint8)
    for rows in bands(len(labels)):
        free[rows] = (labels[rows] == 0) & (open_[rows] > 0)
    if not free.any():
        return 0
    found, pieces = cv2.connectedComponents(free, connectivity=4)
    for rows in bands(len(labels)):
        np.copyto(labels[rows], pieces[rows] + count, where=pieces[rows] > 0)
    return found - 1


def _join_slivers(labels: Labels, open_: UInt8, lines: UInt8, count: int, slivers: int) -> None:
    """Gives each sliver, numbered from count + 1 on in labels (h, w) that cover the picture, to what lies across the weakest ink, in
    place: ink weighs by how dark it is midway and how wide."""
    depth = cv2.distanceTransform(1 - open_, cv2.DIST_L2, cv2.DIST_MASK_3)
    pairs, weights = [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        for rows in bands(len(labels[here])):
            first, second = labels[here][rows], labels[there][rows]
            at = np.nonzero((first != second) & (np.maximum(first, second) > count))
            dark, deep = (
                np.maximum(of(plane[here][rows][at]), of(plane[there][rows][at]))
                for plane, of in ((lines, lambda light: 255.0 - light), (depth, np.float64))
            )
            pairs.append(np.sort(np.stack([first[at], second[at]], 1), 1))
            weights.append(dark * deep)
    order = np.argsort(np.concatenate(weights), kind="stable")
    pair = np.concatenate(pairs)[order]
    _, weakest = np.unique(pair, axis=0, return_index=True)  # of each pair the first, where its ink is weakest
    root = list(range(count + 1 + slivers))

    def find(label: int) -> int:
        while root[label] != label:
            root[label] = label = root[root[label]]
        return label

    for first_label, second_label in pair[np.sort(weakest)].tolist():
        a, b = sorted((find(first_label), find(second_label)))
        if b > count:  # the surface, or the other sliver, takes the sliver
            root[b] = a
    owner = np.array([find(label) for label in range(len(root))], np.int32)
    for rows in bands(len(labels)):
        labels[rows] = owner[labels[rows]]


def _run_starts(labels: Labels) -> NDArray[np.int64]:
    """Where each horizontal run of a label other than 0 begins, as indices into the flattened picture: a pixel of everything that hangs
    together."""
    starts = np.empty(labels.shape, bool)
    starts[:, :1] = labels[:, :1] > 0
    for rows in bands(len(labels)):
        band = labels[rows]
        starts[rows, 1:] = (band[:, 1:] != band[:, :-1]) & (band[:, 1:] > 0)
    return np.flatnonzero(starts)
