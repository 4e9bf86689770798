"""Moving, scaling, turning and cropping: images, layers, and all that goes with them."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from gimpfu_backend import Refused
from gimpfu_backend.headless.blurs import resized
from gimpfu_backend.headless.light import from_light, to_light
from gimpfu_backend.headless.things import (
    PROCEDURES,
    Thing,
    bounds,
    kind_of,
    picture,
    placed,
    procedure,
    put,
    tree,
    union,
    whole,
)  # fmt: skip


def carried(image, move):
    """Guides and paths through a change of coordinates: move takes x, y and gives x, y."""
    for number, (orientation, position) in list(image.guides.items()):
        ends = [move(0, position), move(1, position)] if orientation == 0 else [move(position, 0), move(position, 1)]
        upright = abs(ends[0][0] - ends[1][0]) < 1e-9
        at = round(ends[0][0] if upright else ends[0][1])
        if 0 <= at <= (image.width if upright else image.height):
            image.guides[number] = int(upright), at
        else:
            del image.guides[number]
    for path in image.paths:
        for stroke in path.strokes.values():
            pairs = [move(x, y) for x, y in zip(stroke[0][::2], stroke[0][1::2])]
            stroke[0] = [float(each) for pair in pairs for each in pair]


def everything(image):
    """All drawables of an image: layers, masks, channels, the selection."""
    for layer in image.layers:
        yield from whole(layer)
    yield from image.channels
    yield image.selection


@procedure("gimp-image-resize")
def resize(host, image, width, height, x, y):
    image.width, image.height = width, height
    for layer in image.layers:
        for each in whole(layer):
            each.x, each.y = each.x + x, each.y + y
    for each in (*image.channels, image.selection):
        each.data = placed(each.data, width, height, x, y)
    carried(image, lambda px, py: (px + x, py + y))


@procedure("gimp-image-resize-to-layers")
def _(host, image):
    found = union(image.layers)
    if found:
        resize(host, image, found[2], found[3], -found[0], -found[1])


@procedure("gimp-image-crop")
def _(host, image, width, height, x, y):
    if x < 0 or y < 0 or x + width > image.width or y + height > image.height:
        raise RuntimeError("The crop must lie inside the image.")
    resize(host, image, width, height, -x, -y)
    for layer in list(tree(image.layers)):
        if layer.data is None:
            continue
        left, top, across, down = bounds(layer)
        right, bottom = min(width, left + across), min(height, top + down)
        left, top = max(0, left), max(0, top)
        if right <= left or bottom <= top:
            PROCEDURES["gimp-image-remove-layer"](host, image, layer)
            continue
        for each in whole(layer):
            each.data = placed(each.data, right - left, bottom - top, each.x - left, each.y - top)
            each.x, each.y = left, top


RESAMPLING = {0: Pillow.Resampling.NEAREST, 1: Pillow.Resampling.BILINEAR}


def resampled(host, drawable, width, height, alone=False):
    """A drawable's bytes in another size: by light and alpha, but for indices. alone: beyond the edges is nothing."""
    nearest = kind_of(drawable) > 3 or host.context["interpolation"] == 0
    if nearest:
        xs, ys = (
            ((np.arange(n) + 0.5) * size / n).astype(int)
            for n, size in zip((width, height), drawable.data.shape[1::-1])
        )
        return drawable.data[ys][:, xs]
    method = RESAMPLING.get(host.context["interpolation"], Pillow.Resampling.BICUBIC)
    made = picture(drawable)
    light = np.concatenate([to_light(made[..., :3]) * made[..., 3:], made[..., 3:]], -1).astype(np.float32)
    if width >= drawable.data.shape[1] and height >= drawable.data.shape[0]:
        large = np.clip(resized(light, width, height, method == Pillow.Resampling.BICUBIC, alone), 0, 1)
    else:
        parts = [np.asarray(Pillow.fromarray(light[..., n]).resize((width, height), method)) for n in range(4)]
        large = np.clip(np.stack(parts, -1), 0, 1)
    alpha = large[..., 3:]
    colors = from_light(np.clip(large[..., :3] / np.where(alpha > 1e-6, alpha, 1), 0, 1))
    holder = Thing(drawable.kind, data=drawable.data, type=kind_of(drawable), image=drawable.image, name=drawable.name)
    put(holder, np.concatenate([colors, alpha], -1))
    return holder.data


def scaled(host, item, across, down, x, y, alone=False):
    """Everything in an item by factors, about x, y."""
    for each in whole(item):
        if each.data is not None:
            left, top, width, height = each.x, each.y, *each.data.shape[1::-1]
            size = max(1, round(width * across)), max(1, round(height * down))
            each.data = resampled(host, each, *size, alone and kind_of(each) % 2)
            each.x, each.y = round(x + (left - x) * across), round(y + (top - y) * down)


@procedure("gimp-layer-scale")
def _(host, layer, width, height, local_origin):
    left, top, across, down = bounds(layer)
    if layer.children is not None:
        scaled(host, layer, width / across, height / down, *((left, top) if local_origin else (0, 0)))
        return
    x, y = int(left * width / across), int(top * height / down)
    if local_origin:
        x, y = int(left + (across - width) / 2), int(top + (down - height) / 2)
    for each in whole(layer):
        each.data = resampled(host, each, width, height)
        each.x, each.y = x, y


@procedure("gimp-image-scale")
def _(host, image, width, height):
    across, down = width / image.width, height / image.height
    for layer in image.layers:
        scaled(host, layer, across, down, 0, 0)
    for each in (*image.channels, image.selection):
        each.data = resampled(host, each, width, height)
    image.width, image.height = width, height
    carried(image, lambda x, y: (x * across, y * down))


def turned(item, quarters, x, y):
    """A quarter, half or three quarters clockwise about x, y; the item and all in it."""
    for each in whole(item):
        if each.data is None:
            continue
        left, top, width, height = each.x, each.y, *each.data.shape[1::-1]
        right, bottom = left + width, top + height
        corners = {
            1: (x - bottom + y, y + left - x),
            2: (2 * x - right, 2 * y - bottom),
            3: (x + top - y, y - right + x),
        }
        each.data = np.rot90(each.data, -quarters).copy()
        each.x, each.y = (int(np.floor(at)) for at in corners[quarters])


def flipped(item, orientation, axis):
    for each in whole(item):
        if each.data is None:
            continue
        if orientation == 0:
            each.x, each.data = int(2 * axis - each.x - each.data.shape[1]), each.data[:, ::-1].copy()
        else:
            each.y, each.data = int(2 * axis - each.y - each.data.shape[0]), each.data[::-1].copy()


@procedure("gimp-image-rotate")
def _(host, image, turn):
    quarters, (width, height) = turn + 1, (image.width, image.height)
    middle = {1: (height / 2, height / 2), 2: (width / 2, height / 2), 3: (width / 2, width / 2)}[quarters]
    for each in (*image.layers, *image.channels, image.selection):
        turned(each, quarters, *middle)
    if quarters != 2:
        image.width, image.height = height, width
    moves = {1: lambda x, y: (height - y, x), 2: lambda x, y: (width - x, height - y), 3: lambda x, y: (y, width - x)}
    carried(image, moves[quarters])


@procedure("gimp-image-flip")
def _(host, image, orientation):
    size = (image.width, image.height)[orientation]
    for each in (*image.layers, *image.channels, image.selection):
        flipped(each, orientation, size / 2)
    carried(image, lambda x, y: (size - x, y) if orientation == 0 else (x, size - y))


def translated(item, x, y):
    if item.kind == "GimpPath":
        for stroke in item.strokes.values():
            points = stroke[0]
            points[::2], points[1::2] = [each + x for each in points[::2]], [each + y for each in points[1::2]]
        return
    for each in whole(item):
        each.x, each.y = each.x + x, each.y + y
    if item.kind in ("GimpChannel", "GimpSelection"):
        item.data, item.x, item.y = placed(item.data, item.image.width, item.image.height, item.x, item.y), 0, 0


@procedure("gimp-layer-set-offsets")
def _(host, layer, x, y):
    left, top = bounds(layer)[:2]
    translated(layer, x - left, y - top)


@procedure("gimp-item-transform-translate")
def _(host, item, x, y):
    translated(item, round(x), round(y))
    return item


@procedure("gimp-layer-resize")
def _(host, layer, width, height, x, y):
    if layer.data is None:
        raise RuntimeError("A group of layers is as large as what is in it.")
    for each in whole(layer):
        each.data = placed(each.data, width, height, x, y)
        each.x, each.y = each.x - x, each.y - y


@procedure("gimp-layer-resize-to-image-size")
def _(host, layer):
    PROCEDURES["gimp-layer-resize"](host, layer, layer.image.width, layer.image.height, layer.x, layer.y)


@procedure("gimp-item-transform-flip-simple")
def _(host, item, orientation, center, axis):
    if item.kind == "GimpPath":
        raise Refused("Turning paths needs GIMP; run this plug-in in it.")
    left, top, width, height = bounds(item)
    flipped(item, orientation, (left + width / 2, top + height / 2)[orientation] if center else axis)
    return item


@procedure("gimp-item-transform-rotate-simple")
def _(host, item, turn, center, x, y):
    if item.kind == "GimpPath":
        raise Refused("Turning paths needs GIMP; run this plug-in in it.")
    left, top, width, height = bounds(item)
    turned(item, turn + 1, *((left + width / 2, top + height / 2) if center else (x, y)))
    return item


@procedure("gimp-item-transform-scale")
def _(host, item, x1, y1, x2, y2):
    if item.kind == "GimpPath":
        raise Refused("Scaling paths needs GIMP; run this plug-in in it.")
    left, top, width, height = bounds(item)
    across, down = max(1, round(x2) - round(x1)), max(1, round(y2) - round(y1))
    scaled(host, item, across / width, down / height, left, top, True)
    translated(item, round(x1) - left, round(y1) - top)
    return item
