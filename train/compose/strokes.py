"""Strokes: the paths of a pen, found in clean ink by thinning, changed as a hand would, and drawn again with any width.

Points are x, y in px. Thinning: Guo and Hall, "Parallel thinning with two-subiteration algorithms", CACM 1989.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from .composition import LETTERING, Composition

FINE = 3  # times finer than the picture: strokes are drawn so and averaged
BROAD = 1.6  # pens: the half-width from which on ink is a black area, not a line
CORNER = 0.9  # radians of turning within two pens: there a hand stops and begins anew
STRAIGHT = 0.7  # radians: lines that go on through a junction turn less
INK = 128  # of 255: darker is ink
BITS = 4  # of a pixel's fraction

Gray = NDArray[np.uint8]
Float = NDArray[np.float32]


@dataclass(frozen=True)
class Stroke:
    """points: (n, 2), n >= 2. width: (n,) px. joined: whether the start and the end meet another stroke or turn a corner there."""

    points: Float
    width: Float
    joined: tuple[bool, bool] = (False, False)

    @property
    def arc(self) -> Float:
        """(n,) px along the stroke."""
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        return np.concatenate([np.zeros(1, np.float32), np.cumsum(steps, dtype=np.float32)])

    @property
    def middle(self) -> Float:
        """(1, 2) the point half-way."""
        return self.points[len(self.points) // 2][None]

    def part(self, start: int, end: int) -> Stroke:
        """Points start to end - 1."""
        first = self.joined[0] if start == 0 else False
        last = self.joined[1] if end >= len(self.points) else False
        return Stroke(self.points[start:end], self.width[start:end], (first, last))


class Bundle:
    """All points of many strokes in one array, so that numpy is called once and not once a stroke.

    points: (n, 2). width: (n,) px. owner: (n,) number of the stroke. first, last: (k,) its first and last point. Needs a stroke.
    """

    def __init__(self, strokes: Sequence[Stroke]) -> None:
        self.strokes = strokes
        counts = np.array([len(each.points) for each in strokes])
        self.points = np.concatenate([each.points for each in strokes])
        self.width = np.concatenate([each.width for each in strokes])
        self.owner = np.repeat(np.arange(len(strokes)), counts)
        self.last = np.cumsum(counts) - 1
        self.first = self.last - counts + 1

    def arc(self) -> tuple[Float, Float]:
        """(n,) px along its stroke to each point, and (n,) the whole stroke's length."""
        steps = np.hypot(*np.diff(self.points, axis=0, prepend=self.points[:1]).T)
        steps[self.first] = 0
        along = np.cumsum(steps, dtype=np.float64)
        arc = along - along[self.first][self.owner]
        return arc.astype(np.float32), arc[self.last][self.owner].astype(np.float32)

    def direction(self) -> Float:
        """(n,) radians of the stroke at each point."""
        place = np.arange(len(self.points))
        ahead = self.points[np.minimum(place + 1, self.last[self.owner])]
        step = ahead - self.points[np.maximum(place - 1, self.first[self.owner])]
        return np.asarray(np.arctan2(step[:, 1], step[:, 0]), np.float32)

    def with_width(self, width: Float) -> list[Stroke]:
        """The strokes with other widths (n,)."""
        width = width.astype(np.float32)
        return [
            Stroke(each.points, width[start : end + 1], each.joined)
            for each, start, end in zip(self.strokes, self.first.tolist(), self.last.tolist(), strict=True)
        ]


def strokes_of(composition: Composition) -> tuple[list[Stroke], Gray]:
    """The lines of a composition's clean ink as strokes, and (h, w) the ink that is no line: black areas and lettering."""
    black = composition.ink < INK
    letters = np.isin(composition.kind, (LETTERING,))[composition.surfaces]
    if letters.any():
        letters = cv2.dilate(letters.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    solid = letters | opened(black, BROAD * composition.pen)
    lines = (black & ~solid).astype(np.uint8)
    depth = cv2.distanceTransform(black.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    rest = np.where(solid, composition.ink, 255).astype(np.uint8)
    return traced(thinned(lines), depth, composition.pen), rest


def opened(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """The parts of a mask that a disc of that radius fits into, grown by a pixel."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    core = depth > radius
    if not core.any():
        return core
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    grown: NDArray[np.bool_] = away <= radius + 1
    return grown


# ---- from ink to paths


@cache
def deletable() -> NDArray[np.bool_]:
    """(2, 256) whether a pixel with these neighbours goes in the first and in the second half of a round (Guo and Hall)."""
    code = np.arange(256)
    p2, p3, p4, p5, p6, p7, p8, p9 = (((code >> bit) & 1).astype(bool) for bit in range(8))
    ring = [~p2 & (p3 | p4), ~p4 & (p5 | p6), ~p6 & (p7 | p8), ~p8 & (p9 | p2)]
    crossings = np.sum(ring, 0)
    count = np.minimum(np.sum([p9 | p2, p3 | p4, p5 | p6, p7 | p8], 0), np.sum([p2 | p3, p4 | p5, p6 | p7, p8 | p9], 0))
    may = (crossings == 1) & (count >= 2) & (count <= 3)
    return np.stack([may & ~((p6 | p7 | ~p9) & p8), may & ~((p2 | p3 | ~p5) & p4)])


def thinned(mask: Gray) -> Gray:
    """(h, w) 0 or 1: the mask's lines one pixel wide."""
    padded = np.pad(mask, 1).ravel()
    width = mask.shape[1] + 2
    around = (-width, 1 - width, 1, 1 + width, width, width - 1, -1, -1 - width)
    live = np.flatnonzero(padded)
    table = deletable()
    changed = True
    while changed:
        changed = False
        for half in range(2):
            code = np.zeros(len(live), np.uint8)
            for bit, offset in enumerate(around):
                code |= padded[live + offset] << np.uint8(bit)
            gone = table[half][code]
            if gone.any():
                padded[live[gone]] = 0
                live = live[~gone]
                changed = True
    return np.ascontiguousarray(padded.reshape(mask.shape[0] + 2, width)[1:-1, 1:-1])


def traced(skeleton: Gray, depth: Float, pen: float) -> list[Stroke]:
    """Strokes along a skeleton. depth: (h, w) px to where the ink ends."""
    neighbours = cv2.filter2D(skeleton, cv2.CV_8U, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT) - 1
    crossing = ((skeleton > 0) & (neighbours >= 3)).astype(np.uint8)
    count, labels, _, middles = cv2.connectedComponentsWithStats(crossing, connectivity=8, ltype=cv2.CV_16U)
    near = cv2.dilate(labels, np.ones((3, 3), np.uint8))  # the number of the junction that a pixel touches
    contours, hierarchy = cv2.findContours(skeleton - crossing, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    paths: list[Float] = []
    ends: list[tuple[int, int]] = []  # numbers of the junctions where a path begins and ends, 0 none
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if len(contours) else (), strict=True):
        if parent >= 0:
            continue  # a loop's inner side
        path, closed = once(contour[:, 0])
        first, last = (int(near[y, x]) for x, y in (path[0], path[-1]))
        points = path.astype(np.float32)
        if closed:
            points, first, last = np.vstack([points, points[:1]]), 0, 0
        else:
            if first:
                points = np.vstack([middles[first][None], points]).astype(np.float32)
            if last and (last != first or len(path) > 2):
                points = np.vstack([points, middles[last][None]]).astype(np.float32)
        free = not (first and last) and not closed
        row, column = path[len(path) // 2][::-1]
        if len(points) < 2 or (free and len(path) < 1.2 * depth[row, column]):
            continue  # a dot is no stroke, and a spur of thinning is none
        paths.append(points)
        ends.append((first, last))
    return [
        each
        for path, joined in through(paths, ends, pen, count)
        for each in at_corners(smoothed(path, joined, depth, pen), pen)
    ]


def once(contour: NDArray[np.int32]) -> tuple[NDArray[np.int32], bool]:
    """A path from the contour that runs around it, there and back; and whether it is a loop."""
    if len(contour) < 3:
        return contour, False
    ends = np.flatnonzero((np.roll(contour, 1, 0) == np.roll(contour, -1, 0)).all(1))
    if not len(ends):
        return contour, True
    return np.roll(contour, -int(ends[0]), 0)[: len(contour) // 2 + 1], False


def through(
    paths: Sequence[Float], ends: Sequence[tuple[int, int]], pen: float, junctions: int
) -> list[tuple[Float, tuple[bool, bool]]]:
    """Paths joined where they go straight on through a junction; and whether their starts and ends lie at junctions."""
    meeting: list[list[tuple[int, int]]] = [[] for _ in range(junctions)]
    for number, pair in enumerate(ends):
        for side in range(2):
            if pair[side]:
                meeting[pair[side]].append((number, side))
    partner: dict[tuple[int, int], tuple[int, int]] = {}
    reach = max(3, round(2 * pen))
    for group in meeting:
        if len(group) < 2:
            continue
        away = np.array([direction(paths[number], side, reach) for number, side in group])
        turn = np.pi - np.arccos(np.clip(away @ away.T, -1, 1))
        np.fill_diagonal(turn, np.inf)
        for flat in np.argsort(turn, axis=None):
            one, other = divmod(int(flat), len(group))
            if turn[one, other] > STRAIGHT:
                break
            if group[one] not in partner and group[other] not in partner and one < other:
                partner[group[one]], partner[group[other]] = group[other], group[one]
    done: set[int] = set()
    joined = []
    starts = [(n, side) for n in range(len(paths)) for side in range(2) if (n, side) not in partner]
    for number, side in [*starts, *((n, 0) for n in range(len(paths)))]:  # chains from their ends, then rings
        if number in done:
            continue
        chain, at_start = [], bool(ends[number][side]) and (number, side) not in partner
        while True:
            done.add(number)
            chain.append(paths[number] if side == 0 else paths[number][::-1])
            way_out = (number, 1 - side)
            following = partner.get(way_out)
            if following is None or following[0] in done:
                break
            number, side = following
        at_end = bool(ends[number][1 - side]) and way_out not in partner
        joined.append((np.vstack(chain), (at_start, at_end)))
    return joined


def direction(path: Float, side: int, reach: int) -> Float:
    """(2,) unit vector from an end into the path. side: 0 its start, 1 its end."""
    ordered = path if side == 0 else path[::-1]
    vector = ordered[min(reach, len(ordered) - 1)] - ordered[0]
    length = float(np.linalg.norm(vector))
    unit: Float = vector / length if length else np.array([1, 0], np.float32)
    return unit


def smoothed(path: Float, joined: tuple[bool, bool], depth: Float, pen: float) -> Stroke:
    """A stroke of points half a pen apart along a path of pixels, without its stairs; its width averaged over four pens."""
    widths = depth[np.rint(path[:, 1]).astype(int), np.rint(path[:, 0]).astype(int)] * 2 - 1
    points = averaged(path, max(1, round(pen / 2)))
    widths = averaged(np.maximum(widths, 1)[:, None].astype(np.float32), max(2, round(2 * pen)))
    step = max(1, int(pen / 2))
    keep = np.unique(np.append(np.arange(0, len(path), step), len(path) - 1))
    return Stroke(points[keep], np.maximum(widths[keep, 0], 1), joined)


def averaged(values: Float, half: int) -> Float:
    """Mean of rows (n, k) over `half` of them on either side; a loop goes on around, other ends stay where they are."""
    half = min(half, (len(values) - 1) // 2)
    if half < 1:
        return values
    if bool((values[0] == values[-1]).all()):
        padded = np.concatenate([values[-half - 1 : -1], values, values[1 : half + 1]])
    else:
        padded = np.concatenate(
            [2 * values[:1] - values[half:0:-1], values, 2 * values[-1:] - values[-2 : -half - 2 : -1]]
        )
    sums = np.cumsum(np.concatenate([np.zeros_like(padded[:1]), padded]), 0, dtype=np.float64)
    size = 2 * half + 1
    return ((sums[size:] - sums[:-size]) / size).astype(np.float32)


def at_corners(stroke: Stroke, pen: float) -> list[Stroke]:
    """A stroke cut where it turns a corner."""
    reach = max(2, round(2 * pen / max(1, int(pen / 2))))
    points = stroke.points
    if len(points) < 2 * reach + 3:
        return [stroke]
    before, after = points[reach:-reach] - points[: -2 * reach], points[2 * reach :] - points[reach:-reach]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.abs(np.arctan2(cross, (before * after).sum(1)))
    cuts, last = [0], -reach
    for place in np.flatnonzero(turn > CORNER):
        if place - last < reach:
            continue
        window = turn[place : place + reach]
        last = int(place + window.argmax())
        cuts.append(last + reach)
    cuts.append(len(points) - 1)
    parts = []
    for number, (start, end) in enumerate(itertools.pairwise(cuts)):
        if end > start:
            first = stroke.joined[0] if number == 0 else True
            final = stroke.joined[1] if number == len(cuts) - 2 else True
            parts.append(Stroke(points[start : end + 1], stroke.width[start : end + 1], (first, final)))
    return parts


# ---- from strokes to ink


def drawn(strokes: Sequence[Stroke], shape: tuple[int, ...]) -> Gray:
    """(h, w) uint8 ink of strokes with round ends, 0 ink and 255 none."""
    height, width = shape[:2]
    fine = np.full((height * FINE, width * FINE), 255, np.uint8)
    for stroke in strokes:
        points = np.rint(((stroke.points + 0.5) * FINE - 0.5) * (1 << BITS)).astype(np.int32)
        thick = np.maximum(np.rint(stroke.width * FINE), 1).astype(int)
        bounds = [0, *(np.flatnonzero(np.diff(thick)) + 1), len(points) - 1]
        for start, end in itertools.pairwise(bounds):
            cv2.polylines(fine, [points[start : end + 1]], False, 0, int(thick[start]), cv2.LINE_8, BITS)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA))
