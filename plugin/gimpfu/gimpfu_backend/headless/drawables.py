"""A drawable as a whole: its kind and bounds, its shadow, single pixels, offsets."""

from __future__ import annotations

import numpy as np

from gimpcolor import RGB
from gimpfu_backend.headless.things import (
    PROCEDURES,
    apply,
    bounds,
    coverage,
    inside,
    kind_of,
    picture,
    placed,
    procedure,
    put,
    rgba,
    shade,
)  # fmt: skip

PROCEDURES["gimp-drawable-get-width"] = lambda host, drawable: bounds(drawable)[2]
PROCEDURES["gimp-drawable-get-height"] = lambda host, drawable: bounds(drawable)[3]
PROCEDURES["gimp-drawable-get-offsets"] = lambda host, drawable: bounds(drawable)[:2]
PROCEDURES["gimp-drawable-type"] = lambda host, drawable: kind_of(drawable)
PROCEDURES["gimp-drawable-type-with-alpha"] = lambda host, drawable: kind_of(drawable) | 1
PROCEDURES["gimp-drawable-get-bpp"] = lambda host, drawable: (3, 4, 1, 2, 1, 2)[kind_of(drawable)]
PROCEDURES["gimp-drawable-has-alpha"] = lambda host, drawable: kind_of(drawable) % 2 == 1
PROCEDURES["gimp-drawable-is-rgb"] = lambda host, drawable: kind_of(drawable) < 2
PROCEDURES["gimp-drawable-is-gray"] = lambda host, drawable: kind_of(drawable) in (2, 3)
PROCEDURES["gimp-drawable-is-indexed"] = lambda host, drawable: kind_of(drawable) > 3
PROCEDURES["gimp-drawable-update"] = lambda host, *given: None
PROCEDURES["gimp-drawable-free-shadow"] = lambda host, drawable: host.shadows.pop(drawable.ID, None) and None


@procedure("gimp-drawable-merge-shadow")
def _(host, drawable, undo):
    shadow = host.shadows.pop(drawable.ID, None)
    if shadow is None:
        return
    if kind_of(drawable) > 3:
        drawable.data = np.where(coverage(drawable) > 0.5, shadow, drawable.data)
        return
    was, drawable.data = drawable.data, shadow
    above = picture(drawable)
    drawable.data = was
    apply(drawable, above)


@procedure("gimp-drawable-get-pixel")
def _(host, drawable, x, y):
    x, y = inside(drawable, x, y)
    return RGB(*map(int, rgba(drawable)[y, x]))


@procedure("gimp-drawable-set-pixel")
def _(host, drawable, x, y, color):
    x, y = inside(drawable, x, y)
    made = picture(drawable)
    made[y, x] = shade(drawable, color)
    put(drawable, made)


@procedure("gimp-drawable-offset")
def _(host, drawable, wrap, fill, color, x, y):
    if wrap or fill == 2:
        drawable.data = np.roll(drawable.data, (y, x), (0, 1))
        return
    made = picture(drawable)
    _, _, width, height = bounds(drawable)
    beyond = placed(np.ones((height, width), bool), width, height, x, y) == 0
    made = placed(made, width, height, x, y)
    alpha = kind_of(drawable) % 2
    made[beyond] = shade(drawable, color if fill == 0 else RGB(0, 0, 0))
    if fill == 1 and alpha:
        made[beyond] = 0
    put(drawable, made)


@procedure("gimp-drawable-mask-bounds")
def _(host, drawable):
    found, left, top, right, bottom = PROCEDURES["gimp-selection-bounds"](host, drawable.image)
    x, y, width, height = bounds(drawable)
    if not found:
        return False, 0, 0, width, height
    edges = [
        min(max(at, 0), size)
        for at, size in ((left - x, width), (top - y, height), (right - x, width), (bottom - y, height))
    ]
    return (True, *edges)


@procedure("gimp-drawable-mask-intersect")
def _(host, drawable):
    found, *edges = PROCEDURES["gimp-selection-bounds"](host, drawable.image)
    x, y, width, height = bounds(drawable)
    if not found:
        return True, 0, 0, width, height
    left, top = max(edges[0] - x, 0), max(edges[1] - y, 0)
    width, height = min(edges[2] - x, width) - left, min(edges[3] - y, height) - top
    return width > 0 and height > 0, left, top, width, height
