"""Filling, gradients, brushes."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from gimpcolor import RGB
from gimpfu_backend import Refused
from gimpfu_backend.headless import brushes, modes, shapes
from gimpfu_backend.headless.light import to_bytes
from gimpfu_backend.headless.things import Thing, apply, bounds, composed, inside, kind_of, procedure, put, shade


def fill_color(host, drawable, fill):
    """FillType of GIMP 3; None for transparent."""
    if fill == 4:
        return None
    if fill == 5:
        raise Refused("Filling with a pattern needs GIMP; run this plug-in in it.")
    colors = {
        0: host.context["foreground"],
        1: host.context["background"],
        2: RGB(119, 119, 119),
        3: RGB(255, 255, 255),
    }
    return shade(drawable, colors[fill])


@procedure("gimp-drawable-fill")
def _(host, drawable, fill):
    color = fill_color(host, drawable, fill)
    if color is None:
        color = np.zeros(4) if kind_of(drawable) % 2 else shade(drawable, host.context["background"])
    put(drawable, np.broadcast_to(color, (*drawable.data.shape[:2], 4)))


@procedure("gimp-drawable-edit-clear")
def _(host, drawable):
    if kind_of(drawable) % 2:
        apply(drawable, np.ones(4), modes.ERASE)
    else:
        apply(drawable, shade(drawable, host.context["background"]), 28)


@procedure("gimp-drawable-edit-fill")
def _(host, drawable, fill):
    color = fill_color(host, drawable, fill)
    mode = host.context["paint-mode"]
    opacity = host.context["opacity"] / 100
    if color is None:
        apply(drawable, np.ones(4), modes.ERASE, opacity)
    else:
        apply(drawable, color, mode, opacity)


def alike(host, drawable, color, transparent):
    context = host.context
    if context["sample-criterion"]:
        raise Refused("Selecting by other than the composite needs GIMP; run this plug-in in it.")
    return shapes.likeness(
        drawable.data, color, kind_of(drawable), context["sample-threshold"], context["antialias"], transparent
    )


def contiguous(host, drawable, x, y):
    """How far pixels are like the one at x, y and hang together with it: height x width, 0 to 1."""
    x, y = inside(drawable, x, y)
    color = drawable.data[y, x]
    transparent = bool(host.context["sample-transparent"] and kind_of(drawable) % 2 and color[-1] == 0)
    near = alike(host, drawable, color, transparent)
    region = Pillow.fromarray(np.where(near > 0, 128, 0).astype(np.uint8)).copy()
    if near[y, x] == 0:
        return np.zeros_like(near)
    ImageDraw.floodfill(region, (x, y), 255)
    return np.where(np.asarray(region) == 255, near, 0)


def sampled(host, drawable, box):
    """The drawable; what its image shows of a box of x, y, width, height, where the context samples merged."""
    if not host.context["sample-merged"]:
        return drawable
    x, y, width, height = box
    data = to_bytes(composed(drawable.image.layers, width, height, x, y))
    return Thing("GimpLayer", data=data, type=1, x=x, y=y, name="the image")


@procedure("gimp-drawable-edit-bucket-fill")
def _(host, drawable, fill, x, y):
    color = fill_color(host, drawable, fill)
    box = bounds(drawable)
    if host.context["sample-merged"]:
        x, y = x - box[0], y - box[1]
    where = contiguous(host, sampled(host, drawable, box), x, y)[..., None] * host.context["opacity"] / 100
    if color is None:
        apply(drawable, np.ones(4), modes.ERASE, where)
    else:
        apply(drawable, color, host.context["paint-mode"], where)


@procedure("gimp-drawable-edit-gradient-fill")
def _(host, drawable, kind, offset, supersample, depth, threshold, dither, x1, y1, x2, y2):
    if kind > 3 or not host.context["gradient"].startswith("FG to"):
        raise Refused("Gradients but linear, bilinear, radial and square ones of the context's colours need GIMP.")
    _, _, width, height = bounds(drawable)
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    dx, dy, across, down = xs - x1, ys - y1, x2 - x1, y2 - y1
    length = max(np.hypot(across, down), 1e-9)
    side = max(abs(across), abs(down), 1e-9)
    along = (dx * across + dy * down) / length**2
    at = (along, np.abs(along), np.hypot(dx, dy) / length, np.maximum(np.abs(dx), np.abs(dy)) / side)[kind]
    if kind and offset:
        at = np.where(at < offset / 100, 0, (at - offset / 100) / max(1 - offset / 100, 1e-9))
    repeat = host.context["gradient-repeat-mode"]
    outside = (at < 0) | (at > 1)
    at = {2: at % 1, 3: 1 - np.abs(at % 2 - 1)}.get(repeat, np.clip(at, 0, 1))
    steps = 4 * np.ceil(length) - 1  # GIMP looks colours up, four for each pixel of the way
    at = np.round(at * steps) / max(steps, 1)
    if host.context["gradient-reverse"]:
        at = 1 - at
    one, two = (shade(drawable, host.context[each]) for each in ("foreground", "background"))
    if "Transparent" in host.context["gradient"]:
        two = np.array([*one[:3], 0])
    above = one + (two - one) * at[..., None]
    if repeat == 1:
        above[outside, 3] = 0
    apply(drawable, above, host.context["paint-mode"], host.context["opacity"] / 100)


@procedure("gimp-pencil")
def _(host, drawable, strokes):
    stroke(host, drawable, strokes, True)


@procedure("gimp-paintbrush-default")
def _(host, drawable, strokes):
    stroke(host, drawable, strokes, False)


def stroke(host, drawable, points, hard):
    """A round brush's dabs along points, x, y, x, y, ...; hard: on whole pixels, and what is touched is painted."""
    _, _, width, height = bounds(drawable)
    context, where = host.context, np.zeros((height, width))
    hardness = 1.0 if hard else context["brush-hardness"]
    shape = brushes.mask(brushes.brush(host, context["brush"]), context["brush-size"], hardness)
    shape = (shape > 0).astype(float) if hard else shape
    for x, y in dabs(
        np.array(points, float).reshape(-1, 2), max(1.0, context["brush-spacing"] * context["brush-size"])
    ):
        if hard:
            x, y = np.floor(x) + 0.5, np.floor(y) + 0.5
        left, top, made = brushes.placed(shape, x, y)
        right, bottom = min(width, left + made.shape[1]), min(height, top + made.shape[0])
        if right > max(0, left) and bottom > max(0, top):
            part = where[max(0, top) : bottom, max(0, left) : right]
            part += (1 - part) * made[max(0, -top) : bottom - top, max(0, -left) : right - left]
    color = shade(drawable, context["foreground"])
    apply(drawable, color, context["paint-mode"], where[..., None] * context["opacity"] / 100)


def dabs(corners, spacing):
    """Points along a line, the first corner among them."""
    yield corners[0]
    left = spacing
    for one, two in zip(corners, corners[1:]):
        length = np.hypot(*(two - one))
        for at in np.arange(left, length + 1e-9, spacing):
            yield one + (two - one) * at / length
        left = spacing - (length - left) % spacing if length >= left else left - length
