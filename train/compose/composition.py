"""A composition: a finished picture, the clean ink that an artist would have drawn for it, and what every pixel belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

KINDS = ("drawing", "paper", "panel", "gutter", "balloon", "caption", "lettering")
DRAWING, PAPER, PANEL, GUTTER, BALLOON, CAPTION, LETTERING = range(len(KINDS))
OFF_INK = 250  # of 255: lighter than that, no ink lies on a pixel

RGB = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Composition:
    """A finished picture at native size, 512 to 2,048 px on the long side, with its truth.

    color: (h, w, 3) uint8 sRGB, the finished picture without ink, on white paper.
    surfaces: (h, w) int32, labels 0..n-1 of every pixel, also under ink, to the line's middle; 0 is the bare paper around everything.
    colors: (n, 3) uint8, each surface's median; texture and gradients are shade.
    painted: (n,) bool, False for paper, gutters and unpainted balloons.
    ink: (h, w) uint8, the true clean ink, 0 ink and 255 none.
    kind: (n,) uint8, index into KINDS. A lettering surface is either the ink of a text or a hollow letter.
    names: (n,) str, class of the thing a surface belongs to ("person", "sky", ...), "" unknown.
    pen: px, width of the pen that drew most of the ink.
    pieces: "source/name" of each drawing that it is made of.
    """

    color: RGB
    surfaces: Labels
    colors: RGB
    painted: NDArray[np.bool_]
    ink: Gray
    kind: NDArray[np.uint8]
    names: NDArray[np.str_]
    pen: float
    pieces: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Long side in px."""
        return max(self.surfaces.shape)

    @property
    def off_ink(self) -> NDArray[np.bool_]:
        """(h, w) pixels without any ink."""
        return self.ink >= OFF_INK

    def flats(self) -> RGB:
        """(h, w, 3) every surface in its one colour, white where it is not painted."""
        table = np.where(self.painted[:, None], self.colors, 255).astype(np.uint8)
        flat: RGB = table[self.surfaces]
        return flat

    def inked(self) -> RGB:
        """(h, w, 3) the finished picture with its ink."""
        mixed: RGB = (self.color.astype(np.uint16) * self.ink[..., None] // 255).astype(np.uint8)
        return mixed


def nearest_off(hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(h, w) flat index of the nearest pixel that is not hidden; a pixel's own where it is not. At least one is not hidden."""
    _, number = cv2.distanceTransformWithLabels(
        hidden.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    index = np.arange(hidden.size).reshape(hidden.shape)
    table = np.zeros(int(number.max()) + 1, np.int64)
    table[number[~hidden]] = index[~hidden]
    nearest = table[number]
    nearest[~hidden] = index[~hidden]
    return nearest


def example(seed: int = 0, size: int = 512, page: bool = False) -> Composition:
    """A plain figure of ellipses and polygons on paper, made without any art: for tests and for a first look.

    page: framed by a panel, with a balloon that holds strokes like lettering, in a gutter.
    """
    rng = np.random.default_rng([33, seed])
    pen = max(1.5, size / 200)
    owner = np.zeros((size, size), np.int32)
    kinds, colors, names = [PAPER], [(255, 255, 255)], [""]

    def add(kind: int, color: tuple[int, int, int], name: str) -> int:
        kinds.append(kind)
        colors.append(color)
        names.append(name)
        return len(kinds) - 1

    def bright() -> tuple[int, int, int]:
        red, green, blue = (int(value) for value in rng.integers(70, 236, 3))
        return red, green, blue

    if page:
        owner[:] = add(GUTTER, (255, 255, 255), "")
        edge = size // 20
        owner[edge:-edge, edge:-edge] = add(PANEL, bright(), "wall")
    for _ in range(int(rng.integers(6, 12))):
        middle = rng.uniform(0.25, 0.75, 2) * size
        reach = rng.uniform(0.06, 0.22) * size
        label = add(DRAWING, bright(), "thing")
        if rng.random() < 0.6:
            axes = (int(reach), int(reach * rng.uniform(0.4, 1)))
            cv2.ellipse(owner, (int(middle[0]), int(middle[1])), axes, rng.uniform(0, 180), 0, 360, label, -1)
        else:
            angles = np.sort(rng.uniform(0, 2 * np.pi, 6))
            points = middle + reach * np.stack([np.cos(angles), np.sin(angles)], 1)
            cv2.fillPoly(owner, [np.rint(points).astype(np.int32)], label)
    text = np.zeros((size, size), np.uint8)
    if page:
        balloon = add(BALLOON, (255, 255, 255), "")
        cv2.ellipse(owner, (size // 3, size // 5), (size // 5, size // 10), 0, 0, 360, balloon, -1)
        for row in range(3):
            y = size // 5 + (row - 1) * size // 24
            for x in range(size // 5, size * 7 // 15, size // 40):
                cv2.line(text, (x, y), (x + size // 80, y + size // 60), 1, max(1, round(pen * 0.8)))
    border = np.zeros((size, size), np.uint8)
    border[:, :-1] |= owner[:, :-1] != owner[:, 1:]
    border[:-1] |= owner[:-1] != owner[1:]
    away = cv2.distanceTransform(1 - border, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ink = np.minimum(255 - 255 * np.clip(pen / 2 + 0.5 - away, 0, 1), 255 * (1 - text)).astype(np.uint8)
    if text.any():
        owner[text > 0] = add(LETTERING, (255, 255, 255), "")
    found, surfaces = np.unique(owner, return_inverse=True)
    keep = found if found[0] == 0 else np.append(0, found)  # paper keeps label 0, even where nothing of it is seen
    table = np.array(colors, np.uint8)[keep]
    kind = np.array(kinds, np.uint8)[keep]
    labels = (surfaces.reshape(owner.shape) + (len(keep) - len(found))).astype(np.int32)
    painted = ~np.isin(kind, (PAPER, GUTTER, BALLOON, LETTERING))
    return Composition(table[labels], labels, table, painted, ink, kind, np.array(names)[keep], pen)
