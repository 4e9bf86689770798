"""Hints read as strokes: which colour each region was given, and regions parted where it was given two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .families import families
from .flood import ink_strokes, region_colors
from .holds import Holds, find_holds
from .regions import COARSE, Regions, radii, set_pixels, straightened
from .spill import without_spill
from .spread import spread
from .upsample import shrink_labels

CLEAR = 3 / 256  # of the long side: nearer to a line a stroke may have spilt over it ...
CLEAR_SHARE = 0.5  # ... but never more than this share of the region's own half-width
LEAST = 8  # px that a second colour needs there to part a region
PAPER = 240  # of 255; a hint all of whose channels are above it says no more than that paper stays paper
MEANT = 0.3  # of coverage: a hint above it is meant for a shape; of paper a twentieth is
# Of the coverage where the hint lies, and 0.5 and 0.2 at most: what is above is a shape for sure, below paper.
SHAPE, BLANK = 0.8, 1 / 3
SPILT = 0.1  # share of an open region's hints that may lie on paper by mistake; more are meant for it
PALE, SURE = 0.2, 0.65  # of coverage: paper for sure, and a shape
WHOLE = 0.005  # of the picture, that such a shape has at least
IN_THE_OPEN = 0.35  # of its outline, where no line is, at most
KINDS = 3  # of what an open region holds:
HINTED, BARE, OTHER = range(KINDS)  # the shape that a hint lies in, paper, other shapes
SHARE = 0.06  # of all hints there; at 0.15 stripes of six colours became two, at 0.03 what spilt counts

UInt8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]


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


def read_strokes(regions: Regions, colors: UInt8, mask: Mask, bare: Mask) -> Hinted:
    """What hints say of regions. colors: (h, w, 3) uint8, read where mask (h, w) is set; bare: (h, w) bool strokes.

    A stroke counts in the regions that it lies in, not in those that it merely touches beside them (spill.py). A region takes its
    commonest hint colour exactly, of the hints that are clear of the lines if it has any. Where several colours count in it, each with
    LEAST pixels and SHARE of the clear hints, it is parted between them: from wide places to narrow ones, so that the parts meet at a gap
    where there is one and midway where there is none. At the picture's edge white has what is as wide as where it lies. What was drawn
    along a line is the line's.
    """
    holds = find_holds(regions, colors, mask)
    if holds is not None:
        mask = mask & ~holds.strokes
    mask, clear = _trusted(regions, without_spill(regions, mask & ~ink_strokes(regions, colors, mask), colors))
    if mask.any():
        parted = part(regions, colors, clear)
        regions = straightened(parted, mask) if parted.count > regions.count else regions
        hinted = Hinted(regions, *region_colors(regions, colors, mask), np.zeros(regions.count, bool))
    else:
        hinted = unhinted(regions)
    return replace(hinted, bare=bare_regions(regions, bare) if bare.any() else hinted.bare, holds=holds)


def bare_regions(regions: Regions, bare: Mask) -> Mask:
    """(count,) bool: the regions that a bare stroke (h, w) lies in, and covers a quarter or LEAST open pixels of."""
    hit = np.bincount(regions.labels[without_spill(regions, bare) & (regions.depth > 1)], minlength=regions.count)
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
    return _parted(regions, (rows, columns), which, owner, counted, colors[rows, columns].min(1) > PAPER)[0]


def open_to_paper(hinted: Hinted) -> Mask:
    """(count,) bool: the regions that a hint colours up to the picture's edge, and perhaps paper with them."""
    edge = at_edge(hinted.regions.labels, hinted.regions.count)
    return np.asarray(edge & hinted.known & (hinted.colors.min(1) <= PAPER))


def at_edge(labels: NDArray[np.int32], count: int) -> Mask:
    """(count,) bool: which of the labels (h, w) touch the picture's edge."""
    found = np.zeros(count, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        found[side] = True
    return found


def off_paper(hinted: Hinted, mask: Mask, coverage: NDArray[np.float32]) -> Hinted:
    """Parts open shapes from the paper that they hang together with. mask: (h, w) hints. coverage: of any size, 0..1, how far each place
    is painted if nobody says anything.

    Only where the hint lies on what would be painted: a hint on paper is meant for it. What else would be painted there is a
    shape of its own, without a hint.
    """
    regions = hinted.regions
    labels, count = regions.labels, regions.count
    rows, columns = set_pixels(mask)
    owner = labels[rows, columns]
    height, width = coverage.shape
    there = coverage[rows * height // len(labels), columns * width // labels.shape[1]]
    around = np.bincount(owner, there, count) / np.maximum(np.bincount(owner, minlength=count), 1)
    meant = open_to_paper(hinted) & (around > MEANT)
    near = shrink_labels(labels, height, width)
    meant &= np.bincount(near[coverage < np.minimum(BLANK * around, 0.2)[near]], minlength=count) > 0
    if not meant.any():
        return hinted
    rows, columns, kind = _kinds(regions, (rows, columns), meant, around, coverage)
    which = labels[rows, columns].astype(np.int64) * KINDS + kind
    enough = np.bincount(which, minlength=count * KINDS).reshape(count, KINDS) >= LEAST
    both = enough[:, HINTED] & enough[:, BARE]
    if not both.any():
        return hinted
    counted, each = (enough & both[:, None]).reshape(-1), np.repeat(np.arange(count), KINDS)
    parted, origin = _parted(regions, (rows, columns), which, each, counted, kind == BARE)
    parted = straightened(parted, mask)
    votes = np.zeros((parted.count, KINDS), np.int64)
    np.add.at(votes, (parted.labels[rows, columns], kind), 1)
    new, most = both[origin], votes.argmax(1)
    known, bare = (
        np.where(new, most == value, before[origin]) for value, before in ((HINTED, hinted.known), (BARE, hinted.bare))
    )
    return Hinted(parted, hinted.colors[origin], known, bare, hinted.holds)


def shapes_on_paper(hinted: Hinted, mask: Mask, coverage: NDArray[np.float32]) -> Hinted:
    """Parts open shapes that nobody coloured from the paper that they hang together with. mask: (h, w) hints. coverage: of any size, 0..1,
    how far each place is painted if nobody says anything. What a hint lies in is no such shape, nor what hardly any line bounds."""
    regions = hinted.regions
    meant = at_edge(regions.labels, regions.count) & ~hinted.bare
    meant &= ~hinted.known | (hinted.colors.min(1) > PAPER)
    step, labels, inside, seen = _from_afar(regions, meant, coverage)
    number, pieces = cv2.connectedComponents((inside & (seen < PALE)).astype(np.uint8), connectivity=4)
    paper = (at_edge(np.asarray(pieces, np.int32), number) & (np.arange(number) > 0))[pieces]
    number, shapes, stats, _ = cv2.connectedComponentsWithStats(
        (inside & (seen > SURE)).astype(np.uint8), connectivity=4
    )
    whole = stats[:, cv2.CC_STAT_AREA] >= WHOLE * labels.size
    whole[shapes[_in_steps(set_pixels(mask), step, labels.shape)]] = False
    whole[0] = False
    if not whole.any() or not paper.any():
        return hinted
    rows, columns = set_pixels(paper | whole[shapes])
    kind = np.where(paper[rows, columns], 0, shapes[rows, columns])
    key, which = np.unique(labels[rows, columns].astype(np.int64) * number + kind, return_inverse=True)
    owner, kinds = key // number, key % number
    on_paper, in_shapes = (np.bincount(owner, which_kind, regions.count) > 0 for which_kind in (kinds == 0, kinds > 0))
    counted = (on_paper & in_shapes)[owner]
    parted, origin = _parted(
        regions, _middles((rows, columns), step, regions.labels.shape), which, owner, counted, kind == 0
    )
    if parted.count > regions.count:
        parted, origin = _rejoined(straightened(parted, mask), origin, regions.count)
    if parted.count == regions.count:
        return hinted
    new = np.arange(parted.count) >= regions.count  # the first of each, paper, keeps its number
    return replace(
        hinted,
        regions=parted,
        colors=hinted.colors[origin],
        known=hinted.known[origin] & ~new,
        bare=hinted.bare[origin],
    )


def _kinds(
    regions: Regions, strokes: tuple[NDArray[np.int64], NDArray[np.int64]], meant: Mask, around: NDArray[np.float64],
    coverage: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """What some pixels of the `meant` (count,) regions are for sure: rows, columns and kinds (n,). strokes: rows and columns of the hints;
    around: (count,) coverage where they lie."""
    step, labels, inside, seen = _from_afar(regions, meant, coverage)
    at = _in_steps(strokes, step, labels.shape)
    shape = inside & (seen > np.minimum(SHAPE * around, 0.5)[labels])
    blank = inside & (seen < np.minimum(BLANK * around, 0.2)[labels])
    number, pieces = cv2.connectedComponents(blank.astype(np.uint8), connectivity=4)
    own = meant[regions.labels[strokes]]
    paper = at_edge(np.asarray(pieces, np.int32), number)  # not what G merely overlooks inside a shape
    paper &= np.bincount(pieces[at][own], minlength=number) < SPILT * own.sum()
    blank &= paper[pieces]
    number, shapes = cv2.connectedComponents(shape.astype(np.uint8), connectivity=4)
    hit = np.zeros(number, bool)
    hit[shapes[at]] = True
    rows, columns = set_pixels(blank | shape)
    kind = np.where(blank, BARE, np.where(hit[shapes], HINTED, OTHER))[rows, columns]
    return *_middles((rows, columns), step, regions.labels.shape), kind


def _from_afar(
    regions: Regions, meant: Mask, coverage: NDArray[np.float32]
) -> tuple[int, NDArray[np.int32], Mask, NDArray[np.float32]]:
    """As close as a region is looked at to part it: every how many pixels, and there the labels, which are open and of the `meant`
    (count,) regions, and the coverage."""
    step = -(-max(regions.labels.shape) // COARSE)
    height, width = regions.labels.shape
    middles = np.s_[min(step // 2, height - 1) :: step, min(step // 2, width - 1) :: step]
    labels = regions.labels[middles]
    seen = np.asarray(cv2.resize(coverage, labels.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    return step, labels, meant[labels] & (regions.depth[middles] > 0), seen


def _middles(
    at: tuple[NDArray[np.int64], NDArray[np.int64]], step: int, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels that `_from_afar` looked at; a picture thinner than a step has one row or column of them."""
    return np.minimum(at[0] * step + step // 2, shape[0] - 1), np.minimum(at[1] * step + step // 2, shape[1] - 1)


def _in_steps(
    at: tuple[NDArray[np.int64], NDArray[np.int64]], step: int, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pixels' rows and columns in what has only every step-th of them."""
    return np.minimum(at[0] // step, shape[0] - 1), np.minimum(at[1] // step, shape[1] - 1)


def _parted(
    regions: Regions, at: tuple[NDArray[np.int64], NDArray[np.int64]], which: NDArray[np.int64],
    owner: NDArray[np.int64], counted: Mask, white: Mask,
) -> tuple[Regions, NDArray[np.int64]]:  # fmt: skip
    """Regions parted by strokes, and the region (count,) that each was: `at` (n,), each of the stroke `which` (n,), 0..m-1, that lies in
    the region `owner` (m,) and parts it where `counted` (m,); the first one keeps the region's number. white: (n,) bool."""
    if not counted.any():
        return regions, np.arange(regions.count)
    rows, columns = at
    number = np.cumsum(counted, dtype=np.int64) * counted  # of the part, 1..; 0 where a stroke does not count
    step = -(-max(regions.labels.shape) // COARSE)
    parts = _grown(regions, step, rows, columns, number[which], white)
    owner = owner[counted]
    first = np.append(True, owner[1:] != owner[:-1])
    names = np.where(first, owner, regions.count - 1 + np.cumsum(~first)).astype(np.int32)
    labels = regions.labels.copy()
    for region in np.unique(owner):
        _relabel(labels, int(region), parts, step, {int(p) + 1: int(names[p]) for p in np.flatnonzero(owner == region)})
    areas = np.bincount(labels[regions.depth > 0], minlength=int(names.max(initial=regions.count - 1)) + 1)
    origin = np.arange(len(areas))
    origin[names] = owner
    return replace(regions, labels=labels, areas=areas.astype(np.int64)), origin


def _rejoined(regions: Regions, origin: NDArray[np.int64], first: int) -> tuple[Regions, NDArray[np.int64]]:
    """Of the parts from number `first` on, those that lie mostly in the open belong again to their `origin` (count,)."""
    labels, ink = regions.labels, regions.depth <= 0
    outline, in_open = np.zeros(regions.count), np.zeros(regions.count)
    for here, there in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        at = labels[here] != labels[there]
        free = ~(ink[here] | ink[there])[at]
        for side in (labels[here][at], labels[there][at]):
            outline += np.bincount(side, minlength=regions.count)
            in_open += np.bincount(side, free, regions.count)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        outline += np.bincount(side, minlength=regions.count)
    stay = (in_open <= IN_THE_OPEN * outline) | (np.arange(regions.count) < first)
    number = np.cumsum(stay, dtype=np.int32) - 1
    number[~stay] = origin[~stay]
    areas = np.bincount(number, regions.areas, np.count_nonzero(stay)).astype(np.int64)
    return replace(regions, labels=number[labels], areas=areas), origin[stay]


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
    # a white one in a region at the picture's edge names what is as wide there paper: an open shape's colour must not run out into it
    white &= at_edge(labels, regions.count)[labels[at]]
    paper, wide = np.zeros(regions.count, np.int32), np.full(regions.count, np.inf, np.float32)
    paper[labels[at][white]] = seed[white]
    for region in np.unique(labels[at][white]):
        wide[region] = depth[at][white & (labels[at] == region)].max()
    count, pieces = cv2.connectedComponents((depth >= wide[labels]).astype(np.uint8), connectivity=4)
    outside = at_edge(np.asarray(pieces, np.int32), count)
    outside[0] = outside[pieces[at][seed != paper[labels[at]]]] = False  # nor where a colour lies, too
    named = outside[pieces]
    parts[named] = paper[labels[named]]
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
