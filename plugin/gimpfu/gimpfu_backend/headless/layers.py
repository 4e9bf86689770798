"""Layers, groups, masks and channels."""

from __future__ import annotations

import numpy as np

from gimpfu_backend import Refused
from gimpfu_backend.headless.images import choose, copied
from gimpfu_backend.headless.light import to_bytes
from gimpfu_backend.headless.modes import PASS_THROUGH, blended, in_light
from gimpfu_backend.headless.shapes import combined
from gimpfu_backend.headless.things import (
    CHANNELS,
    PROCEDURES,
    Thing,
    bounds,
    composed,
    copied_name,
    fitted,
    kind_of,
    luminance,
    picture,
    placed,
    procedure,
    put,
    rgba,
    shade,
    shown,
    siblings,
    tree,
    whole,
)  # fmt: skip


def new_layer(host, image, name, width, height, kind, opacity, mode):
    if kind // 2 != image.base:
        raise RuntimeError("The layer's type does not fit the image's.")
    mode = 28 if mode in (2, 29, PASS_THROUGH) else mode  # for painting, and for groups
    layer = Thing(
        "GimpLayer", image=image, name=name, type=kind, opacity=opacity, mode=mode, x=0, y=0, visible=True,
        lock_alpha=False, mask=None, apply_mask=True, show_mask=False, edit_mask=False, parent=None, children=None,
        lock_content=False, color_tag=0, data=np.zeros((height, width, CHANNELS[kind]), np.uint8),
    )  # fmt: skip
    host.add(layer)
    layer.tattoo = layer.ID
    return layer


PROCEDURES["gimp-layer-new"] = new_layer


@procedure("gimp-group-layer-new")
def _(host, image, name):
    group = new_layer(host, image, name or "Layer Group", 1, 1, 2 * image.base + 1, 100.0, 28)
    group.kind, group.children, group.data = "GimpGroupLayer", [], None
    return group


@procedure("gimp-group-layer-merge")
def _(host, group):
    x, y, width, height = bounds(group)
    layer = new_layer(host, group.image, group.name, width, height, 2 * group.image.base + 1, group.opacity, group.mode)
    data = to_bytes(composed(group.children, width, height, x, y))
    layer.data, layer.x, layer.y = fitted(data, layer.type), x, y
    layer.mask, layer.visible, layer.parent = group.mask, group.visible, group.parent
    beside = siblings(group)
    beside[beside.index(group)] = layer
    for each in tree([group]):
        host.things.pop(each.ID, None)
    choose(group.image, "layers", [layer])
    return layer


@procedure("gimp-layer-copy")
def _(host, layer):
    made = copied(host, layer, layer.image)
    made.name = copied_name(layer.name)
    return made


@procedure("gimp-layer-new-from-drawable")
def _(host, drawable, image):
    _, _, width, height = bounds(drawable)
    grey = drawable.kind in ("GimpChannel", "GimpLayerMask", "GimpSelection")
    kind = 2 * image.base + (0 if grey else kind_of(drawable) % 2)
    made = new_layer(host, image, copied_name(drawable.name), width, height, kind, 100.0, 28)
    made.x, made.y = bounds(drawable)[:2]
    if kind > 3:
        if kind_of(drawable) < 4:
            raise Refused("Copying layers into indexed images needs GIMP; convert the image to RGB.")
        made.data = drawable.data.copy()
    else:
        made.data = fitted(to_bytes(picture(drawable)), kind)
    if not grey:
        made.opacity, made.mode, made.visible = drawable.opacity, drawable.mode, drawable.visible
        if drawable.mask is not None:
            made.mask = copied(host, drawable.mask, image)
            made.mask.layer = made
    return made


@procedure("gimp-layer-new-from-visible")
def _(host, image, other, name):
    made = new_layer(host, other, name or "Visible", image.width, image.height, 2 * other.base + 1, 100.0, 28)
    made.data = fitted(shown(image), made.type)
    return made


@procedure("gimp-layer-add-alpha")
def add_alpha(host, layer):
    if layer.type % 2 == 0:
        layer.data = np.dstack([layer.data, np.full(layer.data.shape[:2], 255, np.uint8)])
        layer.type += 1


@procedure("gimp-layer-flatten")
def _(host, layer):
    if layer.type % 2:
        under = np.broadcast_to(shade(layer, host.context["background"]), (*layer.data.shape[:2], 4))
        made = blended(under, picture(layer), 28 if in_light(layer.mode) else 0)
        put(layer, made)
        layer.type -= 1
        layer.data = layer.data[..., :-1].copy()


@procedure("gimp-layer-create-mask")
def _(host, layer, kind):
    x, y, width, height = bounds(layer)
    data = np.full((height, width, 1), 255 * (kind == 0), np.uint8)
    if kind == 4:
        data = placed(layer.image.selection.data, width, height, -x, -y)
    elif kind in (2, 3):
        data = rgba(layer)[..., 3:].copy()
    elif kind == 5:
        data = luminance(rgba(layer))
        data[rgba(layer)[..., 3] == 0] = 0
    elif kind == 6:
        chosen = layer.image.selected.get("channels") or layer.image.channels
        if not chosen:
            raise RuntimeError("There is no channel to make a mask from.")
        data = placed(chosen[0].data, width, height, -x, -y)
    if kind == 3 and layer.type % 2:
        layer.data[..., -1] = 255
    return host.add(
        Thing(
            "GimpLayerMask", image=layer.image, name=layer.name + " mask", data=data, x=x, y=y, layer=layer,
            parent=None, tattoo=0, visible=True, children=None, mask=None,
        )
    )  # fmt: skip


@procedure("gimp-layer-add-mask")
def _(host, layer, mask):
    if layer.mask is not None:
        raise RuntimeError(f"{layer.name} has a mask already.")
    if mask.data.shape[:2] != bounds(layer)[:1:-1]:
        raise RuntimeError("The mask's size is not the layer's.")
    mask.name, mask.layer = layer.name + " mask", layer
    mask.x, mask.y = bounds(layer)[:2]
    layer.mask = mask


@procedure("gimp-layer-remove-mask")
def _(host, layer, mode):
    if mode == 0:
        if layer.data is None:
            raise Refused("Applying a group's mask needs GIMP; merge the group first.")
        add_alpha(host, layer)
        layer.data[..., -1] = np.round(layer.data[..., -1] * (layer.mask.data[..., 0] / 255)).astype(np.uint8)
    host.things.pop(layer.mask.ID, None)
    layer.mask = None


@procedure("gimp-item-get-children")
def _(host, item):
    return list(item.children or [])


@procedure("gimp-item-is-group")
def _(host, item):
    return item.children is not None


@procedure("gimp-item-delete")
def _(host, item):
    for each in whole(item):
        host.things.pop(each.ID, None)


def _kinds():
    kinds = {
        "layer": ("GimpLayer", "GimpGroupLayer"), "group-layer": ("GimpGroupLayer",), "layer-mask": ("GimpLayerMask",),
        "channel": ("GimpChannel", "GimpLayerMask", "GimpSelection"), "path": ("GimpPath",), "text-layer": (),
        "selection": ("GimpSelection",),
        "drawable": ("GimpLayer", "GimpGroupLayer", "GimpChannel", "GimpLayerMask", "GimpSelection"),
    }  # fmt: skip
    for name, which in kinds.items():
        PROCEDURES[f"gimp-item-id-is-{name}"] = lambda host, ID, which=which: (
            ID in host.things and host.things[ID].kind in which
        )
    PROCEDURES["gimp-item-id-is-valid"] = PROCEDURES["gimp-image-id-is-valid"] = lambda host, ID: ID in host.things


_kinds()


@procedure("gimp-channel-new")
def _(host, image, name, width, height, opacity, color):
    made = host.add(
        Thing(
            "GimpChannel", image=image, name=name, opacity=opacity, color=color, x=0, y=0, show_masked=False,
            visible=True, parent=None, children=None, lock_content=False, color_tag=0,
            data=np.zeros((height, width, 1), np.uint8),
        )
    )  # fmt: skip
    made.tattoo = made.ID
    return made


@procedure("gimp-channel-copy")
def _(host, channel):
    made = copied(host, channel, channel.image)
    made.kind, made.name = "GimpChannel", copied_name(channel.name)
    return made


@procedure("gimp-channel-combine-masks")
def _(host, channel, other, operation, x, y):
    channel.data = combined(
        channel.data, placed(other.data, channel.data.shape[1], channel.data.shape[0], x, y), operation
    )
