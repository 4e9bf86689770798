"""Cut-outs: from a vector drawing to colour, surfaces and ink at any size, read from the SVG itself and not guessed from pixels."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import resvg_py
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from ..recolor import to_lab
from .sheets import SurfaceSheet, decode, numbered, penned
from .things import Thing

SHADE = 10.0  # Lab, lightness by half: surfaces nearer than that without a line between them are light and shade of one
BROAD = 3.0  # pens: the half-width from which on a black area is a painted surface, not a line


@dataclass(frozen=True)
class Cutout:
    """A drawing that can be cut out.

    box: left, top, width, height of what is drawn, in its own units. outlined: numbers of the shapes around which a pen draws a line;
    None: all, and the drawing fills its box. shades: numbers of those without any line, that lie on others. cut_off: ends below in a
    straight cut. piece: "source/name", "" for what is drawn by code.
    """

    root: etree._Element = field(repr=False)
    thing: Thing
    box: tuple[float, float, float, float]
    outlined: frozenset[int] | None
    shades: frozenset[int] = frozenset()
    cut_off: bool = False
    piece: str = ""

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.box[2] / self.box[3]


@dataclass(frozen=True)
class Layer:
    """A cut-out at native size.

    color: (h, w, 4) uint8 straight alpha. labels: (h, w) int32, 0 none, 1..n, under thin ink whatever is nearest. names: n + 1 names, of
    CLASSES. ink: (h, w, 2) uint8, 0 ink and 255 none, and how much of what is behind it hides. margin: px around what is drawn.
    piece: "source/name" of the drawing, "" for what is drawn by code.
    """

    color: NDArray[np.uint8]
    labels: NDArray[np.int32]
    ink: NDArray[np.uint8]
    names: tuple[str, ...]
    margin: int
    piece: str = ""

    def mirrored(self) -> Layer:
        return replace(self, color=self.color[:, ::-1], labels=self.labels[:, ::-1], ink=self.ink[:, ::-1])


def borders(
    labels: NDArray[np.int32], lined: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]]:
    """Pairs of neighbouring pixels with different labels, right and down: both labels, and whether a line runs there."""
    for one, other, line in (
        (labels[:, :-1], labels[:, 1:], lined[:, :-1] | lined[:, 1:]),
        (labels[:-1], labels[1:], lined[:-1] | lined[1:]),
    ):
        differ = one != other
        yield one[differ], other[differ], line[differ]


def mean_colors(color: NDArray[np.uint8], labels: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    """(count, 3) mean Lab of each label."""
    flat = labels.ravel()
    area = np.maximum(np.bincount(flat, minlength=count), 1)
    sums = [np.bincount(flat, color[..., channel].ravel(), minlength=count) / area for channel in range(3)]
    return to_lab(np.rint(np.stack(sums, 1)).astype(np.uint8)[None])[0]


def apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance of Lab colours with lightness counted by half: shade is darker, but of the same hue."""
    return np.asarray(np.linalg.norm((one - other) * np.array([0.5, 1, 1], np.float32), axis=-1))


# ---- drawing it at a size


def layer_of(cutout: Cutout, height: int, pen: float) -> Layer:
    """The cut-out `height` px high, its outlines drawn by a pen of `pen` px. Raises ValueError where resvg cannot draw it at that size."""
    size = (height, max(1, round(height * cutout.aspect)))
    margin = int(np.ceil(pen)) + 1 if cutout.outlined is not None else 0
    color, labels, sheet = read_surfaces(cutout, size, pen, margin)
    ink = pen_lines(cutout, size, pen, margin)[..., [0, 3]]
    open_blacks(ink, labels, sheet.dark, pen)
    labels, numbers = shades_together(color, labels, 2 * sheet.number + 2, ink)
    color = color.copy()
    color[..., 3][labels == 0] = 0  # soft glows and cast shadows around the drawing belong to no surface
    names = ("", *(sheet.things.get(int(number), cutout.thing.name) for number in numbers))
    return Layer(color, labels, np.ascontiguousarray(ink), names, margin, cutout.piece)


def read_surfaces(
    cutout: Cutout, size: tuple[int, int], pen: float, margin: int
) -> tuple[NDArray[np.uint8], NDArray[np.int32], SurfaceSheet]:
    """Colour and surface numbers at (height, width) px and a margin, and the sheet that they were read from."""
    view, shape = spread_box(cutout.box, margin, size), shape_of(size, margin)
    color = draw(cutout.root, view, 0, shape)
    drawing, sheet = numbered(cutout.root, pen, size[0] / cutout.box[3])
    labels = decode(draw(drawing, view, 0, shape, crisp=True), sheet.number)
    return color, labels, sheet


def pen_lines(cutout: Cutout, size: tuple[int, int], pen: float, margin: int) -> NDArray[np.uint8]:
    """(h, w, 4) white shapes with black lines, at (height, width) px and a margin."""
    drawing = penned(cutout.root, pen, size[0] / cutout.box[3], cutout.outlined, cutout.shades)
    return draw(drawing, spread_box(cutout.box, margin, size), 0, shape_of(size, margin))


def open_blacks(ink: NDArray[np.uint8], labels: NDArray[np.int32], dark: set[int], pen: float) -> None:
    """Black hair or a black cat is a painted surface like others: of broad black fills only the rim stays ink, in place."""
    if not dark:
        return
    black = np.isin(labels, list(dark)) & (ink[..., 0] < 128)
    inner = cv2.distanceTransform(black.astype(np.uint8), cv2.DIST_L2, 5)
    core = (inner >= BROAD * pen).astype(np.uint8)
    if not core.any():
        return
    reach = cv2.distanceTransform(1 - core, cv2.DIST_L2, 5)
    broad = black & (reach <= (BROAD - 1) * pen)
    soft = cv2.GaussianBlur(
        np.clip((BROAD - 1) * pen - reach + 0.5, 0, 1), (0, 0), 0.7
    )  # its distances are of whole pixels
    ink[..., 0][broad] = np.maximum(ink[..., 0], 255 * soft)[broad].astype(np.uint8)


def shades_together(
    color: NDArray[np.uint8], labels: NDArray[np.int32], count: int, ink: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Surfaces of nearly one colour without ink between them become one. Returns labels 0..n and the number that each of 1..n had."""
    means = mean_colors(color, labels, count)
    root = np.arange(count)

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for one, other, lined in borders(labels, ink[..., 0] < 200):
        touching = ~lined & (np.minimum(one, other) > 0) & (apart(means[one], means[other]) < SHADE)
        for first, second in np.unique(np.stack([one[touching], other[touching]], 1), axis=0):
            root[top(int(first))] = top(int(second))
    merged = np.array([top(number) for number in range(count)])
    seen = np.unique(merged[np.flatnonzero(np.bincount(labels.ravel(), minlength=count))])
    seen = seen[seen > 0]
    table = np.zeros(count, np.int32)
    table[seen] = np.arange(1, len(seen) + 1)
    return table[merged][labels], seen


def shape_of(size: tuple[int, int], margin: int) -> tuple[int, int]:
    return size[0] + 2 * margin, size[1] + 2 * margin


def spread_box(box: tuple[float, float, float, float], margin: int, size: tuple[int, int]) -> tuple[float, ...]:
    """The view box that shows `box` at (height, width) px with a margin around it, of the very shape of the picture."""
    unit = box[3] / size[0]
    width = size[1] * unit
    left = box[0] + (box[2] - width) / 2
    return left - margin * unit, box[1] - margin * unit, width + 2 * margin * unit, box[3] + 2 * margin * unit


def draw(
    root: etree._Element, view: tuple[float, ...], size: int, shape: tuple[int, int] | None = None, crisp: bool = False
) -> NDArray[np.uint8]:
    """uint8 (h, w, 4) of what the view box shows: its longer side `size` px, or of exactly `shape`. crisp: no anti-aliasing.

    Raises ValueError for what resvg cannot draw at that size."""
    root = copy.copy(root)
    root.set("viewBox", " ".join(f"{number:.9g}" for number in view))
    height, width = shape or (size, size)
    try:
        data = resvg_py.svg_to_bytes(
            svg_string=etree.tostring(root, encoding="unicode"), width=width, height=height, dpi=96.0, skip_system_fonts=True,
            shape_rendering="crisp_edges" if crisp else "geometric_precision",
        )  # fmt: skip
    except BaseException as error:  # a panic of resvg's, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"resvg cannot draw it at {width} x {height}: {error}") from None
    with Image.open(io.BytesIO(bytes(data))) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    if shape and rgba.shape[:2] != shape:
        fitted = np.zeros((*shape, 4), np.uint8)
        part = rgba[:height, :width]
        fitted[: part.shape[0], : part.shape[1]] = part
        return fitted
    return rgba
