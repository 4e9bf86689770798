"""Krita's documents: layers as pixels, and results as layers. Nothing here decides what to colour."""

from __future__ import annotations

import base64
import struct
import tempfile
import threading
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from .bridge import Blob

# Krita's words for the depths that colorgan has, with its own, and the order of channels that Krita keeps them in.
DEPTHS = {"U8": ("uint8", "bgra"), "U16": ("uint16", "bgra"), "F32": ("float32", "rgba")}
BLENDS = {"normal": "normal", "multiply": "multiply", "hard-light": "hard_light", "screen": "screen"}
OURS = {theirs: ours for ours, theirs in BLENDS.items()}
GROUP = "colorgan"
# Layers that hold no pixels of their own; what they show does.
SHOWN = ("grouplayer", "vectorlayer", "clonelayer", "filelayer", "filllayer")
SRGB = "sRGB-elle-V2-srgbtrc.icc"  # Krita's own profile for new pictures

_profiles: dict[str, str | None] = {SRGB: None}


class HostError(Exception):
    """What a person can put right in the document; `str(error)` is whole sentences."""


class Canvas:
    """One document, as long as a job lasts. Raises HostError for one that cannot be coloured."""

    def __init__(self, document: Any) -> None:
        if document is None:
            raise HostError("No picture is open.")
        self.document = document
        self.width, self.height = document.width(), document.height()
        model, depth = document.colorModel(), document.colorDepth()
        if model != "RGBA":
            raise HostError(
                f"This picture's colour model is {model}; colorgan needs RGB (Image > Convert Image Color Space)."
            )
        if depth not in DEPTHS:
            raise HostError(
                f"This picture has {depth} channels; colorgan supports 8 and 16 bit integers and 32 bit floats "
                "(Image > Convert Image Color Space)."
            )
        self.dtype, self.order = DEPTHS[depth]

    def profile(self) -> str | None:
        """The ICC profile of the document in base64, None for sRGB."""
        name = self.document.colorProfile()
        if name not in _profiles:
            _profiles[name] = exported_profile(self.document)
        return _profiles[name]

    def layer(self, node: Any, name: str) -> Blob:
        """What a layer shows, as large as the picture, without its own opacity."""
        if node.colorModel() != "RGBA" or node.colorDepth() != self.document.colorDepth():
            raise HostError(f"The layer “{node.name()}” has another colour model or depth than the picture.")
        read = node.projectionPixelData if node.type() in SHOWN else node.pixelData
        data = raw(read(0, 0, self.width, self.height))
        blob = Blob(name, self.width, self.height, 4, self.dtype, data)
        if len(data) != blob.size:
            raise HostError(f"The layer “{node.name()}” holds no pixels that colorgan can read.")
        return blob

    def selection(self) -> Blob | None:
        """How much of each pixel is selected, None where nothing is."""
        selection = self.document.selection()
        if selection is None:
            return None
        data = raw(selection.pixelData(0, 0, self.width, self.height))
        return Blob("selection", self.width, self.height, 1, "uint8", data) if data.count(0) < len(data) else None

    def other(self, document: Any, name: str) -> Blob:
        """What another open document shows, in this one's colour space; the other one stays as it is."""
        wanted = (self.document.colorModel(), self.document.colorDepth(), self.document.colorProfile())
        shown = document
        if wanted != (document.colorModel(), document.colorDepth(), document.colorProfile()):
            shown = document.clone()
            shown.setBatchmode(True)
            shown.setColorSpace(*wanted)
        try:
            width, height = shown.width(), shown.height()
            return Blob(name, width, height, 4, self.dtype, raw(shown.pixelData(0, 0, width, height)))
        finally:
            if shown is not document:
                shown.close()

    def new(self, name: str, blend: str, pixels: Blob) -> Any:
        """A layer that is in no picture yet."""
        node = self.document.createNode(name, "paintlayer")
        node.setBlendingMode(BLENDS[blend])
        self.write(node, pixels)
        return node

    def add(self, nodes: list[Any], above: Any) -> Any:
        """Puts new layers, bottom to top, in a new group over a layer: one step to undo. One alone needs no group."""
        top = nodes[0]
        if len(nodes) > 1:
            top = self.document.createGroupLayer(GROUP)
            for each in nodes:
                top.addChildNode(each, None)
        parent = above.parentNode()
        siblings = parent.childNodes()  # bottom to top
        at = next(n for n, each in enumerate(siblings) if identity(each) == identity(above))
        while at + 1 < len(siblings) and siblings[at + 1].name() == GROUP:
            at += 1  # over earlier results, which would hide it
        parent.addChildNode(top, siblings[at])
        return top

    def refreshing(self) -> Generator[float, None, None]:
        """Has Krita show what was written, in a thread, since it takes a tenth of a second at 2048 x 2048; yields how long to wait."""
        thread = threading.Thread(target=invoke, args=(self.document, "refreshProjection"), daemon=True)
        thread.start()
        while thread.is_alive():
            yield 0.005

    def write(self, node: Any, pixels: Blob) -> None:
        """Puts pixels in place of a layer's own. Raises HostError where it is locked: Krita itself would let it happen."""
        if node.locked():
            raise HostError(f"The layer “{node.name()}” is locked.")
        node.setPixelData(pixels.data, 0, 0, pixels.width, pixels.height)

    def remember(self, key: str, data: bytes) -> None:
        """Keeps something in the document itself, and so in its file."""
        self.document.setAnnotation(f"colorgan.{key}", "what colorgan wrote last", data)

    def recall(self, key: str) -> bytes | None:
        name = f"colorgan.{key}"
        return raw(self.document.annotation(name)) if name in self.document.annotationTypes() else None


def invoke(document: Any, slot: str) -> None:
    """Calls a slot in this thread, as `document.slot()` would, but without Python's lock: other threads go on meanwhile."""
    if not hasattr(document, "metaObject"):  # a fake, in a test
        getattr(document, slot)()
        return
    from .qt import Qt, QtCore

    QtCore.QMetaObject.invokeMethod(document, slot, Qt.DirectConnection)


def raw(array: Any) -> bytes:
    """The bytes of a QByteArray; `bytes(array)` would take ten times as long."""
    return bytes(array.data())


def packed(pixels: Blob) -> bytes:
    """A layer as it is kept: small, since flats are even. For the thread that has time."""
    return zlib.compress(bytes(pixels.data), 1)


def identity(node: Any) -> str:
    """The same for a layer as long as it lives, in its file too."""
    return str(node.uniqueId().toString())


def layers_of(node: Any) -> Iterator[Any]:
    """The layers right below a node, top to bottom, as the Layers docker has them; not what colorgan has made."""
    for child in reversed(node.childNodes()):
        if not child.type().endswith("mask") and child.name() != GROUP:
            yield child


def every_layer(node: Any) -> Iterator[Any]:
    """The same, with all that is in groups."""
    for child in layers_of(node):
        yield child
        yield from every_layer(child)


def is_empty(node: Any) -> bool:
    return bool(node.bounds().isEmpty())


def find(document: Any, key: str) -> Any:
    """The layer with this identity, None where it has gone."""

    def below(node: Any) -> Any:
        for child in node.childNodes():
            found = child if identity(child) == key else below(child)
            if found is not None:
                return found
        return None

    return below(document.rootNode())


def exported_profile(document: Any) -> str | None:
    """Krita tells a profile's name only; in a small picture that it exports the profile itself lies, too."""
    from krita import InfoObject, Krita  # type: ignore[import-not-found]

    small = Krita.instance().createDocument(1, 1, "profile", "RGBA", "U8", document.colorProfile(), 72.0)
    small.setBatchmode(True)
    wishes = InfoObject()
    for name, wish in (("saveSRGBProfile", False), ("forceSRGB", False), ("alpha", True), ("compression", 1)):
        wishes.setProperty(name, wish)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "profile.png"
            if not small.exportImage(str(path), wishes):
                raise HostError("Krita cannot export this picture's colour profile.")
            return embedded_profile(path.read_bytes())
    finally:
        small.close()


def embedded_profile(png: bytes) -> str | None:
    """The ICC profile of a PNG file in base64 (PNG specification, 11.3.2.3), None where it has none."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, chunk = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"iCCP":
            return base64.b64encode(zlib.decompress(chunk[chunk.index(b"\0") + 2 :])).decode("ascii")
        at += 12 + length
    return None
