"""Files, by Pillow."""

from __future__ import annotations

import os
import tempfile

import numpy as np
from PIL import Image as Pillow

from gimpfu_backend import Refused
from gimpfu_backend.headless.images import new_image
from gimpfu_backend.headless.layers import new_layer
from gimpfu_backend.headless.things import PROCEDURES, Thing, bounds, fitted, procedure, rgba, shown


def read_file(path):
    try:
        with Pillow.open(path) as picture:
            picture.load()
            alpha = "A" in picture.getbands() or "transparency" in picture.info
            gray = picture.mode in ("1", "L", "LA", "I;16")
            return (
                np.asarray(picture.convert(("LA" if alpha else "L") if gray else "RGBA" if alpha else "RGB")).copy(),
                gray,
                alpha,
            )
    except OSError as error:
        raise RuntimeError(f"{path} cannot be read: {error}.") from None


@procedure("gimp-file-load", "file-png-load", "file-jpeg-load", "file-bmp-load", "file-tiff-load")
def _(host, mode, path):
    data, gray, alpha = read_file(path)
    height, width = data.shape[:2]
    image = new_image(host, width, height, int(gray))
    image.name, image.file = os.path.basename(path), path
    layer = new_layer(host, image, "Background", width, height, 2 * gray + alpha, 100.0, 28)
    layer.data = data.reshape(height, width, -1)
    PROCEDURES["gimp-image-insert-layer"](host, image, layer, None, 0)
    return image


@procedure("gimp-file-load-layer")
def load_layer(host, mode, image, path):
    if image.base == 2:
        raise Refused("Loading layers into indexed images needs GIMP; convert the image to RGB.")
    data, gray, alpha = read_file(path)
    height, width = data.shape[:2]
    source = Thing("GimpLayer", data=data.reshape(height, width, -1), type=2 * gray + alpha)
    layer = new_layer(host, image, os.path.basename(path), width, height, 2 * image.base + alpha, 100.0, 28)
    layer.data = fitted(rgba(source), layer.type)
    return layer


@procedure("gimp-file-load-layers")
def _(host, mode, image, path):
    return [load_layer(host, mode, image, path)]


@procedure(
    "gimp-file-save", *(f"file-{kind}-export" for kind in ("png", "jpeg", "bmp", "tiff", "webp", "gif", "tga", "pcx"))
)
def _(host, mode, image, path, *options):
    """By the name's ending; beside its place, and renamed."""
    made = Pillow.fromarray(shown(image))
    ending = os.path.splitext(path)[1].lower()
    kind = Pillow.registered_extensions().get(ending)
    if kind is None:
        raise RuntimeError(f"{path}: no program here writes files that end in {ending or 'nothing'}.")
    whole = 0, 0, image.width, image.height
    opaque = any(
        each.type % 2 == 0 and each.visible and each.opacity == 100 and bounds(each) == whole for each in image.layers
    )
    bands = "L" if image.base == 1 else "RGB"
    made = made.convert(bands if opaque or kind in ("JPEG", "BMP", "PCX") else bands + "A")
    quality = round(100 * options[1]) if kind == "JPEG" and len(options) > 1 else 90
    written = {"JPEG": {"quality": quality, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    part, name = tempfile.mkstemp(suffix=ending, dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(part, "wb") as file:
            made.save(file, kind, **written)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
