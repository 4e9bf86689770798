"""Hints read as strokes: which colour each region was given, and regions parted where it was given two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .color import srgb_to_lab
from .flood import ink_strokes, region_colors
from .regions import COARSE, Regions, radii, set_pixels
from .spread import spread

ALIKE = 10.0  # CIE76; colours nearer than that are one stroke's, which may have picked up some of the ink below
CLEAR = 3 / 256  # of the long side: nearer to a line a stroke may have spilt over it ...
CLEAR_SHARE = 0.5  # ... but never more than this share of the region's own half-width
LEAST = 8  # px that a second colour needs there to part a region
PAPER = 240  # of 255; a hint all of whose channels are above it says no more than that paper stays paper
SHARE = 0.06  # of all hints there; at 0.15 stripes of six colours became two, at 0.03 what spilt counts

UInt8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Hinted:
    """regions: those given, parted where colours disagree. colors: (count, 3) uint8, read where known: (count,) bool, has a hint.
    bare: (count,) bool, must stay without paint."""

    regions: Regions
    colors: UInt8
    known: Mask
    bare: Mask


def unhinted(regions: Regions) -> Hinted:
    """Nobody said anything."""
    nothing = np.zeros(regions.count, bool)
    return Hinted(regions, np.zeros((regions.count, 3), np.uint8), nothing, nothing)


def read_strokes(regions: Regions, colors: UInt8, mask: Mask, bare: Mask) -> Hinted:
    """What hints say of regions. colors: (h, w, 3) uint8, read where mask (h, w) is set; bare: (h, w) bool strokes.

    A region takes its commonest hint colour exactly, of the hints that are clear of the lines if it has any. Where several colours
    count in it, each with LEAST pixels and SHARE of the clear hints, it is parted between them: from wide places to narrow ones, so
    that the parts meet at a gap where there is one and midway where there is none. At the picture's edge white has
    what is as wide as where it lies.
    """
    mask, clear = _trusted(regions, mask & ~ink_strokes(regions, colors, mask))
    if mask.any():
        regions = part(regions, colors, clear)
        hinted = Hinted(regions, *region_colors(regions, colors, mask), np.zeros(regions.count, bool))
    else:
        hinted = unhinted(regions)
    return replace(hinted, bare=bare_regions(regions, bare)) if bare.any() else hinted


def bare_regions(regions: Regions, bare: Mask) -> Mask:
    """(count,) bool: the regions of which a bare stroke (h, w) covers a quarter or LEAST open pixels."""
    hit = np.bincount(regions.labels[bare & (regions.depth > 1)], minlength=regions.count)
    return np.asarray((hit >= LEAST) | ((hit > 0) & (4 * hit >= regions.areas)))


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


def part(regions: Regions, colors: UInt8, mask: Mask) -> Regions:
    """Regions in which several colours count, parted; the part with the lowest colour number keeps the region's own. mask: (h, w)
    hints that are clear of the lines."""
    rows, columns = set_pixels(mask)
    if not len(rows):
        return regions
    label = regions.labels[rows, columns]
    key = label.astype(np.int64) << 16 | families(colors[rows, columns])
    found, which, pixels = np.unique(key, return_inverse=True, return_counts=True)
    owner = found >> 16
    counted = (pixels >= LEAST) & (pixels >= SHARE * np.bincount(owner, pixels, regions.count)[owner])
    counted &= np.bincount(owner[counted], minlength=regions.count)[owner] > 1
    if not counted.any():
        return regions
    number = np.cumsum(counted) * counted  # of the part, 1..; 0 where a colour does not count
    step = -(-max(mask.shape) // COARSE)
    white = colors[rows, columns].min(1) > PAPER
    parts = _grown(regions, step, rows, columns, number[which], white)
    owner = owner[counted]
    first = np.append(True, owner[1:] != owner[:-1])
    names = np.where(first, owner, regions.count - 1 + np.cumsum(~first)).astype(np.int32)
    labels = regions.labels.copy()
    for region in np.unique(owner):
        _relabel(labels, int(region), parts, step, {int(p) + 1: int(names[p]) for p in np.flatnonzero(owner == region)})
    areas = np.bincount(labels[regions.depth > 0], minlength=int(names.max(initial=regions.count - 1)) + 1)
    return replace(regions, labels=labels, areas=areas.astype(np.int64))


def families(colors: UInt8) -> NDArray[np.int64]:
    """Numbers (n,) of the colours (n, 3) so that alike ones have the same: the commonest colours gather those within ALIKE."""
    bins, which, count = np.unique(colors >> 3, axis=0, return_inverse=True, return_counts=True)
    lab = srgb_to_lab((bins * 8 + 4)[None].astype(np.uint8))[0]
    family = np.full(len(bins), -1, np.int64)
    heads = 0
    for head in np.argsort(-count, kind="stable"):
        if family[head] < 0:
            near = (np.linalg.norm(lab - lab[head], axis=1) < ALIKE) & (family < 0)
            family[near] = heads
            heads += 1
    return np.asarray(family[which.reshape(-1)], np.int64)


def _grown(
    regions: Regions,
    step: int,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    number: NDArray[np.int64],
    white: Mask,
) -> NDArray[np.int32]:
    """Parts (h / step, w / step) grown from their strokes, 0 outside of regions that are parted."""
    size = (-(-regions.labels.shape[1] // step), -(-regions.labels.shape[0] // step))
    labels = np.asarray(cv2.resize(regions.labels, size, interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
    depth = cv2.resize(regions.depth, size, interpolation=cv2.INTER_AREA) / np.float32(step)
    parts = np.zeros(labels.shape, np.int32)
    seeded = number > 0
    # a stroke between two pixels of the smaller copy may fall to the region beside it: only its own counts
    at = rows[seeded] // step, columns[seeded] // step
    own = labels[at] == regions.labels[rows[seeded], columns[seeded]]
    at, seed, white = (at[0][own], at[1][own]), number[seeded][own], white[seeded][own]
    parts[at] = seed
    # a region's widest places are those as wide as where the strokes lie: a stroke at its rim is not late
    widest = np.zeros(int(number.max()) + 1, np.float32)
    np.maximum.at(widest, seed, depth[at])
    start = np.full(regions.count, np.inf, np.float32)
    np.minimum.at(start, labels[at], widest[seed])
    # but a white one in a region at the picture's edge names what is as wide there paper: an open shape's colour must not run out into it
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    white &= np.isin(labels[at], edge)
    np.maximum.at(start, labels[at][white], depth[at][white])
    inside, level = np.isfinite(start)[labels], depth / np.maximum(start, np.float32(1e-3))[labels]
    largest = float(start[np.isfinite(start)].max(initial=0))
    for radius in radii(largest):
        spread(parts, inside & (depth > 0) & (level >= radius / max(largest, 1e-3)), within=labels)
    spread(parts, inside, within=labels)  # at last over the ink, too
    return parts


def _relabel(
    labels: NDArray[np.int32], region: int, parts: NDArray[np.int32], step: int, names: dict[int, int]
) -> None:
    """Writes the parts of one region into labels at full size; between pixels of the smaller copy their edges run straight."""
    left, top, width, height = cv2.boundingRect(np.isin(parts, list(names)).astype(np.uint8))
    left, top = max(left - 1, 0), max(top - 1, 0)
    near = parts[top : top + height + 2, left : left + width + 2]
    size = (near.shape[1] * step, near.shape[0] * step)
    share = [cv2.resize((near == part).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) for part in names]
    who = np.array(list(names.values()), np.int32)[np.argmax(share, axis=0)]
    box = labels[top * step : top * step + size[1], left * step : left * step + size[0]]
    inside = box == region
    box[inside] = who[: box.shape[0], : box.shape[1]][inside]
