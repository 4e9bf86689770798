"""Random fields over a picture whose cells are shares of the long side, so that the same seed gives the same field at any size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def grid(rng: np.random.Generator, cells: int) -> Float:
    """(cells, cells) standard normal numbers for the square over the long side."""
    return rng.standard_normal((cells, cells), dtype=np.float32)


def even(rng: np.random.Generator, cells: int) -> Float:
    """(cells, cells) numbers in 0..1, all equally likely: to draw lots by place with `at(..., nearest=True)`."""
    return rng.random((cells, cells), dtype=np.float32)


def over(field: Float, shape: tuple[int, ...]) -> Float:
    """(h, w) a grid spread smoothly over a picture of that shape."""
    side = max(shape[:2])
    how = cv2.INTER_AREA if len(field) > side else cv2.INTER_CUBIC if len(field) < side // 2 else cv2.INTER_LINEAR
    spread = field if len(field) == side else cv2.resize(field, (side, side), interpolation=how)
    return np.asarray(spread[: shape[0], : shape[1]], np.float32)


def at(field: Float, points: NDArray[np.floating], side: int, nearest: bool = False) -> Float:
    """(n,) a grid's values at points (n, 2), x and y in px of a picture with that long side."""
    if not len(points):
        return np.zeros(0, np.float32)
    places = (np.asarray(points, np.float32) + 0.5) * (len(field) / side) - 0.5
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    flat = []
    for start in range(0, len(places), 30_000):  # remap takes no more rows than 32,767
        x, y = (np.ascontiguousarray(places[start : start + 30_000, axis])[:, None] for axis in range(2))
        flat.append(np.asarray(cv2.remap(field, x, y, how, borderMode=cv2.BORDER_REFLECT), np.float32).ravel())
    return np.concatenate(flat)
