"""Selections."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from gimpcolor import RGB
from gimpfu_backend import Refused
from gimpfu_backend.headless import blurs, shapes
from gimpfu_backend.headless.light import from_light, to_bytes
from gimpfu_backend.headless.painting import alike, contiguous, sampled
from gimpfu_backend.headless.shapes import flat_path
from gimpfu_backend.headless.things import PROCEDURES, bounds, kind_of, placed, procedure, rgba, shade


def select(host, image, operation, where):
    """where: height x width, 0 to 255."""
    data = np.asarray(where).reshape(image.height, image.width, 1).astype(np.uint8)
    if host.context["feather"]:
        data = feathered(data, *host.context["feather-radius"])
    image.selection.data = shapes.combined(image.selection.data, data, operation)


def feathered(data, across, down):
    return to_bytes(blurs.gaussian(data / 255, across / 3.5, down / 3.5))


@procedure("gimp-image-select-rectangle")
def _(host, image, operation, x, y, width, height):
    where = np.zeros((image.height, image.width))
    left, top = int(x), int(y)
    where[max(0, top) : max(0, top + int(height)), max(0, left) : max(0, left + int(width))] = 255
    select(host, image, operation, where)


@procedure("gimp-image-select-ellipse")
def _(host, image, operation, x, y, width, height):
    box = int(x), int(y), int(width), int(height)
    select(host, image, operation, shapes.ellipse(image.width, image.height, *box, host.context["antialias"]))


@procedure("gimp-image-select-round-rectangle")
def _(host, image, operation, x, y, width, height, across, down):
    box = int(x), int(y), int(width), int(height)
    soft = host.context["antialias"]
    select(host, image, operation, shapes.rounded(image.width, image.height, *box, across, down, soft))


@procedure("gimp-image-select-polygon")
def _(host, image, operation, points):
    ring = np.array(points, float).reshape(-1, 2)
    select(host, image, operation, shapes.polygon(image.width, image.height, [ring], host.context["antialias"]))


def on_canvas(image, drawable, where):
    """A drawable's 0 to 1 as its image's 0 to 255."""
    return placed(to_bytes(where)[..., None], image.width, image.height, drawable.x, drawable.y)


@procedure("gimp-image-select-color")
def _(host, image, operation, drawable, color):
    source = sampled(host, drawable, (0, 0, image.width, image.height))
    if kind_of(source) > 3:
        raise Refused("Selecting by colour in indexed images needs GIMP; convert the image to RGB.")
    wanted = to_bytes(shade(source, color))
    wanted = wanted[[0, 1, 2, 3] if kind_of(source) < 2 else [0, 3]][: source.data.shape[-1]]
    select(host, image, operation, on_canvas(image, source, alike(host, source, wanted, False)))


@procedure("gimp-image-select-contiguous-color")
def _(host, image, operation, drawable, x, y):
    source = sampled(host, drawable, (0, 0, image.width, image.height))
    select(host, image, operation, on_canvas(image, source, contiguous(host, source, x, y)))


@procedure("gimp-image-select-item")
def _(host, image, operation, item):
    if item.kind == "GimpPath":
        rings = [np.array(flat_path(points), float).reshape(-1, 2) for points, _ in item.strokes.values()]
        where = shapes.polygon(image.width, image.height, rings, host.context["antialias"]) if rings else 0
        select(host, image, operation, np.broadcast_to(where, (image.height, image.width)))
        return
    if item.kind in ("GimpChannel", "GimpLayerMask", "GimpSelection"):
        data, x, y = item.data, item.x, item.y
    else:
        data, (x, y) = rgba(item)[..., 3:], bounds(item)[:2]
    select(host, image, operation, placed(data, image.width, image.height, x, y))


@procedure("gimp-selection-none")
def _(host, image):
    image.selection.data = np.zeros_like(image.selection.data)


@procedure("gimp-selection-all")
def _(host, image):
    image.selection.data = np.full_like(image.selection.data, 255)


@procedure("gimp-selection-invert")
def _(host, image):
    image.selection.data = 255 - image.selection.data


@procedure("gimp-selection-is-empty")
def _(host, image):
    return not image.selection.data.any()


@procedure("gimp-selection-bounds")
def _(host, image):
    ys, xs = np.nonzero(image.selection.data[..., 0])
    if not len(xs):
        return False, 0, 0, image.width, image.height
    return True, int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@procedure("gimp-selection-value")
def _(host, image, x, y):
    within = 0 <= x < image.width and 0 <= y < image.height
    return int(image.selection.data[y, x, 0]) if within else 0


@procedure("gimp-selection-sharpen")
def _(host, image):
    image.selection.data = (from_light(image.selection.data / 255) >= 0.5) * np.uint8(255)


@procedure("gimp-selection-feather")
def _(host, image, radius):
    """Within the radius around what is selected."""
    found, *edges = PROCEDURES["gimp-selection-bounds"](host, image)
    if found:
        reach = int(np.ceil(radius))
        left, top = (max(0, at - reach) for at in edges[:2])
        part = np.s_[top : edges[3] + reach, left : edges[2] + reach]
        made = image.selection.data.copy()
        made[part] = feathered(made, radius, radius)[part]
        image.selection.data = made


@procedure("gimp-selection-grow")
def _(host, image, steps):
    image.selection.data = shapes.spread(image.selection.data, int(steps))


@procedure("gimp-selection-shrink")
def _(host, image, steps):
    image.selection.data = shapes.spread(image.selection.data, int(steps), False)


@procedure("gimp-selection-border")
def _(host, image, radius):
    image.selection.data = shapes.border(image.selection.data, int(radius))


@procedure("gimp-selection-translate")
def _(host, image, x, y):
    image.selection.data = placed(image.selection.data, image.width, image.height, x, y)


@procedure("gimp-selection-flood")
def _(host, image):
    """Fills the holes: what is not selected and does not hang together with the edge."""
    edged = Pillow.fromarray(np.pad(np.where(image.selection.data[..., 0] > 127, 255, 0).astype(np.uint8), 1)).copy()
    ImageDraw.floodfill(edged, (0, 0), 128)
    holes = np.asarray(edged)[1:-1, 1:-1] == 0
    image.selection.data = np.where(holes[..., None], np.uint8(255), image.selection.data)


@procedure("gimp-selection-save")
def _(host, image):
    name = image.selection.name + " copy"
    made = PROCEDURES["gimp-channel-new"](host, image, name, image.width, image.height, 50.0, RGB(0, 0, 0))
    made.data = image.selection.data.copy()
    PROCEDURES["gimp-image-insert-channel"](host, image, made, None, 0)
    return made
