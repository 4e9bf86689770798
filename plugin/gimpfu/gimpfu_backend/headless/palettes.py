"""Kinds of images, and palettes."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from gimpcolor import RGB
from gimpfu_backend.headless.light import to_lab
from gimpfu_backend.headless.things import luma, procedure, rgba, tree


def other_than(image, base):
    if image.base == base:
        raise RuntimeError(f"The image is of the type {('RGB', 'grey', 'indexed')[base]} already.")


@procedure("gimp-image-convert-rgb")
def _(host, image):
    other_than(image, 0)
    for each in tree(image.layers):
        each.type = each.type % 2 if each.data is None else each.type
        if each.data is not None:
            alpha = each.type % 2
            each.data, each.type = rgba(each)[..., : 3 + alpha].copy(), alpha
    image.base = 0


@procedure("gimp-image-convert-grayscale")
def _(host, image):
    other_than(image, 1)
    for each in tree(image.layers):
        each.type = 2 + each.type % 2 if each.data is None else each.type
        if each.data is not None:
            full, alpha = rgba(each), each.type % 2
            each.data = np.dstack([luma(full), full[..., 3:]])[..., : 1 + alpha].copy()
            each.type = 2 + alpha
    image.base = 1


WEB = bytes(each for r in range(6) for g in range(6) for b in range(6) for each in (51 * r, 51 * g, 51 * b))


@procedure("gimp-image-convert-indexed")
def _(host, image, dither, kind, colors, alpha_dither, remove_unused, palette):
    """kind: 0 as many colours as are wanted, 1 the web's, 2 black and white, 3 those of a palette."""
    other_than(image, 2)
    layers = [each for each in tree(image.layers) if each.data is not None]
    if not layers:
        raise RuntimeError("An image without layers cannot be converted to indexed colours.")
    full = [rgba(each) for each in layers]
    if kind == 0:  # one palette for all layers, of those pixels that show
        seen = np.concatenate([each[each[..., 3] > 0][:, :3] for each in full] or [np.zeros((1, 3), np.uint8)])
        table = palette_of(seen if len(seen) else np.zeros((1, 3), np.uint8), colors)
    else:
        given = colors_of(host, palette) if kind == 3 else []
        table = {1: WEB, 2: bytes((0, 0, 0, 255, 255, 255)), 3: b"".join(bytes(each[:3]) for each in given)}[kind]
    for each, data in zip(layers, full):
        alpha = each.type % 2
        indices = indexed(data[..., :3], table, bool(dither))[..., None]
        each.data = np.dstack([indices, (data[..., 3:] > 127) * np.uint8(255)]) if alpha else indices.copy()
        each.type = 4 + alpha
    for each in tree(image.layers):
        each.type = 4 + each.type % 2
    if remove_unused and kind:
        used = np.unique(np.concatenate([each.data[..., 0].ravel() for each in layers]))
        place = np.zeros(256, np.uint8)
        place[used] = np.arange(len(used))
        for each in layers:
            each.data[..., 0] = place[each.data[..., 0]]
        table = b"".join(table[3 * each : 3 * each + 3] for each in used)
    image.colormap, image.base = table, 2


def indexed(colors, table, dithered):
    """Of each pixel its colour's place in the table: the nearest in Lab; dithered by Pillow."""
    count = len(table) // 3
    if dithered:
        guide = Pillow.new("P", (1, 1))
        guide.putpalette(table)
        made = Pillow.fromarray(colors.copy()).quantize(palette=guide, dither=Pillow.Dither.FLOYDSTEINBERG)
        return np.minimum(np.asarray(made), count - 1)
    own, place = np.unique(colors.reshape(-1, 3), axis=0, return_inverse=True)
    wanted, have = to_lab(own / 255), to_lab(np.frombuffer(table, np.uint8).reshape(-1, 3) / 255)
    apart = np.full(len(own), np.inf)
    nearest = np.zeros(len(own), np.uint8)
    for n, each in enumerate(have):
        distance = ((wanted - each) ** 2).sum(-1)
        nearest[distance < apart] = n
        apart = np.minimum(apart, distance)
    return nearest[place.reshape(colors.shape[:2])]


def palette_of(colors, count):
    """The colours themselves where they are few, else Pillow's median cut; bytes."""
    own = np.unique(colors, axis=0)
    if len(own) <= count:
        return own.astype(np.uint8).tobytes()
    made = Pillow.fromarray(colors[None].astype(np.uint8)).quantize(count, dither=Pillow.Dither.NONE)
    return bytes(made.getpalette()[: 3 * len(made.getcolors())])


@procedure("gimp-image-get-palette")
def _(host, image):
    host.settings["palette colormap"] = [RGB(*image.colormap[at : at + 3]) for at in range(0, len(image.colormap), 3)]
    return "colormap"


def colors_of(host, palette):
    if "palette " + palette not in host.settings:
        raise RuntimeError(f"There is no palette {palette!r}.")
    return host.settings["palette " + palette]


@procedure("gimp-image-set-palette")
def _(host, image, name):
    image.colormap = b"".join(bytes(each[:3]) for each in colors_of(host, name))
    return name


@procedure("gimp-palette-get-colors")
def _(host, name):
    return list(colors_of(host, name))


@procedure("gimp-palette-new")
def _(host, name):
    host.settings["palette " + name] = []
    return name


@procedure("gimp-palette-add-entry")
def _(host, name, entry, color):
    colors_of(host, name).append(color)
    return len(colors_of(host, name)) - 1


@procedure("gimp-resource-delete")
def _(host, name):
    for kind in ("palette ", "brush "):
        host.settings.pop(kind + name, None)
