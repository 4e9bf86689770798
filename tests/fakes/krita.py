"""Krita's documents and layers, as far as the plug-in uses them, with pixels in memory. What it does was seen in Krita 5.1."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

DTYPES = {"U8": np.uint8, "U16": np.uint16, "F32": np.float32}
_numbers = itertools.count(1)


class QByteArray:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def data(self) -> bytes:
        return self._data


class Identity:
    def __init__(self) -> None:
        self._text = f"{{{next(_numbers)}}}"

    def toString(self) -> str:
        return self._text


class Bounds:
    def __init__(self, empty: bool) -> None:
        self._empty = empty

    def isEmpty(self) -> bool:
        return self._empty


class Node:
    def __init__(self, document: Document, name: str, kind: str) -> None:
        self.document, self._name, self._kind, self._id = document, name, kind, Identity()
        self._parent: Node | None = None
        self._children: list[Node] = []
        self._blend, self._opacity, self._locked, self._visible = "normal", 255, False, True
        self.array = np.zeros((document.height(), document.width(), 4), DTYPES[document.colorDepth()])

    def name(self) -> str:
        return self._name

    def type(self) -> str:
        return self._kind

    def uniqueId(self) -> Identity:
        return self._id

    def parentNode(self) -> Node | None:
        return self._parent

    def childNodes(self) -> list[Node]:
        return list(self._children)

    def addChildNode(self, child: Node, above: Node | None) -> bool:
        at = len(self._children) if above is None else self._children.index(above) + 1
        self._children.insert(at, child)
        child._parent = self
        if self.root() is self.document.rootNode():
            self.document.steps.append((self, child))
        return True

    def root(self) -> Node:
        return self if self._parent is None else self._parent.root()

    def colorModel(self) -> str:
        return self.document.colorModel()

    def colorDepth(self) -> str:
        return self.document.colorDepth()

    def blendingMode(self) -> str:
        return self._blend

    def setBlendingMode(self, blend: str) -> None:
        self._blend = blend

    def opacity(self) -> int:
        return self._opacity

    def locked(self) -> bool:
        return self._locked

    def setLocked(self, locked: bool) -> None:
        self._locked = locked

    def visible(self) -> bool:
        return self._visible

    def bounds(self) -> Bounds:
        return Bounds(not self.array[..., 3].any())

    def pixelData(self, x: int, y: int, width: int, height: int) -> QByteArray:
        if self._kind == "grouplayer":
            return QByteArray(b"")
        return QByteArray(self.array[y : y + height, x : x + width].tobytes())

    def projectionPixelData(self, x: int, y: int, width: int, height: int) -> QByteArray:
        if self._kind == "grouplayer":
            shown = np.zeros_like(self.array)
            for child in self._children:
                there = child.array[..., 3] > 0
                shown[there] = child.array[there]
            return QByteArray(shown[y : y + height, x : x + width].tobytes())
        return self.pixelData(x, y, width, height)

    def setPixelData(self, data: bytes, x: int, y: int, width: int, height: int) -> None:
        """Writes to locked layers, too, as Krita does."""
        found = np.frombuffer(bytes(data), self.array.dtype).reshape(height, width, 4)
        self.array[y : y + height, x : x + width] = found


class Selection:
    def __init__(self, mask: np.ndarray[Any, Any]) -> None:
        self.mask = mask

    def pixelData(self, x: int, y: int, width: int, height: int) -> QByteArray:
        return QByteArray(self.mask[y : y + height, x : x + width].tobytes())


class Document:
    """steps: what Edit > Undo would take back, one after another."""

    def __init__(self, width: int, height: int, model: str = "RGBA", depth: str = "U8") -> None:
        self._size, self._model, self._depth = (width, height), model, depth
        self._annotations: dict[str, bytes] = {}
        self.steps: list[tuple[Node, Node]] = []
        self.refreshed = 0
        self.mask: Selection | None = None
        self._active: Node | None = None
        if depth in DTYPES:
            self._root = Node(self, "root", "grouplayer")

    def width(self) -> int:
        return self._size[0]

    def height(self) -> int:
        return self._size[1]

    def colorModel(self) -> str:
        return self._model

    def colorDepth(self) -> str:
        return self._depth

    def colorProfile(self) -> str:
        return "sRGB-elle-V2-srgbtrc.icc"

    def rootNode(self) -> Node:
        return self._root

    def activeNode(self) -> Node | None:
        return self._active

    def setActiveNode(self, node: Node) -> None:
        self._active = node

    def selection(self) -> Selection | None:
        return self.mask

    def createNode(self, name: str, kind: str) -> Node:
        return Node(self, name, kind)

    def createGroupLayer(self, name: str) -> Node:
        return Node(self, name, "grouplayer")

    def refreshProjection(self) -> None:
        self.refreshed += 1

    def setAnnotation(self, name: str, description: str, data: bytes) -> None:
        self._annotations[name] = bytes(data)

    def annotation(self, name: str) -> QByteArray:
        return QByteArray(self._annotations[name])

    def annotationTypes(self) -> list[str]:
        return list(self._annotations)
