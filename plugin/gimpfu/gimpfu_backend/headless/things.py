"""What procedures share: things, the procedures' table, pixels in and out."""

from __future__ import annotations

import numpy as np

from gimpfu_backend import Refused
from gimpfu_backend.headless.light import LUMINANCE, from_light, gray, to_bytes, to_light
from gimpfu_backend.headless.modes import PASS_THROUGH, REPLACE, blended

CHANNELS = (3, 4, 1, 2, 1, 2)  # of RGB, RGBA, GRAY, GRAYA, INDEXED, INDEXEDA
LINEAR = ("GimpLayerMask", "GimpSelection")  # their bytes are light; a channel's have sRGB's curve
PROCEDURES = {}


class Thing:
    """An image, a layer, a channel, a path, the selection: what its procedures read and write are attributes."""

    def __init__(self, kind, **attributes):
        self.kind, self.parasites = kind, {}
        self.__dict__.update(attributes)


def procedure(*names):
    def kept(function):
        for name in names:
            PROCEDURES[name] = function
        return function

    return kept


def tree(layers):
    """All layers, those in groups too, from the top."""
    for each in layers:
        yield each
        yield from tree(getattr(each, "children", None) or [])


def siblings(item):
    if item.parent is not None:
        return item.parent.children
    return {"GimpChannel": item.image.channels, "GimpPath": item.image.paths}.get(item.kind, item.image.layers)


def whole(item):
    """An item, what is in it, and their masks: what moves with it."""
    for each in tree([item]):
        yield each
        if getattr(each, "mask", None) is not None:
            yield each.mask


def bounds(drawable):
    """x, y, width, height: a group's are those of what is in it."""
    if drawable.data is not None:
        return drawable.x, drawable.y, drawable.data.shape[1], drawable.data.shape[0]
    return union(drawable.children) or (0, 0, 1, 1)


def union(layers):
    """x, y, width, height around some layers; None where there are none."""
    inside = [bounds(each) for each in layers]
    if not inside:
        return None
    left, top = min(each[0] for each in inside), min(each[1] for each in inside)
    return left, top, max(each[0] + each[2] for each in inside) - left, max(each[1] + each[3] for each in inside) - top


def placed(data, width, height, x, y):
    """A drawable's pixels on a canvas of another size; what lies beyond is cut, what is missing is 0."""
    made = np.zeros((height, width, *data.shape[2:]), data.dtype)
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + data.shape[1]), min(height, y + data.shape[0])
    if right > left and bottom > top:
        made[top:bottom, left:right] = data[top - y : bottom - y, left - x : right - x]
    return made


def kind_of(drawable):
    """GimpImageType; channels and masks are grey."""
    return getattr(drawable, "type", 2)


def rgba(drawable):
    """Any drawable's bytes as height x width x 4."""
    if drawable.data is None:
        x, y, width, height = bounds(drawable)
        return to_bytes(composed(drawable.children, width, height, x, y))
    data, kind = drawable.data, kind_of(drawable)
    alpha = data[..., -1:] if kind % 2 else np.full((*data.shape[:2], 1), 255, np.uint8)
    if kind > 3:
        table = np.zeros((256, 3), np.uint8)
        colors = np.frombuffer(drawable.image.colormap, np.uint8).reshape(-1, 3)
        table[: len(colors)] = colors
        return np.dstack([table[data[..., 0]], alpha])
    return np.dstack([data[..., :3] if kind < 2 else np.repeat(data[..., :1], 3, -1), alpha])


def picture(drawable):
    """A drawable as `light` has pictures."""
    made = rgba(drawable) / 255
    if drawable.kind in LINEAR:
        made[..., :3] = from_light(made[..., :3])
    return made


def put(drawable, made):
    """A picture into a drawable; of a grey one, red counts."""
    kind = kind_of(drawable)
    if kind > 3:
        raise Refused("Painting in indexed images needs GIMP; convert the image to RGB.")
    if drawable.data is None:
        raise RuntimeError(f"{drawable.name} is a group of layers and has no pixels of its own.")
    colors = made[..., :3] if kind < 2 else made[..., :1]
    if drawable.kind in LINEAR:
        colors = to_light(colors)
    drawable.data = to_bytes(np.concatenate([colors, made[..., 3:]], -1) if kind % 2 else colors)


def shade(drawable, color):
    """A colour, r, g, b, a of 0 to 1, as the drawable can have it."""
    r, g, b = color.r, color.g, color.b
    if kind_of(drawable) > 1:
        r = g = b = float(gray(np.array([[[r, g, b]]]))[0, 0, 0])
    return np.array([r, g, b, color.a])


def coverage(drawable):
    """How much of each pixel is selected, 0 to 1; all where nothing is."""
    data = drawable.image.selection.data
    if drawable.kind == "GimpSelection" or not data.any():
        return 1.0
    x, y, width, height = bounds(drawable)
    return placed(data, width, height, -x, -y) / 255


def apply(drawable, above, mode=REPLACE, amount=1.0):
    """Puts a picture over a drawable's, as far as it is selected and alpha is not locked."""
    below = picture(drawable)
    above = np.broadcast_to(above, below.shape)
    locked = getattr(drawable, "lock_alpha", False) and kind_of(drawable) % 2
    under = below
    if locked and mode != REPLACE:
        under = np.concatenate([below[..., :3], np.ones_like(below[..., 3:])], -1)
    made = blended(under, above, mode, amount * coverage(drawable), painting=True)
    if locked:
        made[..., 3] = below[..., 3]
    put(drawable, made)


def composed(layers, width, height, x=0, y=0, made=None):
    """What some layers show of a canvas whose corner is x, y: height x width x 4, 0 to 1."""
    empty = made is None
    made = np.zeros((height, width, 4)) if empty else made
    for layer in reversed(layers):
        if not layer.visible:
            continue
        opacity = layer.opacity / 100
        if layer.mask is not None and layer.apply_mask:
            opacity = opacity * placed(layer.mask.data, width, height, layer.mask.x - x, layer.mask.y - y) / 255
        if layer.mode == PASS_THROUGH and layer.children is not None:
            made = blended(made, composed(layer.children, width, height, x, y, made), REPLACE, opacity)
        else:
            if layer.children is not None:
                above = composed(layer.children, width, height, x, y)
            else:
                above = placed(rgba(layer), width, height, layer.x - x, layer.y - y) / 255
            mode = 28 if empty and layer.mode not in (0, 60) else layer.mode  # the lowest has nothing to mix with
            made = blended(made, above, mode, opacity)
        empty = False
    return made


def luma(data):
    """Grey bytes of RGB's, height x width x 1."""
    return data[..., :1] if data.shape[-1] < 3 else to_bytes(gray(data[..., :3] / 255))


def luminance(data):
    """Light of RGB's bytes, as a mask: height x width x 1."""
    colors = data[..., :3] if data.shape[-1] > 2 else np.repeat(data[..., :1], 3, -1)
    return to_bytes((to_light(colors / 255) @ LUMINANCE)[..., None])


def fitted(data, kind):
    """RGBA bytes as a layer of GimpImageType 0 to 3 has them."""
    if kind > 3:
        raise Refused("Merging in indexed images needs GIMP; convert the image to RGB.")
    return (data if kind < 2 else np.dstack([luma(data), data[..., 3:]]))[..., : CHANNELS[kind]].copy()


def shown(image):
    return to_bytes(composed(image.layers, image.width, image.height))


def copied_name(name):
    return name if name.endswith(" copy") else name + " copy"


def inside(drawable, x, y):
    _, _, width, height = bounds(drawable)
    if not (0 <= x < width and 0 <= y < height):
        raise RuntimeError(f"{int(x)}, {int(y)} is outside {drawable.name}.")
    return int(x), int(y)
