"""Two readings of one SVG for its truth: every surface in a flat colour of its own, and the lines that a pen would draw."""

from __future__ import annotations

import copy

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from ..outline import WIDE, Context, Look, Sheet, Style, drop, put_style

OWN_LINES = (0.6, 1.6)  # pens: the thinnest and widest line that a drawing brings with it
SPREAD = 0x9E3779B1  # odd, so that numbers and codes match one to one, and mixtures of two codes hardly ever are codes


class Numbered(Sheet):
    """Counts the shapes in painter's order: shape k's fill is surface 2k, its wide light stroke is surface 2k + 1."""

    def __init__(self, root: etree._Element, pen: float) -> None:
        super().__init__(root, pen)
        self.number = 0  # of the next shape; 0 itself is what lies behind the drawing

    def ink(self, element: etree._Element, kept: Style, context: Context) -> None:
        self.number += 1
        look = self.look(context)
        pen = self.pen / max(context.scale, 1e-9)
        wide = look.stroked and not look.dark_stroke and look.width > WIDE * pen
        if look.fill == "none" and not look.stroked:
            drop(element)
        else:
            self.put(element, kept, look, pen, wide)

    def put(self, element: etree._Element, kept: Style, look: Look, pen: float, wide: bool) -> None:
        """Paint one shape that is to be seen. pen: its width in the shape's own units. wide: its stroke is a surface."""
        raise NotImplementedError


class SurfaceSheet(Numbered):
    """Every surface in the flat colour of its number. dark: numbers of the fills that are ink; things: what a surface belongs to."""

    def __init__(self, root: etree._Element, pen: float) -> None:
        super().__init__(root, pen)
        self.dark: set[int] = set()
        self.things: dict[int, str] = {}

    def put(self, element: etree._Element, kept: Style, look: Look, pen: float, wide: bool) -> None:
        fill, stroke = 2 * self.number, 2 * self.number + 1
        thing = element.xpath("string(ancestor-or-self::*[@data-thing][1]/@data-thing)")
        if thing:
            self.things[fill] = self.things[stroke] = str(thing)
        if look.fill == "#000":
            self.dark.add(fill)
        if look.fill == "none" and not wide:
            drop(element)
            return
        paints = {"fill": code(fill) if look.fill != "none" else "none"}
        if wide:
            paints |= {"stroke": code(stroke), "stroke-width": f"{look.width:g}"}
        put_style(element, {**kept, "stroke": "none", **paints})


class PenSheet(Numbered):
    """White shapes with the lines that the artist drew, and a pen's outline around each of the shapes in `outlined` (all for None).

    shades: shapes that hide nothing and have no outline."""

    def __init__(
        self, root: etree._Element, pen: float, outlined: frozenset[int] | None, shades: frozenset[int]
    ) -> None:
        super().__init__(root, pen)
        self.outlined = outlined
        self.shades = shades

    def put(self, element: etree._Element, kept: Style, look: Look, pen: float, wide: bool) -> None:
        outlined = self.outlined is None or self.number in self.outlined
        is_shade = self.number in self.shades
        style = {**kept, "fill": "none" if is_shade else look.fill, "stroke": "none"}
        if is_shade and not (look.stroked and look.dark_stroke):
            drop(element)
            return
        round_ends = {"stroke-linejoin": "round", "stroke-linecap": "round"}
        if wide:
            if outlined:
                under = copy.deepcopy(element)
                element.addprevious(under)
                put_style(under, {**style, "stroke": "#000", "stroke-width": f"{look.width + pen:g}"})
            width = look.width - pen if outlined else look.width
            style |= {"fill": "none" if outlined else look.fill, "stroke": "#fff", "stroke-width": f"{width:g}"}
        elif look.stroked:
            # Drawings of other sizes and hands come under one pen: an own line keeps half of what it differs in.
            width = pen * float(np.clip(np.sqrt(look.width / pen), *OWN_LINES))
            style |= {"stroke": "#000", "stroke-width": f"{width:g}"}
        elif outlined:
            style |= {**round_ends, "stroke": "#000", "stroke-width": f"{pen:g}"}
        put_style(element, style)


def code(number: int) -> str:
    return f"#{number * SPREAD & 0xFFFFFF:06x}"


def decode(rgba: NDArray[np.uint8], count: int) -> NDArray[np.int32]:
    """(h, w) surface numbers of a picture of codes, 0 where there is none. count: of the shapes."""
    codes = np.arange(2 * count + 2, dtype=np.int64) * SPREAD & 0xFFFFFF
    order = np.argsort(codes)
    pixels = rgba[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    places = np.minimum(np.searchsorted(codes[order], pixels), len(codes) - 1)
    found = order[places]
    hit = (codes[found] == pixels) & (rgba[..., 3] == 255)
    return np.where(hit, found, 0).astype(np.int32)


def penned(
    root: etree._Element, pen: float, scale: float, outlined: frozenset[int] | None, shades: frozenset[int]
) -> etree._Element:
    """A copy of the drawing as a pen of `pen` px draws it at `scale` px a unit. outlined, shades: see PenSheet."""
    drawing = copy.deepcopy(root)
    PenSheet(drawing, pen, outlined, shades).rewrite(drawing, Context(scale=scale))
    return drawing


def numbered(root: etree._Element, pen: float, scale: float) -> tuple[etree._Element, SurfaceSheet]:
    """A copy of the drawing with every surface in the code of its number, and the sheet."""
    drawing = copy.deepcopy(root)
    sheet = SurfaceSheet(drawing, pen)
    sheet.rewrite(drawing, Context(scale=scale))
    return drawing, sheet
