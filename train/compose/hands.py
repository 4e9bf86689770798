"""Hands: how people draw lines. Each takes strokes and gives strokes; lengths are shares of the picture's long side.

Lots are drawn by place, so the same seed gives the same drawing at any size. Only `unsteady` moves what the strokes belong to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .composition import GUTTER, Composition
from .geometry import elastic
from .noise import at, even, grid, over
from .strokes import Bundle, Gray, Stroke, drawn, strokes_of

SHORTEST_BREAK, LONGEST_BREAK = 4 / 1024, 40 / 1024  # open paper between the two ends
FINEST_PEN = 1.2 / 1024  # of the side
BROADER = 2.2  # times the composition's pen, which its details were drawn with: a broader pen would run them together
LOTS = 48  # cells across the side: two strokes in one cell share their lot


@dataclass(frozen=True)
class Hand:
    """What a hand does to its lines; 0 does nothing.

    width: share of the side; 0 keeps the composition's pen. keep: how much of the clean ink's differences of width is kept, 0..1.
    pressure: relative change of width along a line. taper: relative loss of width at a stroke's ends. outer: how much heavier lines
    beside paper are. overshoot: share of stroke ends that run on. passes: strokes laid over each other. looseness: share of the
    side by which later passes wander. pieces: share of the side of a short stroke, 0 draws in one go. breaks: per side length of ink.
    """

    width: float = 0.0
    keep: float = 1.0
    pressure: float = 0.0
    taper: float = 0.0
    outer: float = 0.0
    overshoot: float = 0.0
    passes: int = 1
    looseness: float = 0.0
    pieces: float = 0.0
    breaks: float = 0.0


def technical(rng: np.random.Generator) -> Hand:
    """A drawing program or a technical pen: even lines of any width."""
    return Hand(
        width=float(np.exp(rng.uniform(np.log(1.6 / 1024), np.log(9 / 1024)))), keep=float(rng.choice([0.0, 1.0]))
    )


def nib(rng: np.random.Generator) -> Hand:
    """A dip pen: lines swell and thin out, corners overshoot a little, now and then a second stroke."""
    return Hand(
        width=rng.uniform(2, 5) / 1024, keep=rng.uniform(0.3, 1), pressure=rng.uniform(0.25, 0.5), taper=rng.uniform(0.4, 0.8),
        outer=rng.uniform(0, 0.5), overshoot=rng.uniform(0, 0.25),
    )  # fmt: skip


def brush(rng: np.random.Generator) -> Hand:
    """A brush or a brush pen: strong swelling, pointed ends, a heavy outer contour."""
    return Hand(
        width=rng.uniform(4, 8) / 1024, keep=rng.uniform(0.2, 0.8), pressure=rng.uniform(0.4, 0.65), taper=rng.uniform(0.75, 0.95),
        outer=rng.uniform(0.3, 0.9), overshoot=rng.uniform(0, 0.15),
    )  # fmt: skip


def marker(rng: np.random.Generator) -> Hand:
    """A felt tip: broad, blunt and even."""
    return Hand(width=rng.uniform(6, 11) / 1024, keep=rng.uniform(0, 0.5), pressure=rng.uniform(0, 0.12), overshoot=0.1)


def sketcher(rng: np.random.Generator) -> Hand:
    """A quick fineliner: two loose lines where one would do, corners that cross."""
    return Hand(
        width=rng.uniform(1.6, 3) / 1024, keep=rng.uniform(0, 0.5), pressure=rng.uniform(0.1, 0.3), taper=rng.uniform(0.1, 0.5),
        overshoot=rng.uniform(0.3, 0.7), passes=2, looseness=rng.uniform(1.5, 3.5) / 1024,
    )  # fmt: skip


def penciller(rng: np.random.Generator) -> Hand:
    """A pencil that searches: short strokes laid along the form, two or three beside each other, crossing at corners."""
    return Hand(
        width=rng.uniform(2.2, 4.2) / 1024, keep=rng.uniform(0, 0.4), pressure=rng.uniform(0.25, 0.5), taper=rng.uniform(0.5, 0.8),
        overshoot=rng.uniform(0.4, 0.8), passes=int(rng.integers(2, 4)), looseness=rng.uniform(2, 4) / 1024,
        pieces=rng.uniform(0.07, 0.2),
    )  # fmt: skip


INKERS = (technical, nib, brush, marker, sketcher)


def unsteady(composition: Composition, rng: np.random.Generator, most: float = 0.003) -> Composition:
    """A hand that is not quite sure of the form: everything, truth included, moves. most: share of the side, exceeded by twice at most."""
    amount = rng.uniform(most / 3, most)
    fields = [grid(rng, int(rng.integers(10, 24))) for _ in range(2)]
    shape = composition.surfaces.shape
    return elastic(composition, *(np.clip(over(field, shape), -2, 2) * (amount * composition.size) for field in fields))


def outlined(composition: Composition, rng: np.random.Generator, hand: Hand) -> list[tuple[Gray, float]]:
    """The lines of a composition in a hand: one (ink (h, w), darkness 0..1) for each pass, the main one first, with black areas."""
    side, shape = composition.size, composition.ink.shape
    strokes, solid = strokes_of(composition)
    if hand.outer:
        strokes = heavier_outside(strokes, composition, hand.outer)
    width = hand.width * side if hand.width else composition.pen
    strokes = in_width(
        strokes, min(max(width, FINEST_PEN * side), BROADER * composition.pen), composition.pen, hand.keep
    )
    if hand.breaks:
        strokes = broken(strokes, rng, side, hand.breaks)
    layers = []
    borders, strokes = ruled(strokes, composition)
    for number in range(hand.passes):
        again = (
            wandering(strokes, rng, side, hand.looseness * (0.35 if number == 0 else 1)) if hand.looseness else strokes
        )
        if hand.pieces:
            again = in_pieces(again, rng, side, hand.pieces)
        if hand.overshoot:
            again = overshot(again, rng, side, hand.overshoot)
        if hand.pressure:
            again = pressed(again, rng, side, hand.pressure)
        if hand.taper:
            again = tapered(again, hand.taper, 0.06 * side)
        ink = drawn([*again, *borders], shape)
        layers.append((np.minimum(ink, solid) if number == 0 else ink, 1.0 if number == 0 else rng.uniform(0.45, 0.9)))
    return layers


def laid(layers: Sequence[tuple[Gray, float]]) -> Gray:
    """(h, w) ink of passes over each other."""
    total = np.ones(layers[0][0].shape, np.float32)
    for ink, darkness in layers:
        total *= 1 - (1 - ink.astype(np.float32) / 255) * darkness
    return np.rint(total * 255).astype(np.uint8)


# ---- what a hand does to its strokes


def by_place(
    field: NDArray[np.float32], strokes: Sequence[Stroke], side: int, nearest: bool = False
) -> list[NDArray[np.float32]]:
    """A random field's values at the points of each stroke."""
    if not strokes:
        return []
    bundle = Bundle(strokes)
    values = at(field, bundle.points, side, nearest)
    return [values[a : b + 1] for a, b in zip(bundle.first.tolist(), bundle.last.tolist(), strict=True)]


def in_width(strokes: Sequence[Stroke], width: float, pen: float, keep: float) -> list[Stroke]:
    """Another pen. width, pen: px, the new and the old one. keep: how much of the old differences stays."""
    if not strokes:
        return []
    bundle = Bundle(strokes)
    ratio = np.clip(bundle.width / pen, 0.35, 2.5)
    return bundle.with_width(np.maximum(width * (1 + keep * (ratio - 1)), 1))


def heavier_outside(strokes: Sequence[Stroke], composition: Composition, amount: float) -> list[Stroke]:
    """Weight on the contour: a line with bare paper on one side is drawn stronger than one within the figure."""
    reach = max(3, round(2 * composition.pen)) | 1
    paper = cv2.dilate((composition.surfaces == 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    if not strokes:
        return []
    bundle = Bundle(strokes)
    return bundle.with_width(bundle.width * (1 + amount * looked_up(paper, bundle.points)))


def looked_up(mask: NDArray[np.uint8], points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) values of a picture (h, w) at points (n, 2)."""
    columns, rows = np.rint(points).astype(int).T
    return mask[np.clip(rows, 0, mask.shape[0] - 1), np.clip(columns, 0, mask.shape[1] - 1)].astype(np.float32)


def pressed(strokes: Sequence[Stroke], rng: np.random.Generator, side: int, amount: float) -> list[Stroke]:
    """Pressure: strokes in one direction are heavier than those across it, width swells slowly along a line, some strokes are light."""
    swell, lots, heavy = grid(rng, 9), grid(rng, LOTS), rng.uniform(0, np.pi)
    if not strokes:
        return []
    bundle = Bundle(strokes)
    middles = bundle.points[(bundle.first + bundle.last) // 2]
    change = 0.7 * np.cos(2 * (bundle.direction() - heavy)) + 0.5 * at(swell, bundle.points, side)
    change += 0.3 * at(lots, middles, side, True)[bundle.owner]
    return bundle.with_width(bundle.width * np.clip(1 + amount * change, 0.35, 2.0))


def ruled(strokes: Sequence[Stroke], composition: Composition) -> tuple[list[Stroke], list[Stroke]]:
    """(drawn with a ruler, by hand): borders of panels are ruled, everything else is not."""
    gutter = (composition.kind == GUTTER)[composition.surfaces]
    if not gutter.any():
        return [], list(strokes)
    reach = max(3, round(2 * composition.pen)) | 1
    near = cv2.dilate(gutter.astype(np.uint8), np.ones((reach, reach), np.uint8))
    with_ruler = [bool(looked_up(near, each.points).mean() > 0.7) for each in strokes]
    parts = [[each for each, by in zip(strokes, with_ruler, strict=True) if by == which] for which in (True, False)]
    return parts[0], parts[1]


def tapered(strokes: Sequence[Stroke], amount: float, reach: float) -> list[Stroke]:
    """The pen lands and lifts: a stroke thins out within `reach` px of its ends; less where it meets another one."""
    if not strokes:
        return []
    bundle = Bundle(strokes)
    arc, total = bundle.arc()
    within = np.clip(0.45 * total, 1e-3, reach)
    width = bundle.width
    for end, distance in enumerate((arc, total - arc)):
        loss = np.array([amount * (0.55 if each.joined[end] else 1) for each in strokes], np.float32)[bundle.owner]
        width = width * (1 - loss * (1 - np.clip(distance / within, 0, 1)) ** 1.5)
    return bundle.with_width(width)


def overshot(strokes: Sequence[Stroke], rng: np.random.Generator, side: int, share: float) -> list[Stroke]:
    """Lines that run past the corner where they should end, by 0.3 to 2.5 % of the side, thinning out."""
    lots, lengths = (by_place(even(rng, LOTS), strokes, side, True) for _ in range(2))
    made = []
    for each, own, own_lengths in zip(strokes, lots, lengths, strict=True):
        points, width = each.points, each.width
        if len(points) < 4:
            made.append(each)
            continue
        for at_end in (False, True):
            if not each.joined[at_end]:
                continue
            if at_end:
                points, width = points[::-1], width[::-1]
            near = min(4, len(own) - 1)
            place = len(own) - 1 - near if at_end else near
            if own[place] < share:
                along = points[0] - points[min(4, len(points) - 1)]
                norm = float(np.linalg.norm(along))
                length = side * (0.003 + 0.022 * float(own_lengths[place]) ** 2)
                if norm > 0 and length < 0.5 * float(each.arc[-1]):
                    steps = np.linspace(1, 0.25, 4, dtype=np.float32)
                    points = np.vstack([points[0] + along / norm * length * steps[:, None], points]).astype(np.float32)
                    width = np.concatenate([width[0] * np.linspace(0.35, 0.9, 4, dtype=np.float32), width])
            if at_end:
                points, width = points[::-1], width[::-1]
        made.append(Stroke(points, width, each.joined))
    return made


def wandering(strokes: Sequence[Stroke], rng: np.random.Generator, side: int, amount: float) -> list[Stroke]:
    """A second line beside the first: it drifts off and comes back. Ink alone moves; the surfaces end at the first line."""
    fields = [(grid(rng, 30), grid(rng, 9)) for _ in range(2)]
    if not strokes:
        return []
    bundle = Bundle(strokes)
    shift = [0.6 * at(fine, bundle.points, side) + 0.7 * at(broad, bundle.points, side) for fine, broad in fields]
    moved = (bundle.points + amount * side * np.clip(np.stack(shift, 1), -2, 2)).astype(np.float32)
    return [
        Stroke(moved[a : b + 1], each.width, each.joined)
        for each, a, b in zip(strokes, bundle.first.tolist(), bundle.last.tolist(), strict=True)
    ]


def in_pieces(strokes: Sequence[Stroke], rng: np.random.Generator, side: int, length: float) -> list[Stroke]:
    """Long lines as short strokes that overlap and do not quite continue each other."""
    lots, turns = by_place(even(rng, LOTS), strokes, side, True), by_place(grid(rng, LOTS), strokes, side, True)
    made = []
    for each, own, turn in zip(strokes, lots, turns, strict=True):
        arc = each.arc
        if arc[-1] < 0.5 * side * length:
            made.append(each)  # in one go
            continue
        start = 0.0
        while start < arc[-1] - 1e-3:
            first = int(np.searchsorted(arc, start))
            lot = float(own[first])
            reach = side * length * (0.6 + 0.9 * lot)
            last = int(np.searchsorted(arc, start + reach)) + 1
            if last - first < 3 or arc[-1] - start - reach < 0.3 * reach:
                last = len(arc)
            part = each.points[first:last]
            if len(part) >= 2:
                away = part - part.mean(0)
                angle = 0.012 * float(turn[first])
                turned = part + angle * np.stack([-away[:, 1], away[:, 0]], 1)
                ends = (each.joined[0] if first == 0 else False, each.joined[1] if last >= len(arc) else False)
                made.append(Stroke(turned.astype(np.float32), each.width[first:last], ends))
            if last >= len(arc):
                break
            start = start + reach * (0.86 + 0.1 * lot)
    return made


def broken(strokes: Sequence[Stroke], rng: np.random.Generator, side: int, density: float) -> list[Stroke]:
    """Lines that stop and go on: open paper of 4 to 40 px at 1,024. density: breaks in a line as long as the side."""
    total = sum(float(each.arc[-1]) for each in strokes)
    tries = np.random.default_rng(rng.integers(1 << 32)).random((800, 3))
    if not strokes or not total:
        return list(strokes)
    wanted = max(1, round(density * total / side))
    points = np.concatenate([each.points for each in strokes])
    owner = np.repeat(np.arange(len(strokes)), [len(each.points) for each in strokes])
    first = np.concatenate([[0], np.cumsum([len(each.points) for each in strokes])])
    gaps: dict[int, list[tuple[float, float]]] = {}
    taken = 0
    for x, y, lot in tries:
        distance = np.square(points - np.array([x, y], np.float32) * side).sum(1)
        nearest = int(distance.argmin())
        if distance[nearest] > (0.03 * side) ** 2:
            continue
        number = int(owner[nearest])
        arc, local = strokes[number].arc, nearest - int(first[number])
        gap = side * SHORTEST_BREAK * (LONGEST_BREAK / SHORTEST_BREAK) ** lot + float(strokes[number].width[local])
        if gap > 0.6 * arc[-1]:
            continue
        gaps.setdefault(number, []).append((float(arc[local]) - gap / 2, float(arc[local]) + gap / 2))
        taken += 1
        if taken == wanted:
            break
    made = []
    for number, each in enumerate(strokes):
        made += without(each, gaps.get(number, []))
    return made


def without(stroke: Stroke, gaps: Sequence[tuple[float, float]]) -> list[Stroke]:
    """What is left of a stroke without some stretches of it, in px along it."""
    arc, parts, start = stroke.arc, [], 0.0
    for low, high in [*sorted(gaps), (float(arc[-1]), np.inf)]:
        if low - start > 0.5:
            inner = arc[(arc > start) & (arc < low)]
            where = np.concatenate([[start], inner, [low]])
            points = np.stack([np.interp(where, arc, stroke.points[:, axis]) for axis in range(2)], 1)
            width = np.interp(where, arc, stroke.width)
            ends = (stroke.joined[0] and start == 0, stroke.joined[1] and high == np.inf)
            parts.append(Stroke(points.astype(np.float32), width.astype(np.float32), ends))
        start = max(start, high)
    return parts
