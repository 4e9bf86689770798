"""Where a composition is put together: layers one over the other, nearer ones hiding what lies behind, then the truth of what is seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .composition import DRAWING, GUTTER, KINDS, OFF_INK, PAPER, Composition, Labels, nearest_off
from .cutouts import Layer

UNPAINTED = 245  # of 255: a surface whose channels are all that light is left as paper; as in evaluation/dabs.py
SMALLEST = 2.0  # squares of the pen: a smaller open area is no surface that anyone would colour
SAMPLE = 4096  # pixels of a surface that its median is taken of


class Canvas:
    """A picture of (height, width) px in the making, drawn with a pen of `pen` px; bare paper at first."""

    def __init__(self, height: int, width: int, pen: float) -> None:
        self.pen = pen
        self.color = np.full((height, width, 3), 255, np.uint8)
        self.labels = np.zeros((height, width), np.int32)
        self.ink = np.full((height, width), 255, np.uint8)
        self.lettering = np.zeros((height, width), np.int32)  # number of the text whose ink covers a pixel, 0 none
        self.names = [""]
        self.kinds = [PAPER]
        self.pieces: list[str] = []

    @property
    def shape(self) -> tuple[int, int]:
        return self.labels.shape[0], self.labels.shape[1]

    def put(self, layer: Layer, top: int, left: int, window: tuple[int, int, int, int] | None = None) -> None:
        """A layer over all that is there; top, left: px of its corner, margin and all; window: only inside (y0, x0, y1, x1)."""
        there, here = overlap(self.shape, layer.labels.shape, top, left, window)
        if there is None:
            return
        labels, alpha = layer.labels[here], layer.color[here][..., 3:].astype(np.uint16)
        mixed = layer.color[here][..., :3] * alpha + self.color[there] * (255 - alpha)
        self.color[there] = (mixed + 127) // 255
        base = len(self.names) - 1
        self.labels[there] = np.where(labels > 0, labels + base, self.labels[there])
        gray, hides = (layer.ink[here][..., channel].astype(np.uint16) for channel in range(2))
        self.ink[there] = (gray * hides + self.ink[there] * (255 - hides) + 127) // 255
        self.lettering[there][(labels > 0) | (hides > 127)] = 0
        self.pieces += [layer.piece] if layer.piece else []
        self.names += layer.names[1:]
        self.kinds += [KINDS.index(name) if name in KINDS else DRAWING for name in layer.names[1:]]

    def put_canvas(self, other: Canvas, top: int, left: int, inside: NDArray[np.bool_]) -> None:
        """A panel: another canvas in place of what is there, where `inside` (of its shape) is true."""
        there, here = overlap(self.shape, other.shape, top, left, None)
        if there is None:
            return
        base, mask = len(self.names), inside[here]
        self.color[there][mask], self.ink[there][mask] = other.color[here][mask], other.ink[here][mask]
        self.labels[there][mask] = other.labels[here][mask] + base
        self.pieces += other.pieces
        self.names += other.names
        self.kinds += other.kinds

    def write(self, coverage: NDArray[np.uint8], top: int, left: int) -> None:
        """Ink of a text. coverage: (h, w) uint8, 255 ink."""
        there, here = overlap(self.shape, coverage.shape, top, left, None)
        if there is None:
            return
        self.names.append("lettering")
        self.kinds.append(KINDS.index("lettering"))
        self.ink[there] = np.minimum(self.ink[there], 255 - coverage[here])
        self.lettering[there][coverage[here] > 5] = len(self.names) - 1

    def finish(self) -> Composition:
        """The composition that is seen: surfaces in connected pieces, reaching under the ink to the middle of its lines."""
        hidden = self.ink < OFF_INK
        if hidden.all():
            hidden[:] = False
        inside = nearest_off(hidden)
        pieces, owner = connected(self.labels.ravel()[inside])
        open_area = np.bincount(pieces[~hidden], minlength=len(owner))
        small = open_area < max(4.0, SMALLEST * self.pen**2)
        if not small.all():
            inside = nearest_off(hidden | small[pieces])
            pieces = pieces.ravel()[inside]
        color = self.color.reshape(-1, 3)[inside]
        numbers = self.around_first(pieces, owner)
        table = np.zeros(len(owner), np.int32)
        table[numbers] = np.arange(len(numbers))
        surfaces = table[pieces].astype(np.int32)
        kinds, names = np.array(self.kinds)[owner[numbers]], np.array(self.names)[owner[numbers]]
        if kinds[0] != PAPER:  # nothing of the paper is seen, and it keeps label 0
            surfaces += 1
            kinds, names = np.append(PAPER, kinds), np.append("", names)
        texts = np.unique(self.lettering[self.lettering > 0])
        for text in texts:
            surfaces[self.lettering == text] = len(kinds)
            kinds, names = np.append(kinds, self.kinds[text]), np.append(names, "")
        colors = medians(color, surfaces, ~hidden, len(kinds))
        colors[0] = 255
        painted = (colors.min(1) < UNPAINTED) & ~np.isin(kinds, (PAPER, GUTTER))
        return Composition(
            color,
            surfaces,
            colors,
            painted,
            self.ink.copy(),
            kinds.astype(np.uint8),
            names,
            self.pen,
            tuple(self.pieces),
        )

    def around_first(self, pieces: Labels, owner: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of the pieces that are seen; first the largest of bare paper that reaches the edge, if there is one."""
        area = np.bincount(pieces.ravel(), minlength=len(owner))
        edge = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
        paper = edge[np.array(self.kinds)[owner[edge]] == PAPER]
        seen = np.flatnonzero(area)
        if not paper.size:
            return seen
        around = paper[area[paper].argmax()]
        return np.append(around, seen[seen != around])


def overlap(
    outer: tuple[int, ...], inner: tuple[int, ...], top: int, left: int, window: tuple[int, int, int, int] | None
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | tuple[None, None]:
    """Where `inner` lies in `outer`, and which part of `inner` that is; None where they do not meet."""
    y0, x0, y1, x1 = window or (0, 0, outer[0], outer[1])
    y0, x0, y1, x1 = (
        max(y0, top, 0),
        max(x0, left, 0),
        min(y1, top + inner[0], outer[0]),
        min(x1, left + inner[1], outer[1]),
    )
    if y1 <= y0 or x1 <= x0:
        return None, None
    return (slice(y0, y1), slice(x0, x1)), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))


def connected(labels: Labels) -> tuple[Labels, NDArray[np.int64]]:
    """Connected pieces (4 neighbours) of equal labels, numbered from 0, and the label that each of them has."""
    pieces = np.zeros(labels.shape, np.int32)
    owner: list[int] = []
    for label, (y0, x0, y1, x1) in boxes(labels):
        part = labels[y0:y1, x0:x1] == label
        found, numbers = cv2.connectedComponents(part.astype(np.uint8), connectivity=4)
        np.add(numbers, len(owner) - 1, out=pieces[y0:y1, x0:x1], where=part)
        owner += [label] * (found - 1)
    return pieces, np.array(owner)


def boxes(labels: Labels) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Every label that is seen, and its box (y0, x0, y1, x1)."""
    count = int(labels.max()) + 1
    rows = np.zeros((count, 2), np.int64)
    columns = np.zeros((count, 2), np.int64)
    for limits, lines in ((rows, labels), (columns, labels.T)):
        first = np.full(count, -1)
        last = np.full(count, -1)
        for number, line in enumerate(lines):
            seen = np.flatnonzero(np.bincount(line, minlength=count))
            last[seen] = number
            first[seen[first[seen] < 0]] = number
        limits[:, 0], limits[:, 1] = first, last + 1
    return [
        (label, (int(rows[label, 0]), int(columns[label, 0]), int(rows[label, 1]), int(columns[label, 1])))
        for label in np.flatnonzero(rows[:, 0] >= 0).tolist()
    ]


def medians(color: NDArray[np.uint8], surfaces: Labels, off_ink: NDArray[np.bool_], count: int) -> NDArray[np.uint8]:
    """(count, 3) median colour of each surface off the ink, white for one that lies under ink alone."""
    found = np.full((count, 3), 255, np.uint8)
    where = np.flatnonzero(off_ink)
    numbers = surfaces.ravel()[where].astype(np.uint16 if count < 1 << 16 else np.int32)
    where = where[np.argsort(numbers, kind="stable")]
    ends = np.cumsum(np.bincount(numbers, minlength=count))
    pixels = color.reshape(-1, 3)
    for label, (start, end) in enumerate(zip(np.append(0, ends[:-1]), ends, strict=True)):
        if end > start:
            chosen = where[start:end][:: max(1, (end - start) // SAMPLE)]
            found[label] = np.median(pixels[chosen], axis=0)
    return found
