"""Moving a composition with its truth: colour and ink smoothly, surfaces to the nearest pixel.

By OpenCV: torchvision's elastic and perspective need 0.05 to 0.2 s a picture of 1,024 px on one core, OpenCV's 0.01 to 0.03 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .composition import Composition

EDGE = 0.04  # of the side: within that of the picture's edge an elastic move fades, so that nothing comes from outside
Move = Callable[[NDArray[np.generic], bool, float], NDArray[np.generic]]


def elastic(composition: Composition, right: NDArray[np.float32], down: NDArray[np.float32]) -> Composition:
    """Every pixel is taken from `right`, `down` px away; (h, w) each."""
    height, width = composition.surfaces.shape
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    fade_down = np.clip(np.minimum(rows, height - 1 - rows) / np.float32(EDGE * composition.size), 0, 1)
    fade_right = np.clip(np.minimum(columns, width - 1 - columns) / np.float32(EDGE * composition.size), 0, 1)
    fade = fade_down * fade_right
    where = (columns + right * fade, rows + down * fade)

    def move(picture: NDArray[np.generic], smooth: bool, fill: float) -> NDArray[np.generic]:
        return np.asarray(cv2.remap(picture, *where, cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST))

    return moved_by(composition, move)


def perspective(shape: tuple[int, ...], corners: Sequence[tuple[float, float]]) -> Move:
    """What shows a page at an angle: a function of a picture, whether it is smooth, and what lies outside the page.

    corners: where the page's corners come to lie, x, y in px from the upper left one clockwise.
    """
    height, width = shape[:2]
    start = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, np.array(corners, np.float32))

    def move(picture: NDArray[np.generic], smooth: bool, fill: float) -> NDArray[np.generic]:
        how = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        return np.asarray(cv2.warpPerspective(picture, matrix, (width, height), flags=how, borderValue=(fill,) * 4))

    return move


def moved_by(composition: Composition, move: Move) -> Composition:
    """A composition whose colour, ink and surfaces were all moved in one way; what comes from outside is bare paper."""
    seen = move(np.dstack([composition.color, composition.ink]), True, 255)
    labels = move(composition.surfaces.astype(np.float32), False, 0)  # exact up to 2^24 surfaces
    return replace(
        composition,
        color=np.ascontiguousarray(seen[..., :3], np.uint8),
        ink=np.ascontiguousarray(seen[..., 3], np.uint8),
        surfaces=labels.astype(np.int32),
    )
