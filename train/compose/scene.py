"""A figure on paper, as artists draw most, or a scene: cut-outs that stand on ground, water, floors and tables, some hiding others."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import cv2
import numpy as np

from .backdrop import draw_backdrop
from .canvas import Canvas
from .cutouts import Cutout, Layer, layer_of
from .light import Light
from .picture import Backdrop
from .pieces import Pieces
from .things import AIR, CLASSES, GROUND, TABLE, UNDER_WATER, WATER

Wanted = tuple[tuple[str, ...], tuple[str, ...]]  # classes and places
FIGURES = ("person", "animal", "face", "plant", "house", "vehicle", "food", "thing")
FIGURE_SHARES = (0.34, 0.24, 0.12, 0.08, 0.05, 0.08, 0.05, 0.04)
SHAPES = ((1, 1), (3, 4), (4, 3), (2, 3), (3, 2), (9, 16), (16, 9))  # width by height
PENS = (1 / 400, 1 / 130)  # width of the pen by the picture's long side: a fine liner to a brush
TRUE_SIZES = (
    0.7  # exponent that draws sizes nearer to each other, as illustrators do: with 1 a flower beside a house is a dot
)
SMALLEST, LARGEST = 0.07, 0.85  # height of a cut-out by the picture's
FINE = 30  # pens: the height from which on a pen can draw a thing with its details
BUSTS = ("face", "person")  # near the picture's lower edge, cut off by it
ANYONE: Wanted = (CLASSES, ())  # for a scene in which nothing else was found
HIDDEN = 0.45  # share of a thing's box that a nearer one may hide


@dataclass(frozen=True)
class Place:
    """Where a cut-out goes: px of its feet, the middle of its width, and its height."""

    cutout: Cutout
    feet: float
    middle: float
    height: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        half = self.height * self.cutout.aspect / 2
        return self.middle - half, self.feet - self.height, self.middle + half, self.feet


def figure(rng: np.random.Generator, pieces: Pieces, height: int, width: int, pen: float) -> Canvas:
    """One drawing, now and then two, on bare paper."""
    canvas = Canvas(height, width, pen)
    count = 2 if rng.random() < 0.12 and width > height else 1
    room, light = width / count, Light.draw(rng)
    for number in range(count):
        cutout = pieces.pick(rng, [str(rng.choice(FIGURES, p=FIGURE_SHARES))]) or pieces.pick(rng, CLASSES)
        if cutout is None:
            continue
        share = rng.uniform(0.62, 0.93)
        tall = min(share * height, share * room / cutout.aspect)
        foot = height if cutout.cut_off and cutout.thing.name in ("person", "face") else height / 2 + tall / 2
        with contextlib.suppress(ValueError):  # resvg draws the probe of it, but not this size
            layer = layer_of(cutout, max(8, round(tall)), pen)
            put(rng, canvas, light.on(layer), Place(cutout, foot, (number + 0.5) * room, tall))
    return canvas


def scene(rng: np.random.Generator, pieces: Pieces, height: int, width: int, pen: float) -> Canvas:
    """One to eight cut-outs in a place."""
    canvas = Canvas(height, width, pen)
    backdrop = draw_backdrop(rng, height, width, pen)
    canvas.put(layer_of(backdrop.cutout, height, pen), 0, 0)
    shadows, light = rng.random() < 0.5, Light.draw(rng)
    for place in sorted(places(rng, pieces, backdrop, height, width, pen), key=lambda place: place.feet):
        try:
            layer = layer_of(place.cutout, max(8, round(place.height)), pen)
        except ValueError:
            continue
        if shadows and place.cutout.thing.place in (GROUND, TABLE) and place.feet < height:
            cast_shadow(canvas, place)
        put(rng, canvas, light.on(layer), place)
    if backdrop.light != (1.0, 1.0, 1.0):
        canvas.color = (canvas.color * np.array(backdrop.light)).astype(np.uint8)
    return canvas


def places(
    rng: np.random.Generator, pieces: Pieces, backdrop: Backdrop, height: int, width: int, pen: float
) -> list[Place]:
    """What is in the scene and where: the main figures near, the others behind and around them."""
    found: list[Place] = []
    room = max(1, int(height * width / (FINE * pen) ** 2 / 2))
    for names, wanted in [*cast(rng, backdrop)[:room], ANYONE]:
        bust = names == BUSTS
        if ((names, wanted) == ANYONE and found) or (bust and any(place.cutout.cut_off for place in found)):
            continue
        cutout = pieces.pick(rng, names, wanted or backdrop.places, bust if bust or "person" in names else None)
        if cutout is None or any(place.cutout is cutout for place in found):
            continue
        options = [place_of(rng, cutout, backdrop, height, width, FINE * pen) for _ in range(12)]
        cost = [hiding(option, found) for option in options]
        best = int(np.argmin(cost))
        if cost[best] < HIDDEN:
            found.append(options[best])
    return found


def cast(rng: np.random.Generator, backdrop: Backdrop) -> list[Wanted]:
    """Classes and places of the pieces to look for, the most important ones first."""
    count = int(rng.choice([1, 2, 3, 4, 5, 6, 7, 8], p=[0.14, 0.2, 0.2, 0.16, 0.12, 0.08, 0.06, 0.04]))
    if TABLE in backdrop.places:
        return [(("food", "thing"), (TABLE,))] * (count + 1)
    if UNDER_WATER in backdrop.places:
        return [(("animal",), (UNDER_WATER,))] * count
    indoors = AIR not in backdrop.places
    wanted: list[Wanted] = []
    for number in range(count):
        kind = rng.random()
        if kind < 0.1:
            wanted.append((BUSTS, (GROUND,)))
        elif kind < (0.58 if number < 2 else 0.3):
            wanted.append((("person",), (GROUND,)))
        elif kind < 0.64:
            wanted.append((("animal",), (GROUND,)))
        elif indoors:
            wanted.append((("thing", "animal"), (GROUND,)))
        elif kind < 0.75:
            wanted.append((("plant",), (GROUND,)))
        elif kind < 0.83:
            wanted.append((("house",), (GROUND,)))
        elif kind < 0.92:
            wanted.append((("vehicle",), (GROUND, WATER) if WATER in backdrop.places else (GROUND,)))
        else:
            wanted.append((("vehicle", "animal"), (AIR,)))
    return wanted


def place_of(
    rng: np.random.Generator, cutout: Cutout, backdrop: Backdrop, height: int, width: int, smallest: float
) -> Place:
    """A place by perspective: something at the feet's height in the picture is as large as it is seen from the eyes' height.

    smallest: px, less high nothing is drawn.
    """
    thing = cutout.thing
    if cutout.cut_off and thing.name in ("person", "face"):
        tall = min(rng.uniform(0.45, 0.8) * height, 0.7 * width / cutout.aspect)
        return Place(cutout, height + 2, rng.uniform(0.15, 0.85) * width, tall)
    if thing.place == AIR:
        tall = min(max(smallest, rng.uniform(0.08, 0.2) * height), 0.4 * width / cutout.aspect)
        feet = rng.uniform(0.12, max(0.2, backdrop.horizon - 0.03)) * height
        return Place(cutout, max(feet, 1.05 * tall), rng.uniform(0.1, 0.9) * width, tall)
    if thing.place == UNDER_WATER:
        tall = np.clip(
            0.3 * height * (thing.height / 0.4) ** 0.35 * rng.uniform(0.5, 1),
            0.08 * height,
            0.5 * width / cutout.aspect,
        )
        return Place(cutout, rng.uniform(0.2, 0.85) * height + tall / 2, rng.uniform(0.1, 0.9) * width, float(tall))
    near, far = backdrop.near, backdrop.far
    if thing.name == "house":
        feet = rng.uniform(far, far + 0.3 * (near - far))
    elif thing.place == WATER:
        feet = rng.uniform(backdrop.horizon + 0.06, max(backdrop.horizon + 0.1, far - 0.04))
    else:
        feet = near - (near - far) * rng.beta(1.0, 1.8)
    seen = (feet - backdrop.horizon) * height / backdrop.eyes  # px a metre
    usual = 1.7 if backdrop.eyes > 1 else 0.2
    tall = seen * usual * (thing.height / usual) ** TRUE_SIZES * rng.uniform(0.9, 1.1)
    tall = float(np.clip(tall, max(smallest, SMALLEST * height), min(LARGEST * height, 0.75 * width / cutout.aspect)))
    return Place(cutout, feet * height, rng.uniform(0.08, 0.92) * width, tall)


def hiding(place: Place, others: list[Place]) -> float:
    """Share of a box that is hidden where two overlap, the worst case of the new one and each of the others."""
    worst = 0.0
    for other in others:
        (a0, b0, a1, b1), (c0, d0, c1, d1) = place.box, other.box
        common = max(0.0, min(a1, c1) - max(a0, c0)) * max(0.0, min(b1, d1) - max(b0, d0))
        behind = min(place, other, key=lambda each: each.feet)
        worst = max(worst, common / (behind.height**2 * behind.cutout.aspect))
    return worst


def put(rng: np.random.Generator, canvas: Canvas, layer: Layer, place: Place) -> None:
    if rng.random() < 0.5:
        layer = layer.mirrored()
    tall, wide = layer.labels.shape
    top = round(place.feet) - (tall - layer.margin)
    canvas.put(layer, top, round(place.middle - wide / 2))


def cast_shadow(canvas: Canvas, place: Place) -> None:
    """A darker oval on the ground under the feet: shade within a surface, without a line."""
    wide = place.height * place.cutout.aspect
    oval = np.zeros(canvas.shape, np.uint8)
    axes = (max(1, round(0.42 * wide)), max(1, round(0.07 * min(wide, place.height) + 0.01 * canvas.shape[0])))
    cv2.ellipse(oval, (round(place.middle), round(place.feet)), axes, 0, 0, 360, 1, -1)
    where = oval > 0
    canvas.color[where] = (canvas.color[where] * 0.82).astype(np.uint8)
