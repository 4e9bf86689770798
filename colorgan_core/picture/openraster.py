"""Layers to OpenRaster (.ora), which Krita, GIMP, MyPaint and others open.

Source: OpenRaster 0.0.6, https://www.openraster.org: File Layout Specification and Layer Stack Specification.
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any
from xml.etree import ElementTree

from numpy.typing import NDArray
from PIL import Image

from ..files import atomic_write
from .layers import Group, Layer, Layered, bounds, flatten
from .png import encode_png
from .stored import to_8bit

VERSION = "0.0.6"
OPERATORS = {
    "normal": "svg:src-over",
    "multiply": "svg:multiply",
    "hard-light": "svg:hard-light",
    "screen": "svg:screen",
}
THUMBNAIL = 256  # the longest side that the standard allows
START = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can tell: the same picture gives the same bytes


def write_openraster(path: str | os.PathLike[str], layered: Layered, resolution: float | None) -> None:
    """Write `layered` to `path`; float32 as 16 bits, other depths as they are. `resolution`: pixels an inch.

    Raises OutputError as atomic_write does, OverflowError as encode_png does.
    """
    image = ElementTree.Element("image", version=VERSION)
    for key, value in zip(("w", "h"), layered.size, strict=True):
        image.set(key, str(value))
    if resolution is not None:
        image.set("xres", str(round(resolution)))
        image.set("yres", str(round(resolution)))
    sources: dict[str, Layer] = {}
    _stack(ElementTree.SubElement(image, "stack"), layered.layers, sources)
    merged = flatten(layered)
    with atomic_write(path) as beside, zipfile.ZipFile(beside, "w") as archive:
        _put(archive, "mimetype", b"image/openraster")  # the standard wants it first and not compressed
        _put(archive, "stack.xml", ElementTree.tostring(image, encoding="UTF-8", xml_declaration=True))
        for source, layer in sources.items():
            top, left, bottom, right = _box(layer)
            _put(archive, source, encode_png(layer.pixels[top:bottom, left:right], layered.profile, resolution))
        _put(archive, "mergedimage.png", encode_png(merged, layered.profile, resolution))
        _put(archive, "Thumbnails/thumbnail.png", _thumbnail(merged, layered.profile))


def _stack(stack: ElementTree.Element, members: tuple[Layer | Group, ...], sources: dict[str, Layer]) -> None:
    """Fill a stack element, top layer first, and note under `sources` which file is to hold which layer."""
    for member in reversed(members):
        if isinstance(member, Group):
            _stack(
                ElementTree.SubElement(stack, "stack", name=member.name, isolation="isolate"), member.members, sources
            )
            continue
        source = f"data/layer{len(sources)}.png"
        sources[source] = member
        top, left, _, _ = _box(member)
        element = ElementTree.SubElement(stack, "layer", name=member.name, src=source, x=str(left), y=str(top))
        element.set("composite-op", OPERATORS[member.blend])
        element.set("opacity", f"{member.opacity:g}")
        element.set("visibility", "visible" if member.visible else "hidden")


def _box(layer: Layer) -> tuple[int, int, int, int]:
    """What of a layer is stored; of an empty one the first pixel, since a PNG holds at least one."""
    box = bounds(layer.pixels)
    return (0, 0, 1, 1) if box == (0, 0, 0, 0) else box


def _thumbnail(merged: NDArray[Any], profile: bytes | None) -> bytes:
    small = Image.fromarray(to_8bit(merged))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    encoded = io.BytesIO()
    small.save(encoded, "PNG", icc_profile=profile)
    return encoded.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, START)
    entry.create_system = 3  # Unix on every machine, for the sake of the same bytes
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
