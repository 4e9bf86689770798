"""The colour of every region of line art: what the network for cells knows of a drawing, and what it decides."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ..lineart.cells import Cells
from ..lineart.tokens import Tokens, describe
from ..model.conditions import planes
from ..picture.regions import nearest
from ..picture.upsample import shrink_labels
from .loaded import Loaded
from .prepare import STRIDE
from .settle import in_din99o

ALIKE = 0.12  # DIN99o; where CIEDE2000 is 10, nine of ten pairs of colours in sRGB are between .096 and .146 apart
TRUNK_SIZE = 256  # px, long side at which the trunk looks at a drawing for its cells

UInt8 = NDArray[np.uint8]
Float = NDArray[np.float32]


def see(loaded: Loaded, cells: Cells, lines: UInt8) -> tuple[Tokens, Float]:
    """Tokens of a drawing's cells and (n, t) what G's trunk sees of each. lines: (h, w) contours, 255 paper, of the size of `cells` or larger."""
    height, width = cells.labels.shape
    coarse = lines
    if lines.shape != cells.labels.shape:
        coarse = np.asarray(cv2.resize(lines, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    tokens = describe(cells, coarse)
    if not len(tokens):
        return tokens, np.zeros((0, 0), np.float32)
    scale = TRUNK_SIZE / max(height, width)
    small = max(1, round(height * scale)), max(1, round(width * scale))
    whole = nearest((tokens.token[cells.labels] + 1).astype(np.int32)) - 1
    labels = shrink_labels(whole, *small)
    shrunk = cv2.resize(coarse, small[::-1], interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    below, right = -small[0] % STRIDE, -small[1] % STRIDE
    picture = cv2.copyMakeBorder(shrunk, 0, below, 0, right, cv2.BORDER_CONSTANT, value=255)
    labels = cv2.copyMakeBorder(labels, 0, below, 0, right, cv2.BORDER_REPLICATE)
    x = planes(torch.from_numpy(np.repeat(picture[..., None], 3, 2))[None])
    features = loaded.cell_features(x, torch.from_numpy(labels).long())[0].numpy()
    missing = len(tokens) - len(features)
    return tokens, np.pad(features, ((0, missing), (0, 0))) if missing else features


def decided(logits: torch.Tensor, given: torch.Tensor, own: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of log-probabilities (n, k + c) the colour (n, 3) Lab / 100 that is likeliest to be right, and whether paper (n,) is likelier.

    given: (k, 3), own: (c, 3) Lab / 100; the first given one is paper. Right is what is nearer than ALIKE to the truth: every colour has the
    probability of all that are alike (the decision of least risk for a loss of 0 and 1).
    """
    colors = torch.cat([given[1:], own])
    places = in_din99o(colors)
    alike = (torch.cdist(places, places) < ALIKE).float()
    chance = logits.exp()
    paint = chance[:, 1:]
    return colors[(paint @ alike).argmax(1)], chance[:, 0] > paint.sum(1)
