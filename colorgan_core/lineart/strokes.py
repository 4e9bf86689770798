"""Hints read as strokes: which colour each region was given, and regions parted where it was given two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .families import families
from .flood import ink_strokes, region_colors
from .holds import Holds, find_holds
from .parting import shares_of
from .regions import Regions, areas_of, coarse_step, set_pixels, smooth_edges
from .spill import without_spill

CLEAR = 3 / 256  # of the long side: nearer to a line a stroke may have spilt over it ...
CLEAR_SHARE = 0.5  # ... but never more than this share of the region's own half-width
LEAST = 8  # px that a second colour needs there to part a region
PAPER = 240  # of 255; a hint all of whose channels are above it says no more than that paper stays paper
ROWS = 16  # of the copy, at a time
BARE = 2**16 - 1  # among families of colours
SHARE = 0.06  # of all hints there; at 0.15 stripes of six colours became two, at 0.03 what spilt counts

UInt8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Hinted:
    """regions: those given, parted where colours disagree. colors: (count, 3) uint8, read where known: (count,) bool, has a hint.
    bare: (count,) bool, must stay without paint. holds: lines with a colour of their own."""

    regions: Regions
    colors: UInt8
    known: Mask
    bare: Mask
    holds: Holds | None = None


def unhinted(regions: Regions) -> Hinted:
    """Nobody said anything."""
    nothing = np.zeros(regions.count, bool)
    return Hinted(regions, np.zeros((regions.count, 3), np.uint8), nothing, nothing)


def read_strokes(regions: Regions, colors: UInt8, mask: Mask, bare: Mask, in_place: bool = False) -> Hinted:
    """What hints say of regions. colors: (h, w, 3) uint8, read where mask (h, w) is set; bare: (h, w) bool strokes of "keep unpainted".
    in_place: whether the labels may be changed, since nobody needs them any more.

    A stroke counts in the regions that it lies in, not in those that it merely touches beside them (spill.py). A region takes its
    commonest hint colour exactly, of the hints that are clear of the lines if it has any. Where several colours, or a colour and bare,
    count in it, each with LEAST pixels and SHARE of the clear hints, it is parted between them (lineart/parting.py). What was drawn along
    a line is the line's.
    """
    holds = find_holds(regions, colors, mask)
    if holds is not None:
        mask = mask & ~holds.strokes
    mask, clear = _trusted(regions, without_spill(regions, mask & ~ink_strokes(regions, colors, mask), colors))
    bare, clear_bare = _trusted(regions, without_spill(regions, bare & ~mask))
    if not mask.any() and not bare.any():
        return replace(unhinted(regions), holds=holds)
    regions = part(regions, colors, clear, clear_bare, mask | bare if bare.any() else mask, in_place)
    colors, known = region_colors(regions, colors, mask)
    return Hinted(regions, colors, known, bare_regions(regions, bare, mask), holds)


def bare_regions(regions: Regions, bare: Mask, mask: Mask) -> Mask:
    """(count,) bool: the regions of which bare strokes (h, w) cover a quarter or LEAST open pixels, and more than hints (h, w) do."""
    hit, others = (_open_pixels(regions, each) for each in (bare, mask))
    return np.asarray(((hit >= LEAST) | ((hit > 0) & (4 * hit >= regions.areas))) & (hit > others))


def _open_pixels(regions: Regions, mask: Mask) -> Index:
    """(count,) how many pixels of a mask (h, w) lie in each region and clear of ink."""
    at = set_pixels(mask)
    return np.bincount(regions.labels[at][regions.depth[at] > 1], minlength=regions.count)


def _trusted(regions: Regions, mask: Mask) -> tuple[Mask, Mask]:
    """Of hints (h, w) those that count, and of these the ones clear of the lines: where a region has some of them, the others may
    be its neighbours' spill."""
    rows, columns = set_pixels(mask)
    label = regions.labels[rows, columns]
    least = np.minimum(CLEAR * max(mask.shape), CLEAR_SHARE * regions.half_widths) if len(rows) else np.zeros(0)
    clear = regions.depth[rows, columns] > least[label]
    counts = clear | (np.bincount(label[clear], minlength=regions.count) < LEAST)[label]
    counting, clear_mask = np.zeros_like(mask), np.zeros_like(mask)
    counting[rows, columns], clear_mask[rows, columns] = counts, clear
    return counting, clear_mask


def part(regions: Regions, colors: UInt8, mask: Mask, bare: Mask, fixed: Mask, in_place: bool = False) -> Regions:
    """Regions in which several colours count, or colours and bare, parted; the part with the lowest colour number keeps the region's own.
    mask, bare: (h, w) strokes that are clear of the lines. fixed: (h, w) pixels that no smooth edge may cross. in_place: whether the
    labels given may be changed."""
    rows, columns = set_pixels(mask | bare if bare.any() else mask)
    if not len(rows):
        return regions
    family = families(colors[rows, columns])
    family[bare[rows, columns]] = BARE
    found, which, pixels = np.unique(
        regions.labels[rows, columns].astype(np.int64) << 16 | family, return_inverse=True, return_counts=True
    )
    owner = found >> 16
    counted = (pixels >= LEAST) & (pixels >= SHARE * np.bincount(owner, pixels, regions.count)[owner])
    counted &= np.bincount(owner[counted], minlength=regions.count)[owner] > 1
    if not counted.any():
        return regions
    number = np.cumsum(counted, dtype=np.int64) * counted  # of the part, 1..; 0 where a stroke does not count
    step = coarse_step(regions.labels.shape)
    parts = shares_of(regions, step, (rows, columns), number[which])
    owner = owner[counted]
    first = np.append(True, owner[1:] != owner[:-1])
    names = np.where(first, owner, regions.count - 1 + np.cumsum(~first)).astype(np.int32)
    labels = regions.labels if in_place else regions.labels.copy()
    for region in np.unique(owner):
        _relabel(labels, int(region), parts, step, {int(p) + 1: int(names[p]) for p in np.flatnonzero(owner == region)})
    count = int(names.max()) + 1
    smooth_edges(labels, regions.depth, count, fixed)
    return Regions(labels, areas_of(labels, (regions.depth > 0).view(np.uint8), count), regions.depth, regions.cells)


def _relabel(
    labels: NDArray[np.int32], region: int, parts: NDArray[np.int32], step: int, names: dict[int, int]
) -> None:
    """Writes the parts of one region into labels at full size; between pixels of the smaller copy their edges run straight."""
    left, top, width, height = cv2.boundingRect(np.isin(parts, list(names)).astype(np.uint8))
    left, top = max(left - 1, 0), max(top - 1, 0)
    near = parts[top : top + height + 2, left : left + width + 2]
    number = np.array(list(names.values()), np.int32)
    for start in range(0, len(near), ROWS):
        above = min(start, 1)  # rows beyond the band, of which its edges are interpolated
        band = near[start - above : start + ROWS + 1]
        size = (band.shape[1] * step, band.shape[0] * step)
        share = [cv2.resize((band == part).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) for part in names]
        who = number[np.argmax(share, axis=0)][above * step : (above + ROWS) * step]
        box = labels[(top + start) * step :, left * step : left * step + size[0]][: len(who)]
        inside = box == region
        box[inside] = who[: box.shape[0], : box.shape[1]][inside]
