"""Conditions: the ten in which the studio set is drawn, and what else training meets. Each is a hand and a medium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from . import hands, media, tones
from .composition import Composition
from .hands import Gray, Hand, laid, outlined

INK_COLORS = ((92, 58, 34), (24, 44, 104), (90, 24, 36), (60, 60, 72), (74, 44, 110), (20, 84, 70), (176, 60, 44))
TRACE_COLORS = ((0, 0, 0), (210, 30, 40), (30, 80, 200), (20, 140, 70))
BIGGEST_TONED = 0.3  # share of the picture: hardly anyone hatches a larger surface


@dataclass(frozen=True)
class Drawing:
    """A composition as the program gets it.

    picture: (h, w, 3) or with transparency (h, w, 4) uint8. composition: with the truth moved as the picture was. condition: its name.
    marks: (h, w) uint8 all that the hand has drawn, tone too, before paper and camera, 0 ink and 255 none.
    """

    picture: NDArray[np.uint8]
    composition: Composition
    condition: str
    marks: Gray

    @property
    def counted_ink(self) -> Gray:
        """(h, w) darkest of marks and clean ink: what lies under either is not counted as open area."""
        return np.minimum(self.marks, self.composition.ink)


Made = tuple[NDArray[np.uint8], Composition, Gray]


def draw(composition: Composition, condition: str, rng: np.random.Generator) -> Drawing:
    """A composition in a condition of CONDITIONS or MORE. Raises KeyError for another name."""
    picture, moved, marks = {**CONDITIONS, **MORE}[condition](composition, rng)
    return Drawing(np.ascontiguousarray(picture), moved, condition, marks)


def inked(
    composition: Composition, rng: np.random.Generator, hand: Hand | None = None, steady: float = 0.4
) -> tuple[Composition, Gray]:
    """A composition inked by a hand, an inker's at random when None; moved a little by an unsteady one."""
    if rng.random() > steady:
        composition = hands.unsteady(composition, rng)
    chosen = hand or hands.INKERS[int(rng.integers(len(hands.INKERS)))](rng)
    return composition, laid(outlined(composition, rng, chosen))


def rgb(ink: Gray) -> NDArray[np.uint8]:
    return np.repeat(ink[..., None], 3, 2)


def over_ink(ink: Gray, cover: NDArray[np.float32]) -> Gray:
    """Ink with tone (h, w) 0..1 in it."""
    return np.rint(ink * (1 - cover)).astype(np.uint8)


# ---- the ten


def clean(composition: Composition, rng: np.random.Generator) -> Made:
    """Inked in a drawing program."""
    moved, ink = inked(composition, rng)
    return rgb(ink), moved, ink


def broken(composition: Composition, rng: np.random.Generator) -> Made:
    """Lines that stop and go on, as quick or elegant hands leave them."""
    hand = replace(
        (hands.technical, hands.nib, hands.brush)[int(rng.integers(3))](rng), breaks=rng.uniform(2, 7), passes=1
    )
    moved, ink = inked(composition, rng, hand)
    return rgb(ink), moved, ink


def pencil_scan(composition: Composition, rng: np.random.Generator) -> Made:
    """A pencil drawing on drawing paper, scanned."""
    moved = hands.unsteady(composition, rng)
    marks, lain = pencilled(moved, rng)
    paper = media.sheet(marks.shape, rng)
    return media.scanned(media.on_paper(lain, media.GRAPHITE, paper), marks, rng), moved, marks


def phone(composition: Composition, rng: np.random.Generator) -> Made:
    """A page of a sketchbook, in pencil or pen, photographed on a desk."""
    if rng.random() < 0.5:
        moved = hands.unsteady(composition, rng)
        marks, lain = pencilled(moved, rng)
        drawn = media.on_paper(lain, media.GRAPHITE, media.sheet(marks.shape, rng))
    else:
        moved, marks = inked(composition, rng)
        drawn = media.on_paper(1 - marks.astype(np.float32) / 255, (28, 28, 34), media.sheet(marks.shape, rng))
    return media.photographed(drawn, moved, marks, rng)


def blue_pencil(composition: Composition, rng: np.random.Generator) -> Made:
    """Ink over a blue construction drawing that was not erased."""
    moved, ink = inked(composition, rng, inker(rng))
    paper = media.sheet(ink.shape, rng, plain=rng.random() < 0.3)
    blue = media.BLUES[int(rng.integers(len(media.BLUES)))]
    lain = media.grained(constructed(moved, rng), rng, rng.uniform(0.5, 0.95))
    picture = media.on_paper(1 - ink.astype(np.float32) / 255, (20, 20, 24), media.on_paper(lain, blue, paper))
    made = media.scanned(picture, ink, rng) if rng.random() < 0.6 else media.to_bytes(picture)
    return made, moved, ink


def screentone(composition: Composition, rng: np.random.Generator) -> Made:
    """Ink with adhesive tone on some surfaces, the darker ones denser."""
    moved, ink = inked(composition, rng, inker(rng))
    marks = over_ink(ink, toned(moved, rng))
    return rgb(marks), moved, marks


def hatching(composition: Composition, rng: np.random.Generator) -> Made:
    """Ink shaded with the pen: hatching, cross-hatching or stipple, and spot blacks."""
    moved, ink = inked(composition, rng, inker(rng))
    shade = tones.shadow(moved, rng)
    cover = hatched(moved, rng, shade)
    if rng.random() < 0.75:
        cover = np.maximum(cover, blacks(moved, rng, shade))
    marks = over_ink(ink, cover)
    return rgb(marks), moved, marks


def coloured_lines(composition: Composition, rng: np.random.Generator) -> Made:
    """Lines of one colour; of a darker shade of what they enclose; or traced in red, blue and green beside black, for animation."""
    lot = rng.random()
    if lot < 0.4:
        moved, ink = inked(composition, rng)
        return media.in_color(ink, INK_COLORS[int(rng.integers(len(INK_COLORS)))]), moved, ink
    if lot < 0.75:
        moved, ink = inked(composition, rng)
        return media.in_colors_beside(ink, moved, rng), moved, ink
    moved, ink = inked(composition, rng, hands.technical(rng))
    return traced_in_colors(moved, ink, rng), moved, ink


def layer(composition: Composition, rng: np.random.Generator) -> Made:
    """Ink on a transparent layer, clean or cut out of white paper with a halo."""
    moved, ink = inked(composition, rng)
    color = INK_COLORS[int(rng.integers(len(INK_COLORS)))] if rng.random() < 0.25 else (0, 0, 0)
    if rng.random() < 0.5:
        return media.layer(ink, color), moved, ink
    return media.layer_with_halo(ink, rng.uniform(1, 5) / 1024, int(rng.integers(236, 256)), color), moved, ink


def comic(composition: Composition, rng: np.random.Generator) -> Made:
    """A printed page: pen or brush, spot blacks, some tone or hatching."""
    moved, ink = inked(composition, rng, inker(rng), steady=0.7)
    shade = tones.shadow(moved, rng)
    cover = blacks(moved, rng, shade) if rng.random() < 0.7 else np.zeros(ink.shape, np.float32)
    lot = rng.random()
    if lot < 0.35:
        cover = np.maximum(cover, toned(moved, rng))
    elif lot < 0.65:
        cover = np.maximum(cover, hatched(moved, rng, shade))
    marks = over_ink(ink, cover)
    return rgb(marks), moved, marks


# ---- more that training meets


def one_bit(composition: Composition, rng: np.random.Generator) -> Made:
    """Any ink without grey."""
    moved, ink = inked(composition, rng)
    if rng.random() < 0.3:
        ink = over_ink(ink, hatched(moved, rng, tones.shadow(moved, rng)))
    picture = media.one_bit(ink, int(rng.integers(90, 190)))
    return picture, moved, np.ascontiguousarray(picture[..., 0])


def white_on_black(composition: Composition, rng: np.random.Generator) -> Made:
    """White lines on black."""
    moved, ink = inked(composition, rng)
    return media.white_on_black(ink), moved, ink


def ink_scan(composition: Composition, rng: np.random.Generator) -> Made:
    """A pen drawing on paper, scanned."""
    moved, ink = inked(composition, rng)
    if rng.random() < 0.3:
        ink = over_ink(ink, hatched(moved, rng, tones.shadow(moved, rng)))
    paper = media.sheet(ink.shape, rng)
    return media.scanned(media.on_paper(1 - ink.astype(np.float32) / 255, (24, 24, 30), paper), ink, rng), moved, ink


# ---- parts of these


def inker(rng: np.random.Generator) -> Hand:
    """A pen, a brush or a drawing program."""
    return (hands.nib, hands.brush, hands.technical)[int(rng.integers(3))](rng)


def pencilled(composition: Composition, rng: np.random.Generator) -> tuple[Gray, NDArray[np.float32]]:
    """(marks, graphite 0..1), each (h, w): searching strokes, in some drawings with shading and smudges."""
    marks = laid(outlined(composition, rng, hands.penciller(rng)))
    shown = marks
    if rng.random() < 0.35:
        shade = tones.shadow(composition, rng)
        cover = hatched(composition, rng, shade, only=("hatching",))
        shown = over_ink(marks, cover * np.float32(rng.uniform(0.3, 0.6)))
    lain = media.grained(shown, rng, rng.uniform(0.55, 1.0))
    if rng.random() < 0.7:
        lain = media.smudged(lain, rng, rng.uniform(0.2, 0.8))
    return shown, lain


def toned(composition: Composition, rng: np.random.Generator) -> NDArray[np.float32]:
    """Screentone of one pitch and angle on some of the surfaces, the darker ones denser, never on light ones."""
    bear, light = tones.can_bear_tone(composition), tones.lightness(composition)
    chosen = bear & (tones.lots(composition, rng) < rng.uniform(0.3, 0.85)) & (light < 90)
    steps = (
        np.round(np.clip((97 - light) / rng.uniform(100, 150), 0.05, 0.65) * 10) / 10
    )  # tone is sold in steps of ten per cent
    screen = str(rng.choice(tones.SCREENS, p=(0.75, 0.15, 0.1)))
    pitch = rng.uniform(4.5, 11) / 1024 * (0.5 if screen == "grain" else 1)
    angle = np.pi / 4 if rng.random() < 0.6 else rng.uniform(0, np.pi)
    slope = rng.uniform(-0.8, 0.8) if rng.random() < 0.35 else 0.0
    return tones.screentone(
        composition, np.where(chosen, np.maximum(steps, 0.1), 0).astype(np.float32), pitch, angle, screen, slope
    )


def hatched(
    composition: Composition,
    rng: np.random.Generator,
    shade: NDArray[np.float32],
    only: tuple[str, ...] = ("hatching", "cross", "stipple"),
) -> NDArray[np.float32]:
    """Pen shading on some surfaces, seldom on the largest."""
    size = tones.shares(composition)
    small = (size < BIGGEST_TONED) | (tones.lots(composition, rng) < 0.25)
    chosen = (
        tones.can_bear_tone(composition)
        & small
        & (tones.lots(composition, rng) < rng.uniform(0.4, 0.9))
        & (tones.lightness(composition) < 96)
    )
    pitch, width, begins = rng.uniform(5, 11) / 1024, rng.uniform(1.1, 2.2) / 1024, rng.uniform(-0.1, 0.45)
    how = only[int(rng.integers(len(only)))]
    if how == "stipple":
        return tones.stipple(composition, rng, chosen, shade, rng.uniform(3.5, 6) / 1024, begins - 0.3)
    if how == "cross":
        return tones.cross_hatching(composition, rng, chosen, shade, pitch, width, begins - 0.1)
    return tones.hatching(composition, rng, chosen, shade, pitch, rng.uniform(0, np.pi), width, begins)


def blacks(composition: Composition, rng: np.random.Generator, shade: NDArray[np.float32]) -> NDArray[np.float32]:
    """Spot blacks on dark surfaces that are not too large."""
    size, light = tones.shares(composition), tones.lightness(composition)
    chosen = (
        tones.can_bear_tone(composition)
        & (size < 0.15)
        & (light < rng.uniform(25, 55))
        & (tones.lots(composition, rng) < 0.8)
    )
    return tones.spot_blacks(composition, rng, chosen, shade, rng.uniform(0.1, 0.6))


def constructed(composition: Composition, rng: np.random.Generator) -> Gray:
    """(h, w) the drawing under the drawing: loose doubled outlines, ovals about the larger forms, their axes, and a few long guides."""
    side = composition.size
    rough = Hand(
        width=rng.uniform(2, 4.5) / 1024, keep=0, pressure=0.3, taper=0.5, overshoot=0.7, passes=2, looseness=rng.uniform(4, 8) / 1024,
        pieces=rng.uniform(0.12, 0.3),
    )  # fmt: skip
    loose = replace(composition, ink=hands.unsteady(composition, rng, 0.006).ink)
    total = laid([(ink, darkness * 0.8) for ink, darkness in outlined(loose, rng, rough)]).astype(np.float32) / 255
    guides = np.full(composition.ink.shape, 255, np.uint8)
    width = max(1, round(rng.uniform(2, 4) / 1024 * side))
    order = np.argsort(-tones.shares(composition) * composition.painted, kind="stable")[: int(rng.integers(3, 8))]
    for label in order:
        rows, columns = np.nonzero(composition.surfaces[::4, ::4] == label)
        if not composition.painted[label] or len(rows) < 40 or len(rows) > 0.15 * composition.surfaces.size / 16:
            continue
        points = np.stack([columns, rows], 1).astype(np.float64) * 4
        middle, spread = points.mean(0), np.cov(points.T)
        values, axes = np.linalg.eigh(spread)
        reach = 2 * np.sqrt(np.maximum(values, 1))
        for _ in range(2):  # round and round
            grown = reach * rng.uniform(0.94, 1.1)
            angles = np.linspace(0, 2 * np.pi * rng.uniform(1.0, 1.15), 60) + rng.uniform(0, 6.3)
            oval = (
                middle
                + rng.normal(0, 0.004, 2) * side
                + (np.cos(angles)[:, None] * axes[:, 0] * grown[0] + np.sin(angles)[:, None] * axes[:, 1] * grown[1])
            )
            cv2.polylines(guides, [np.rint(oval * 16).astype(np.int32)], False, 70, width, cv2.LINE_AA, 4)
        for axis in range(2):
            end = axes[:, axis] * reach[axis] * rng.uniform(1.05, 1.3)
            line = np.rint(np.stack([middle - end, middle + end]) * 16).astype(np.int32)
            cv2.polylines(guides, [line], False, 120, width, cv2.LINE_AA, 4)
    return np.rint(total * guides).astype(np.uint8)


def traced_in_colors(composition: Composition, ink: Gray, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Each line in black or in a trace colour, by the surface that it bounds."""
    table = np.searchsorted((0.6, 0.76, 0.88), tones.lots(composition, rng)).astype(np.uint8)
    table[~composition.painted] = 0
    reach = max(3, round(2.5 * composition.pen)) | 1  # a line lies on two surfaces; it is drawn in one colour
    number = cv2.dilate(table[composition.surfaces], np.ones((reach, reach), np.uint8))
    dark = (1 - ink.astype(np.float32) / 255)[..., None]
    return media.to_bytes(1 - dark * (1 - (np.array(TRACE_COLORS, np.float32) / 255)[number]))


Condition = Callable[[Composition, np.random.Generator], Made]
CONDITIONS: dict[str, Condition] = {
    "clean": clean,
    "broken": broken,
    "pencil-scan": pencil_scan,
    "phone": phone,
    "blue-pencil": blue_pencil,
    "screentone": screentone,
    "hatching": hatching,
    "coloured-lines": coloured_lines,
    "layer": layer,
    "comic": comic,
}
MORE: dict[str, Condition] = {"one-bit": one_bit, "white-on-black": white_on_black, "ink-scan": ink_scan}
