"""A vector drawing taken apart: the shapes that show, in painter's order, each with its mask, its one colour and what it sits on."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import cv2
import numpy as np
from lxml import etree
from numpy.typing import NDArray

from ..outline import DARK, NOT_DRAWN, SEEN, SHAPES, drop, local
from ..render import Unusable, framed, parse_svg, render_svg

FEWEST, MOST = 5, 40  # shapes of a drawing worth animating, and of one that draws in time
THIN = 2.5  # px from the middle of a shape to its edge; what is thinner is a line, and has no region
SITS = 0.8  # of a shape that another covers when it is part of that one
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """mask: (s, s) uint8, 255 inside. color: sRGB. ink: too dark to be anything but lines. parent: the number of the part it sits on,
    or -1. pivot: x, y of the mask about which it turns."""

    mask: Mask
    color: tuple[int, int, int]
    ink: bool
    parent: int
    pivot: tuple[float, float]


def parts_of(data: bytes, size: int) -> list[Part]:
    """The parts of an SVG in a square of `size` px, the farthest first. Raises Unusable, or what resvg raises."""
    root = parse_svg(data)
    framed(root, size)
    count = len(leaves(root))
    if not FEWEST <= count <= 3 * MOST:
        raise Unusable("too few or too many shapes")
    found: list[tuple[Mask, tuple[int, int, int]]] = []
    for number in range(count):
        rgba = square(render_svg(only(root, number), size), size)
        solid = rgba[..., 3] >= 255 * SEEN
        if cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3).max() < THIN:
            continue
        found.append((rgba[..., 3], tuple(int(v) for v in np.median(rgba[solid][:, :3], 0))))
    if not FEWEST <= len(found) <= MOST:
        raise Unusable("too few or too many shapes")
    masks = [mask > 127 for mask, _ in found]
    parents = [parent_of(masks, number) for number in range(len(masks))]
    body = max(range(len(masks)), key=lambda number: int(masks[number].sum()))
    return [
        Part(mask, color, max(color) < DARK, parent, pivot_of(masks[number], masks[parent if parent >= 0 else body]))
        for number, ((mask, color), parent) in enumerate(zip(found, parents, strict=True))
    ]


def leaves(root: etree._Element) -> list[etree._Element]:
    """What is drawn by itself, in painter's order; not what stands in definitions."""
    found = []
    for element in root.iter():
        above = [local(each) for each in element.iterancestors()]
        if local(element) in {*SHAPES, "use", "text", "image"} and not {*NOT_DRAWN, "defs", "symbol"} & set(above):
            found.append(element)
    return found


def only(root: etree._Element, number: int) -> etree._Element:
    """A copy of the drawing in which one of its leaves is left."""
    alone = copy.deepcopy(root)
    for other, element in enumerate(leaves(alone)):
        if other != number:
            drop(element)
    return alone


def square(rgba: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    height, width = rgba.shape[:2]
    top, left = (size - height) // 2, (size - width) // 2
    return cv2.copyMakeBorder(rgba, top, size - height - top, left, size - width - left, cv2.BORDER_CONSTANT)


def parent_of(masks: list[NDArray[np.bool_]], number: int) -> int:
    """The smallest of the shapes behind one on which most of it lies; -1 where there is none."""
    mine = masks[number]
    below = [n for n in range(number) if (masks[n] & mine).sum() >= SITS * mine.sum()]
    return min(below, key=lambda n: int(masks[n].sum()), default=-1)


def pivot_of(mine: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[float, float]:
    """Where a shape hangs on another one: its place nearest to that one's middle."""
    rows, columns = np.nonzero(mine)
    middle = [float(np.mean(axis)) for axis in np.nonzero(other)]
    nearest = np.argmin((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2)
    return float(columns[nearest]), float(rows[nearest])
