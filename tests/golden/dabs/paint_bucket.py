"""A row for both measures of dabs that looks at the dabs' pixels: every open area of the drawing in the commonest colour of its dabs."""

from __future__ import annotations

import cv2
import numpy as np

OPEN = 200  # of 255


def run(picture: np.ndarray, hints: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 on white from a drawing (h, w, 3), dabs (h, w, 4) and "keep unpainted" (h, w)."""
    _, areas = cv2.connectedComponents((picture.min(2) > OPEN).astype(np.uint8), connectivity=4)
    result = np.full(picture.shape, 255, np.uint8)
    dabbed = (hints[..., 3] > 0) | bare
    for area in np.unique(areas[dabbed]):
        inside = (areas == area) & dabbed
        colors = np.where(bare[inside][:, None], 255, hints[inside][:, :3])
        found, counts = np.unique(colors, axis=0, return_counts=True)
        result[areas == area] = found[counts.argmax()]
    return result
