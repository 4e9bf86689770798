"""Paint from the working size to the picture's own size without crossing lines."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from .regions import Regions

BAND = 256  # rows at a time: temporaries stay small at any height


def guided_upsample(
    small: NDArray[np.float32], small_labels: NDArray[np.int32], regions: Regions
) -> NDArray[np.float32]:
    """Bilinear interpolation that reads only from neighbours in the pixel's own region.

    small: (h, w, c) at the working size, small_labels: (h, w) the regions there, numbered as in `regions`, which holds the
    native size. Returns (height, width, c). A pixel none of whose four neighbours lies in its region is plain bilinear.
    """
    return np.concatenate([band for _, band in guided_bands(small, small_labels, regions)])


def guided_bands(
    small: NDArray[np.float32], small_labels: NDArray[np.int32], regions: Regions
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The same, some rows at a time: (rows, (n, width, c)) from top to bottom."""
    h, w, channels = small.shape
    height, width = regions.labels.shape
    rows = np.clip((np.arange(height) + 0.5) * h / height - 0.5, 0, h - 1)
    columns = np.clip((np.arange(width) + 0.5) * w / width - 0.5, 0, w - 1)
    top, left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    down, right = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    for start in range(0, height, BAND):
        band = slice(start, start + BAND)
        total = np.zeros((len(top[band]), width, channels), np.float32)
        plain, mass = np.zeros_like(total), np.zeros((*total.shape[:2], 1), np.float32)
        for dy, wy in ((0, 1 - down[band]), (1, down[band])):
            for dx, wx in ((0, 1 - right), (1, right)):
                r = np.minimum(top[band] + dy, h - 1)[:, None]
                c = np.minimum(left + dx, w - 1)[None]
                weight = (wy[:, None] * wx[None])[..., None]
                value = small[r, c] * weight
                same = (small_labels[r, c] == regions.labels[band])[..., None]
                plain += value
                total += value * same
                mass += weight * same
        yield band, np.where(mass > 1e-3, total / np.maximum(mass, 1e-3), plain)


def shrink_labels(labels: NDArray[np.int32], height: int, width: int) -> NDArray[np.int32]:
    """Labels at another size, each pixel the label at its centre."""
    return np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
