"""Copying, pasting, floating selections."""

from __future__ import annotations

import numpy as np

from gimpfu_backend.headless.light import gray, to_bytes
from gimpfu_backend.headless.things import (
    PROCEDURES,
    apply,
    bounds,
    copied_name,
    coverage,
    kind_of,
    picture,
    placed,
    procedure,
    rgba,
    tree,
)  # fmt: skip


@procedure("gimp-edit-copy")
def _(host, drawables):
    drawable = drawables[0]
    selected = drawable.image.selection.data.any()
    found, left, top, width, height = PROCEDURES["gimp-drawable-mask-intersect"](host, drawable)
    if not found:
        raise RuntimeError("Nothing of the layer is selected, so nothing was copied.")
    data = rgba(drawable).copy()
    data[..., 3:] = np.round(data[..., 3:] * coverage(drawable)).astype(np.uint8)
    x, y = bounds(drawable)[:2]
    opaque = not selected and kind_of(drawable) % 2 == 0
    cut = data[top : top + height, left : left + width]
    host.settings["clipboard"] = cut, x + left, y + top, opaque, drawable.name
    return True


@procedure("gimp-edit-cut")
def _(host, drawables):
    PROCEDURES["gimp-edit-copy"](host, drawables)
    PROCEDURES["gimp-drawable-edit-clear"](host, drawables[0])
    return True


@procedure("gimp-edit-paste")
def _(host, drawable, into):
    if "clipboard" not in host.settings:
        raise RuntimeError("Nothing was copied yet.")
    data, x, y, opaque, name = host.settings["clipboard"]
    image = drawable.image
    height, width = data.shape[:2]
    kind = 2 * (image.base == 1) + (not opaque)
    layer = PROCEDURES["gimp-layer-new"](host, image, copied_name(name), width, height, kind, 100.0, 28)
    layer.data = (np.dstack([luminance_curved(data), data[..., 3:]]) if kind > 1 else data)[
        ..., : layer.data.shape[-1]
    ].copy()
    layer.x, layer.y, layer.floats_over = x, y, drawable
    if into and image.selection.data.any():
        _, left, top, right, bottom = PROCEDURES["gimp-selection-bounds"](host, image)
        layer.x, layer.y = int((left + right - width) / 2), int((top + bottom - height) / 2)
    else:
        PROCEDURES["gimp-selection-none"](host, image)
    image.floating = layer
    image.layers.insert(0, layer)
    image.selected["layers"] = [layer]
    return [layer]


def luminance_curved(data):
    return to_bytes(gray(data[..., :3] / 255))


def lifted(image, layer):
    """Takes a floating selection off its image."""
    if image.floating is not layer:
        raise RuntimeError(f"{layer.name} is not a floating selection.")
    image.floating = None
    image.layers.remove(layer)


@procedure("gimp-floating-sel-anchor")
def _(host, layer):
    image = layer.image
    lifted(image, layer)
    drawable = layer.floats_over
    x, y, width, height = bounds(drawable)
    apply(drawable, placed(picture(layer), width, height, layer.x - x, layer.y - y), layer.mode, layer.opacity / 100)
    host.things.pop(layer.ID)
    owner = next((each for each in tree(image.layers) if each is drawable or each.mask is drawable), None)
    image.selected["layers"] = [owner] if owner else []


@procedure("gimp-floating-sel-to-layer")
def _(host, layer):
    if layer.image.floating is not layer:
        raise RuntimeError(f"{layer.name} is not a floating selection.")
    layer.image.floating = None


@procedure("gimp-floating-sel-remove")
def _(host, layer):
    lifted(layer.image, layer)
    host.things.pop(layer.ID)
