"""From a drawing in any medium to its contours, at native size: paper, tone, hatching, blue pencil and what shines through are left out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..model.ink import MULTIPLE
from ..progress import Advance, unwatched

WORKING = 2048  # px, long side of the copy that is looked at
BAND, MARGIN = 512, 96  # px, rows at a time, and what is looked at above and below them
LIKELY = 0.4  # probability from which what is drawn around a pixel stays
DARK = 0.7  # of white; darker is ink
# Of white; darker is black. At 0.7, 0.5, 0.35, 0.25, 0.15 F of contours and black areas in photographs of the tuning part is .44, .59, .67,
# .78, .80, since the table around a sheet is no drawing, and .87 to .85 of the black areas are kept.
BLACK = 0.25
SOLID = 1 / 100  # of the long side, wider than the dots of a screen; what is black and wider is an area, and stays

Predict = Callable[[Tensor], Tensor]  # (1, 3, h, w) sRGB in 0..1, sides multiples of MULTIPLE -> (1, 1, h, w) logits


def contours(picture: NDArray[np.uint8], predict: Predict, advance: Advance = unwatched) -> NDArray[np.uint8]:
    """(h, w) uint8, how likely each pixel of a `flattened` picture (h, w, 3) is ink of a contour; 255 is certain. Time and
    memory in proportion to pixels."""
    height, width = picture.shape[:2]
    scale = min(1.0, WORKING / max(height, width))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = np.empty(picture.shape[:2], np.uint8)
    for top in range(0, len(picture), BAND):
        above = min(MARGIN, top)
        band = picture[top - above : top + BAND + MARGIN]
        seen = _band(band, predict)[above : above + BAND]
        found[top : top + len(seen)] = seen
        advance(min(1.0, (top + BAND) / len(picture)))
    if scale < 1:
        found = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return found


def cleaned(flat: NDArray[np.uint8], chance: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8 contours and black areas alone, 255 paper and 0 ink, of a `flattened` picture (h, w, 3) and its `contours`.

    Contours keep the grey that they were drawn with. Broken lines stay broken.
    """
    height, width = chance.shape
    lines = np.empty((height, width), np.uint8)
    brush = max(3, round(SOLID * max(height, width)))
    margin = 2 * brush + 2
    for top in range(0, height, BAND):
        above = min(margin, top)
        rows = np.s_[top - above : top + BAND + margin]
        lines[top : top + BAND] = _cleaned(flat[rows], chance[rows], brush)[above : above + BAND]
    return lines


def _cleaned(flat: NDArray[np.uint8], chance: NDArray[np.uint8], brush: int) -> NDArray[np.uint8]:
    lines = np.minimum(np.minimum(flat[..., 0], flat[..., 1]), flat[..., 2])
    black = (lines < BLACK * 255).astype(np.uint8)
    kept = cv2.dilate((chance > LIKELY * 255).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept |= cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((brush, brush), np.uint8)) > 0
    return np.where(kept, lines, np.uint8(255))


def _band(rows: NDArray[np.uint8], predict: Predict) -> NDArray[np.uint8]:
    height, width = rows.shape[:2]
    below, beside = -height % MULTIPLE, -width % MULTIPLE
    padded = cv2.copyMakeBorder(rows, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        logits = predict(torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255)
        chance = (logits[0, 0, :height, :width].sigmoid() * 255).round().byte()
    return np.asarray(chance.cpu().numpy(), np.uint8)
