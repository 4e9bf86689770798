"""GIMP's images: layers as pixels, and results as layers. GEGL converts colour models, depths and profiles on the way.

Pixels are always R'G'B'A of sRGB: what an image is in besides, GEGL knows.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

from client import Blob  # type: ignore[import-not-found]
from gi.repository import Gegl, Gimp  # type: ignore[import-not-found]

GROUP = "colorgan"
WRITTEN, KIND = (
    "colorgan-written",
    "colorgan-kind",
)  # parasites: what colorgan wrote last into a layer, and which one it is
FLAGS = Gimp.PARASITE_PERSISTENT | Gimp.PARASITE_UNDOABLE
FORMATS = {"uint8": "R'G'B'A u8", "uint16": "R'G'B'A u16", "float32": "R'G'B'A float"}
MODES = {
    "normal": Gimp.LayerMode.NORMAL,
    "multiply": Gimp.LayerMode.MULTIPLY,
    "hard-light": Gimp.LayerMode.HARDLIGHT,
}
OURS = {Gimp.LayerMode.MULTIPLY: "multiply", Gimp.LayerMode.MULTIPLY_LEGACY: "multiply"}


class HostError(Exception):
    """What a person can put right in the image; `str(error)` is whole sentences."""


class Canvas:
    """One image, as long as a job lasts."""

    def __init__(self, image: Any) -> None:
        self.image = image
        self.width, self.height = image.get_width(), image.get_height()
        precision = image.get_precision().value_nick
        self.dtype = "uint8" if precision.startswith("u8") else "uint16" if precision.startswith("u16") else "float32"

    def layer(self, layer: Any, name: str) -> Any:
        """What a layer shows, as large as the image, with its mask, without its own opacity."""
        if layer.get_mask() is not None and layer.get_apply_mask():
            return self._masked(layer, name)
        _, x, y = layer.get_offsets()
        where = Gegl.Rectangle.new(-x, -y, self.width, self.height)
        data = layer.get_buffer().get(where, 1.0, FORMATS[self.dtype], Gegl.AbyssPolicy.NONE)
        return Blob(name, self.width, self.height, 4, self.dtype, bytes(data))

    def _masked(self, layer: Any, name: str) -> Any:
        """A copy elsewhere, in which the mask is applied."""
        other = Gimp.Image.new_with_precision(
            self.width, self.height, Gimp.ImageBaseType.RGB, self.image.get_precision()
        )
        try:
            copy = Gimp.Layer.new_from_drawable(layer, other)
            other.insert_layer(copy, None, 0)
            copy.remove_mask(Gimp.MaskApplyMode.APPLY)
            return self.layer(copy, name)
        finally:
            other.delete()

    def selection(self) -> Any:
        """How much of each pixel is selected, None where nothing is."""
        if Gimp.Selection.is_empty(self.image):
            return None
        where = Gegl.Rectangle.new(0, 0, self.width, self.height)
        data = self.image.get_selection().get_buffer().get(where, 1.0, "Y u8", Gegl.AbyssPolicy.NONE)
        return Blob("selection", self.width, self.height, 1, "uint8", bytes(data))

    def new(self, name: str, blend: str, group: Any, above: Any) -> Any:
        """An empty layer in a group, or over a layer."""
        layer = Gimp.Layer.new(
            self.image, name, self.width, self.height, Gimp.ImageType.RGBA_IMAGE, 100.0, MODES[blend]
        )
        if blend != "normal":  # as other programs blend, and as colorgan's own files are
            layer.set_blend_space(Gimp.LayerColorSpace.RGB_PERCEPTUAL)
            layer.set_composite_space(Gimp.LayerColorSpace.RGB_PERCEPTUAL)
            layer.set_composite_mode(Gimp.LayerCompositeMode.UNION)
        else:
            layer.set_composite_space(Gimp.LayerColorSpace.RGB_PERCEPTUAL)
        if group is not None:
            self.image.insert_layer(layer, group, 0)
        else:
            self._insert(layer, above)
        return layer

    def write(self, layer: Any, pixels: Any) -> None:
        buffer = layer.get_buffer()
        _, x, y = layer.get_offsets()
        buffer.set(Gegl.Rectangle.new(-x, -y, pixels.width, pixels.height), FORMATS[pixels.dtype], bytes(pixels.data))
        buffer.flush()
        layer.update(0, 0, layer.get_width(), layer.get_height())

    def group(self, above: Any) -> Any:
        """A new group over a layer."""
        group = Gimp.GroupLayer.new(self.image, GROUP)
        self._insert(group, above)
        return group

    def _insert(self, layer: Any, above: Any) -> None:
        """Over a layer, and over earlier results there, which would hide it."""
        parent = above.get_parent()
        siblings = self.image.get_layers() if parent is None else parent.get_children()
        at = self.image.get_item_position(above)
        while at > 0 and siblings[at - 1].get_name().startswith(GROUP):
            at -= 1
        self.image.insert_layer(layer, parent, at)


def kind_of(layer: Any) -> str:
    """What colorgan has made a layer for, "" where it has not: GIMP renames layers so that no two are called the same."""
    parasite = layer.get_parasite(KIND)
    return "" if parasite is None else bytes(parasite.get_data()).decode("ascii")


def mark(layer: Any, kind: str) -> None:
    """Keeps with a layer, and so in its file, what colorgan has made it for."""
    layer.attach_parasite(Gimp.Parasite.new(KIND, FLAGS, kind.encode("ascii")))


def remember(layer: Any, kind: str, pixels: Any) -> None:
    """The same, and what was written into it."""
    mark(layer, kind)
    data = base64.b64encode(zlib.compress(bytes(pixels.data), 1))  # GIMP's Python takes no bytes over 127 there
    layer.attach_parasite(Gimp.Parasite.new(WRITTEN, FLAGS, data))


def recall(layer: Any, like: Any) -> Any:
    """What colorgan wrote last into a layer of this size, None where it wrote nothing."""
    parasite = layer.get_parasite(WRITTEN)
    if parasite is None:
        return None
    data = zlib.decompress(base64.b64decode(bytes(parasite.get_data())))
    return (
        Blob(f"written.{kind_of(layer)}", like.width, like.height, 4, like.dtype, data)
        if len(data) == like.size
        else None
    )


def is_empty(blob: Any) -> bool:
    """Whether all of it is fully transparent."""
    width = {"uint8": 1, "uint16": 2, "float32": 4}[blob.dtype]
    opacity = (blob.data[at :: 4 * width] for at in range(3 * width, 4 * width))
    return all(each.count(0) == len(each) for each in opacity)


def last_group(layers: list[Any]) -> Any:
    """The topmost group that colorgan has made, in these layers or below them."""
    for layer in layers:
        if layer.is_group():
            if layer.get_name().startswith(GROUP) and any(
                child.get_parasite(WRITTEN) for child in layer.get_children()
            ):
                return layer
            found = last_group(layer.get_children())
            if found is not None:
                return found
    return None
