"""From a drawing in any medium to its contours, at native size: paper, tone, hatching, blue pencil and what shines through are left out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..model.ink import MULTIPLE

# px, long side of the copy that is looked at. Of contours in drawings of 2,048 px of the tuning part (clean, pencil, hatching, tone,
# comic) F is .93, .91, .94, .84, .94 at 2048, .95, .92, .96, .91, .95 at 1024, .95, .92, .96, .90, .93 at 768, and .94, .91, .95, .84,
# .90 at 512; it takes 0.8, 0.17, 0.08 and 0.04 s of one core. What stays is decided there, and drawn at full size.
WORKING = 768
# How far a pixel of that copy goes from the mean to the darkest of what it stands for. At 0, 0.5 and 1, in 21 drawings of the tuning
# part, F of the lines that stay is .925, .925 and .923 (hatching .956, .950, .941), and 1.06, 1.08 and 0.90 % of the area is astray; of
# lines of one pixel in black and greys of 100 and 150, .79, .01 and .01 stay at 2,048 px, then 1, .90 and .01, then 1, 1 and .94.
THIN = 0.5
BAND = 512  # rows at a time, at full size
LIKELY = 0.4  # probability from which what is drawn around a pixel stays
DARK = 0.7  # of white; darker is ink
# Of white; darker is black. At 0.7, 0.5, 0.35, 0.25, 0.15 F of contours and black areas in photographs of the tuning part is .44, .59, .67,
# .78, .80, since the table around a sheet is no drawing, and .87 to .85 of the black areas are kept.
BLACK = 0.25
COLORED = 0.15  # of white, between the lightest and the darkest channel of what is drawn in colour
SOLID = 1 / 100  # of the long side, wider than the dots of a screen; what is black and wider is an area, and stays

Predict = Callable[[Tensor], Tensor]  # (1, 3, h, w) sRGB in 0..1, sides multiples of MULTIPLE -> (1, 1, h, w) logits


def contours(picture: NDArray[np.uint8], predict: Predict) -> NDArray[np.uint8]:
    """(h, w) uint8, how likely each pixel of a `flattened` picture (h, w, 3) is ink of a contour; 255 is certain."""
    height, width = picture.shape[:2]
    scale = min(1.0, WORKING / max(height, width))
    small = max(1, round(height * scale)), max(1, round(width * scale))
    if scale < 1:
        picture = _shrunk(picture, *small)
    padded = cv2.copyMakeBorder(picture, 0, -small[0] % MULTIPLE, 0, -small[1] % MULTIPLE, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        logits = predict(torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255)
        chance = (logits[0, 0, : small[0], : small[1]].sigmoid() * 255).round().byte().cpu().numpy()
    found = cv2.resize(chance, (width, height), interpolation=cv2.INTER_LINEAR) if scale < 1 else chance
    return np.asarray(found, np.uint8)


def _shrunk(picture: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """A smaller copy of a picture (h, w, 3) in which lines of one pixel are still to be seen."""
    mean = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    reach = -(-picture.shape[0] // height)
    dark = cv2.erode(picture, np.ones((reach, reach), np.uint8))
    dark = cv2.resize(dark, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(cv2.addWeighted(mean, 1 - THIN, cv2.min(mean, dark), THIN, 0), np.uint8)


def cleaned(flat: NDArray[np.uint8], chance: NDArray[np.uint8], colored: bool = False) -> NDArray[np.uint8]:
    """(h, w) uint8 contours and black areas alone, 255 paper and 0 ink, of a `flattened` picture (h, w, 3) and its `contours`.

    Contours keep the grey that they were drawn with. Broken lines stay broken. colored: whatever is drawn in colour stays, too, such as
    the blue pencil under ink.
    """
    height, width = chance.shape
    lines = np.empty((height, width), np.uint8)
    brush = max(3, round(SOLID * max(height, width)))
    margin = 2 * brush + 2
    for top in range(0, height, BAND):
        above = min(margin, top)
        rows = np.s_[top - above : top + BAND + margin]
        lines[top : top + BAND] = _cleaned(flat[rows], chance[rows], brush, colored)[above : above + BAND]
    return lines


def _cleaned(flat: NDArray[np.uint8], chance: NDArray[np.uint8], brush: int, colored: bool) -> NDArray[np.uint8]:
    lines = np.minimum(np.minimum(flat[..., 0], flat[..., 1]), flat[..., 2])
    black = (lines < BLACK * 255).astype(np.uint8)
    kept = cv2.dilate((chance > LIKELY * 255).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept |= cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((brush, brush), np.uint8)) > 0
    if colored:
        kept |= flat.max(2) - lines > COLORED * 255
    return np.where(kept, lines, np.uint8(255))
