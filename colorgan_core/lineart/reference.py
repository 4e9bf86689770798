"""A reference picture's cells: the parts of one colour that a drawing's cells may take theirs from.

Lines are drawn where ink lies and where colours meet; what they leave open falls into cells as a drawing does. So a model sheet, its flats
without lines and a painting are read alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..picture.color import srgb_to_lab
from .cells import Cells, find_cells
from .tokens import Tokens, describe

SIDE = 512  # px, long side of the copy in which cells are found
EDGE = 8.0  # of Lab within 3 px: a greater change is a line
PEN = 1 / 40  # of the long side: dark strokes up to that width are ink, wider ones a part
INKED = 24.0  # of L*, darker than its surroundings than that is ink
MOST = 128  # cells of a reference

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class ReferenceCells:
    """cells, tokens: as of a drawing, but of the copy. lines: (h, w) uint8, 255 open. colors: (n, 3) uint8, the median of each token;
    even: (n,) in 0..1, the share of it that is near that."""

    cells: Cells
    tokens: Tokens
    lines: UInt8
    colors: UInt8
    even: NDArray[np.float32]


def read_reference(picture: UInt8) -> ReferenceCells:
    """The cells of a colour picture (h, w, 3) sRGB on white, the MOST largest ones."""
    scale = min(1.0, SIDE / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8) if scale < 1 else picture
    lines = edges(small)
    cells = find_cells(lines > 0)
    tokens = describe(cells, lines, MOST)
    colors, even = medians(small, tokens.token[cells.labels], len(tokens))
    return ReferenceCells(cells, tokens, lines, colors, even)


def edges(picture: UInt8) -> UInt8:
    """(h, w) 0 where a line runs, between two colours or of ink, else 255."""
    lab = srgb_to_lab(cv2.medianBlur(np.ascontiguousarray(picture), 3)).astype(np.float32)
    cross = np.ones((3, 3), np.uint8)
    change = np.sqrt(sum(cv2.morphologyEx(lab[..., plane], cv2.MORPH_GRADIENT, cross) ** 2 for plane in range(3)))
    wide = max(3, round(PEN * max(picture.shape[:2])))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    dark = cv2.morphologyEx(lab[..., 0], cv2.MORPH_BLACKHAT, disc, borderType=cv2.BORDER_REPLICATE)
    return np.where((change > EDGE) | (dark > INKED), 0, 255).astype(np.uint8)


def medians(picture: UInt8, token: NDArray[np.int64], count: int) -> tuple[UInt8, NDArray[np.float32]]:
    """(count, 3) the median colour of each token (h, w), -1 for none, and (count,) how much of it is near that."""
    at = token.reshape(-1)
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(count + 1))
    colors, even = np.zeros((count, 3), np.uint8), np.zeros(count, np.float32)
    pixels = picture.reshape(-1, 3)[order]
    for number in range(count):
        mine = pixels[starts[number] : starts[number + 1]]
        if len(mine):
            colors[number] = np.median(mine, 0)
            even[number] = (np.abs(mine.astype(int) - colors[number].astype(int)).max(1) < 36).mean()
    return colors, even
