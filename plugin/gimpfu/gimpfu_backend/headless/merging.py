"""Merging and flattening."""

from __future__ import annotations

import numpy as np

from gimpfu_backend.headless.images import choose
from gimpfu_backend.headless.layers import new_layer
from gimpfu_backend.headless.light import to_bytes
from gimpfu_backend.headless.modes import blended, in_light
from gimpfu_backend.headless.things import PROCEDURES, bounds, composed, fitted, procedure, siblings, tree, union, whole


def anchored(host, image):
    if image.floating is not None:
        PROCEDURES["gimp-floating-sel-anchor"](host, image.floating)


@procedure("gimp-image-flatten")
def _(host, image):
    anchored(host, image)
    visible = [each for each in image.layers if each.visible]
    if not visible:
        raise RuntimeError("An image without visible layers cannot be flattened.")
    under = np.ones((image.height, image.width, 4))
    color = host.context["background"]
    under[..., :3] = color.r, color.g, color.b
    lowest = visible[-1].mode
    made = blended(under, composed(visible, image.width, image.height), 28 if in_light(lowest) else 0)
    layer = merged(host, image, visible, (0, 0, image.width, image.height), to_bytes(made), False)
    for each in [each for each in image.layers if each is not layer]:
        PROCEDURES["gimp-image-remove-layer"](host, image, each)
    return layer


@procedure("gimp-image-merge-visible-layers")
def _(host, image, kind):
    anchored(host, image)
    visible = [each for each in image.layers if each.visible]
    if not visible:
        raise RuntimeError("There are no visible layers to merge.")
    return joined(host, image, visible, kind)


@procedure("gimp-image-merge-down")
def _(host, image, layer, kind):
    beside = siblings(layer)
    below = next((each for each in beside[beside.index(layer) + 1 :] if each.visible), None)
    if below is None:
        raise RuntimeError("There is no visible layer to merge down to.")
    if below.children is not None:
        raise RuntimeError("A layer cannot be merged down to a group.")
    return joined(host, image, [layer, below], kind)


def joined(host, image, layers, kind):
    """Layers, from the top, as one; kind: 0 as large as they are, 1 within the image, 2 as large as the lowest."""
    x, y, width, height = bounds(layers[-1]) if kind == 2 else union(layers)
    if kind == 1:
        right, bottom = min(x + width, image.width), min(y + height, image.height)
        x, y = max(0, x), max(0, y)
        width, height = max(1, right - x), max(1, bottom - y)
    made = to_bytes(composed(layers, width, height, x, y))
    return merged(host, image, layers, (x, y, width, height), made, True)


def merged(host, image, layers, box, data, alpha):
    """Puts one layer of RGBA bytes in the place of some."""
    lowest = layers[-1]
    mode = 0 if all(each.mode < 23 for each in tree(image.layers)) else 28
    made = new_layer(host, image, lowest.name, *box[2:], 2 * image.base + alpha, 100.0, mode)
    made.data, made.x, made.y = fitted(data, made.type), *box[:2]
    made.parent, made.tattoo, made.parasites = lowest.parent, lowest.tattoo, dict(lowest.parasites)
    beside = siblings(lowest)
    beside.insert(beside.index(lowest), made)
    for each in layers:
        beside.remove(each)
        for one in whole(each):
            host.things.pop(one.ID, None)
    choose(image, "layers", [made])
    return made
