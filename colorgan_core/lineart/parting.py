"""Surfaces parted between strokes: a merge tree over cells that grows from the strokes.

Cells are joined where it is least likely that two surfaces meet, but never two strokes': a minimum spanning forest rooted in the
strokes (Cousty et al., "Watershed cuts", IEEE TPAMI 2009). Where several strokes lie in one cell, they share it by a watershed of
the distance to ink (Meyer, "Color image segmentation", 1992).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..picture.spread import spread
from .cells import Cells, find_cells, meeting_logits
from .regions import Regions

COARSE = 1024  # px, long side of the copy
STEP = 1.6  # ratio of one level of the watershed to the next; strokes within it count as equally deep

Labels = NDArray[np.int32]
Index = NDArray[np.int64]
Pixels = tuple[Index, Index]  # rows and columns


def shares_of(regions: Regions, step: int, at: Pixels, number: Index) -> Labels:
    """Which stroke each place belongs to, in a copy of a `step`th of the size, 0 outside of regions that have none.

    at, number: (n,) pixels of strokes and their numbers from 1 on, each in one region; 0 for pixels that do not count.
    """
    shape = tuple(-(-side // step) for side in regions.labels.shape)
    labels = np.asarray(cv2.resize(regions.labels, shape[::-1], interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
    cells = (
        regions.cells if regions.cells is not None and regions.cells.labels.shape == shape else cells_of(regions, step)
    )
    counted = number > 0
    rows, columns = at[0][counted] // step, at[1][counted] // step
    # a stroke between two pixels of the copy may fall to the region beside it: only its own counts
    own = labels[rows, columns] == regions.labels[at[0][counted], at[1][counted]]
    rows, columns, stroke = rows[own], columns[own], number[counted][own]
    shares = np.zeros(shape, np.int32)
    shares[rows, columns] = stroke
    involved = np.zeros(regions.count, bool)
    involved[labels[rows, columns]] = True
    inside = involved[labels]
    nodes, count = _nodes(labels, cells, inside)
    seeds = np.unique(nodes[rows, columns].astype(np.int64) << 32 | stroke)
    seeds = seeds[seeds >> 32 > 0]
    several = np.bincount(seeds >> 32, minlength=count + 1) > 1
    _flood(shares, nodes, several, cells.depth)
    owner = _forest(nodes, several, shares, cells, seeds)
    free = (nodes > 0) & ~several[nodes]
    shares[free] = owner[nodes[free]]
    spread(shares, inside, within=labels)  # over the ink, too
    return shares


def cells_of(regions: Regions, step: int | None = None) -> Cells:
    """The cells of regions whose own are not known, in a copy of a `step`th of the size; by default of at most COARSE px."""
    step = step or -(-max(regions.labels.shape) // COARSE)
    shape = tuple(-(-side // step) for side in regions.labels.shape)
    open_ = (regions.depth > 0).astype(np.uint8) * np.uint8(255)
    return find_cells(cv2.resize(open_, shape[::-1], interpolation=cv2.INTER_AREA) == 255)


def _nodes(labels: Labels, cells: Cells, inside: NDArray[np.bool_]) -> tuple[Labels, int]:
    """(h, w) numbers from 1 on of what lies in one cell and one region, 0 elsewhere, and the largest."""
    place = np.flatnonzero(inside & (cells.labels > 0))
    key = labels.reshape(-1)[place].astype(np.int64) * (cells.count + 1) + cells.labels.reshape(-1)[place]
    found, number = np.unique(key, return_inverse=True)
    nodes = np.zeros(labels.shape, np.int32)
    nodes.reshape(-1)[place] = number + 1
    return nodes, len(found)


def _flood(shares: Labels, nodes: Labels, several: NDArray[np.bool_], depth: NDArray[np.float32]) -> None:
    """Shares out the nodes of `several` strokes, changed in place, from the deepest stroke's depth down."""
    if not several.any():
        return
    start = np.zeros(len(several), np.float32)
    np.maximum.at(start, nodes[shares > 0], depth[shares > 0] / np.float32(STEP))
    level, allowed = depth / np.maximum(start, np.float32(0.5))[nodes], several[nodes]
    share = 1.0
    while share * start[several].max() > 1:
        spread(shares, allowed & (level >= share), within=nodes)
        share /= STEP
    spread(shares, allowed, within=nodes)


def _forest(nodes: Labels, several: NDArray[np.bool_], shares: Labels, cells: Cells, seeds: Index) -> Labels:
    """(count + 1,) the stroke that each node belongs to, 0 where no passage leads to any. seeds: node << 32 | stroke that lies in it."""
    count = len(several) - 1
    first, second = _ends(nodes, several, shares, cells)
    passed = (first > 0) & (second > 0)
    logits = meeting_logits(cells)
    root = list(range(count + 1 + int((seeds & 0xFFFFFFFF).max(initial=0))))  # after the nodes the strokes themselves
    rooted = [False] * (count + 1) + [True] * (len(root) - count - 1)

    def find(unit: int) -> int:
        while root[unit] != unit:
            root[unit] = unit = root[root[unit]]
        return unit

    for seed in seeds.tolist():
        if not several[seed >> 32]:
            root[seed >> 32] = count + (seed & 0xFFFFFFFF)
    for edge in np.argsort(logits, kind="stable").tolist():
        if passed[edge]:
            a, b = find(int(first[edge])), find(int(second[edge]))
            if a != b and not (rooted[a] and rooted[b]):
                root[b if rooted[a] else a] = a if rooted[a] else b
    owners = np.array([find(node) for node in range(count + 1)])
    return np.where(owners > count, owners - count, 0).astype(np.int32)


def _ends(nodes: Labels, several: NDArray[np.bool_], shares: Labels, cells: Cells) -> tuple[Index, Index]:
    """(n,) the nodes at both sides of each passage, or the strokes there where several share a node, numbered after the nodes; 0: none."""
    width = nodes.shape[1]
    here = cells.passages.place
    other = np.where(
        cells.labels.reshape(-1)[here] == cells.passages.first, cells.passages.second, cells.passages.first
    )
    beside = np.minimum(here + 1, nodes.size - 1)
    below = np.minimum(here + width, nodes.size - 1)
    there = np.where((cells.labels.reshape(-1)[beside] == other) & ((here + 1) % width > 0), beside, below)

    def unit(place: Index) -> Index:
        node, share = nodes.reshape(-1)[place].astype(np.int64), shares.reshape(-1)[place]
        return np.where(several[node], np.where(share > 0, len(several) - 1 + share, 0), node)

    return unit(here), unit(there)
