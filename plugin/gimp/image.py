"""GIMP's images: layers as pixels, and results as layers. GEGL converts colour models, depths and profiles on the way.

Pixels are always R'G'B'A of sRGB: what an image is in besides, GEGL knows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from typing import Any

from client import Blob  # type: ignore[import-not-found]
from gi.repository import Babl, Gegl, Gimp  # type: ignore[import-not-found]

GROUP = "colorgan"
# Parasites of layers: which one it is, what it held when colorgan wrote it last, and the digest and the kind of that.
KIND, WRITTEN, DIGEST = "colorgan-kind", "colorgan-written", "colorgan-digest"
FLAGS = Gimp.PARASITE_PERSISTENT | Gimp.PARASITE_UNDOABLE
FORMATS = {"uint8": "R'G'B'A u8", "uint16": "R'G'B'A u16", "float32": "R'G'B'A float"}
# Full opacity by precision, as the bytes of a number.
OPAQUE = {
    "u8": b"\xff",
    "u16": b"\xff" * 2,
    "u32": b"\xff" * 4,
    "half": struct.pack("=e", 1),
    "float": struct.pack("=f", 1),
    "double": struct.pack("=d", 1),
}
MODES = {
    "normal": Gimp.LayerMode.NORMAL,
    "multiply": Gimp.LayerMode.MULTIPLY,
    "hard-light": Gimp.LayerMode.HARDLIGHT,
    "screen": Gimp.LayerMode.SCREEN,
}
OURS = {
    Gimp.LayerMode.MULTIPLY: "multiply",
    Gimp.LayerMode.MULTIPLY_LEGACY: "multiply",
    Gimp.LayerMode.SCREEN: "screen",
    Gimp.LayerMode.SCREEN_LEGACY: "screen",
}


class HostError(Exception):
    """What a person can put right in the image; `str(error)` is whole sentences."""


class Canvas:
    """One image, as long as a job lasts."""

    def __init__(self, image: Any) -> None:
        self.image = image
        self.width, self.height = image.get_width(), image.get_height()
        precision = image.get_precision().value_nick
        self.dtype = "uint8" if precision.startswith("u8") else "uint16" if precision.startswith("u16") else "float32"
        self.opaque = OPAQUE[precision.partition("-")[0]]
        profile = image.get_effective_color_profile().get_icc_profile()
        self.space = (
            f"{precision} {digest(bytes(profile))}"  # two images of one space have the same numbers for a colour
        )

    def layer(self, layer: Any, name: str) -> Any:
        """What a layer shows, as large as the image, with its mask, without its own opacity."""
        if layer.get_mask() is not None and layer.get_apply_mask():
            return self._masked(layer, name)
        _, x, y = layer.get_offsets()
        where = Gegl.Rectangle.new(-x, -y, self.width, self.height)
        data = layer.get_buffer().get(where, 1.0, FORMATS[self.dtype], Gegl.AbyssPolicy.NONE)
        return Blob(name, self.width, self.height, 4, self.dtype, bytes(data))

    def numbers(self, layer: Any) -> bytes:
        """The same as the image keeps it, without a conversion."""
        _, x, y = layer.get_offsets()
        where = Gegl.Rectangle.new(-x, -y, self.width, self.height)
        return bytes(layer.get_buffer().get(where, 1.0, None, Gegl.AbyssPolicy.NONE))

    def converted(self, layer: Any, numbers: bytes) -> bytes:
        """What `layer` would read from a layer of which `numbers` would read this."""
        name = Babl.get_name(layer.get_format())
        buffer, where = (
            Gegl.Buffer.new(name, 0, 0, self.width, self.height),
            Gegl.Rectangle.new(0, 0, self.width, self.height),
        )
        buffer.set(where, name, numbers)
        return bytes(buffer.get(where, 1.0, FORMATS[self.dtype], Gegl.AbyssPolicy.NONE))

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


def remember(canvas: Canvas, layer: Any, kind: str, pixels: Any, written: Any) -> None:
    """Marks a layer, and keeps with it what it holds after `pixels` were written into it, in the image's own numbers: GEGL rounds on the
    way there and back. Where `written` differs from `pixels` a person has corrected the layer; there something else is kept, so that
    it counts as corrected the next time, too."""
    mark(layer, kind)
    held = canvas.numbers(layer)
    if written is not pixels:
        held = marked(held, pixels, written, canvas.opaque)
    # GIMP's Python takes no bytes over 127, and those one by one, so there should be few
    layer.attach_parasite(Gimp.Parasite.new(WRITTEN, FLAGS, base64.b64encode(zlib.compress(held, 1))))
    about = {"digest": digest(held), "space": canvas.space, "size": [canvas.width, canvas.height]}
    layer.attach_parasite(Gimp.Parasite.new(DIGEST, FLAGS, json.dumps(about).encode("ascii")))


def marked(held: bytes, one: Any, other: Any, opaque: bytes) -> bytes:
    """`held`, but as transparent as it is not, wherever `one` and `other` differ. held: RGBA of any depth, as many pixels as the blobs
    `one` and `other` have. opaque: full opacity in that depth."""
    count = one.width * one.height
    here, there = len(held) // count, one.size // count  # bytes of a pixel
    result, rest = bytearray(held), 4096  # pixels: a piece without a difference is passed over
    for start in range(0, count, rest):
        first, second = (bytes(each.data[start * there : (start + rest) * there]) for each in (one, other))
        if first != second:
            for at in range(0, len(first), there):
                if first[at : at + there] != second[at : at + there]:
                    pixel = here * (start + at // there)
                    opacity = slice(pixel + here - len(opaque), pixel + here)
                    result[opacity] = bytes(len(opaque)) if any(result[opacity]) else opaque
    return bytes(result)


def digest(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()


def corrections(canvas: Canvas, layer: Any, always: bool) -> tuple[Any, ...]:
    """What a layer of an earlier result holds, and what it held when colorgan wrote it; nothing where nobody has corrected it, unless
    it is wanted `always`, and where nothing was kept. Raises HostError where the two cannot be compared."""
    if WRITTEN not in layer.get_parasite_list():
        return ()
    about = layer.get_parasite(DIGEST)
    here = {"space": canvas.space, "size": [canvas.width, canvas.height]}
    told = here if about is None else json.loads(bytes(about.get_data()))
    corrected = told.get("digest") != digest(canvas.numbers(layer))
    if not corrected and not always:
        return ()
    kind = kind_of(layer)
    found = canvas.layer(layer, f"found.{kind}")
    data = found.data
    if corrected:  # else it need not be unpacked
        data = zlib.decompress(base64.b64decode(bytes(layer.get_parasite(WRITTEN).get_data())))
        if about is not None and {**told, **here} == told:
            data = canvas.converted(layer, data)
    if {**told, **here} != told or len(
        data
    ) != found.size:  # version 0.1 kept pixels as they were sent, and no more about them
        raise HostError(
            "The image had another size, precision or colour profile when the last result was made, so your corrections in "
            f"“{layer.get_name()}” cannot be recognised. Make a new result, without “Update the last result”."
        )
    return found, Blob(f"written.{kind}", found.width, found.height, 4, found.dtype, data)


def is_empty(blob: Any) -> bool:
    """Whether all of it is fully transparent."""
    width = {"uint8": 1, "uint16": 2, "float32": 4}[blob.dtype]
    opacity = (blob.data[at :: 4 * width] for at in range(3 * width, 4 * width))
    return all(each.count(0) == len(each) for each in opacity)
