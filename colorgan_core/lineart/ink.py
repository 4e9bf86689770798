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
LEVEL = 0.5  # probability from which a pixel is ink

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


def _band(rows: NDArray[np.uint8], predict: Predict) -> NDArray[np.uint8]:
    height, width = rows.shape[:2]
    below, beside = -height % MULTIPLE, -width % MULTIPLE
    padded = cv2.copyMakeBorder(rows, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        logits = predict(torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255)
        chance = (logits[0, 0, :height, :width].sigmoid() * 255).round().byte()
    return np.asarray(chance.cpu().numpy(), np.uint8)
