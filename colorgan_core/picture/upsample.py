"""Paint from the working size to the picture's own size without crossing lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .bands import each_band

MIXED = -1  # between four pixels of several regions


class Guide:
    """Bilinear interpolation that reads only from neighbours in the pixel's own region.

    small: (h, w, c) at the working size, small_labels: (h, w) the regions there, numbered as in `labels` of the native size.
    A pixel none of whose four neighbours lies in its region is plain bilinear.
    """

    def __init__(self, small: NDArray[np.float32], small_labels: NDArray[np.int32], labels: NDArray[np.int32]) -> None:
        (h, w), (height, width) = small.shape[:2], labels.shape
        self.small, self.small_labels, self.labels = small, small_labels, labels
        rows = np.clip((np.arange(height) + 0.5) * h / height - 0.5, 0, h - 1)
        columns = np.clip((np.arange(width) + 0.5) * w / width - 0.5, 0, w - 1)
        self.top, self.left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
        self.down, self.right = (rows - self.top).astype(np.float32), (columns - self.left).astype(np.float32)
        edged = cv2.copyMakeBorder(small_labels, 0, 1, 0, 1, cv2.BORDER_REPLICATE)
        corners = [edged[:-1, :-1], edged[:-1, 1:], edged[1:, :-1], edged[1:, 1:]]
        alike = np.all([each == corners[0] for each in corners[1:]], 0)
        self.between = np.where(alike, corners[0], MIXED)  # (h, w) the region of all four pixels from here on

    def band(self, rows: slice) -> NDArray[np.float32]:
        """(n, width, c) of these rows."""
        small, last = self.small, len(self.small) - 1
        top, down, labels = self.top[rows], self.down[rows, None, None], self.labels[rows]
        tall = small[top] * (1 - down) + small[np.minimum(top + 1, last)] * down
        width = labels.shape[1]
        wide = cv2.resize(tall, (width, len(tall)), interpolation=cv2.INTER_LINEAR).reshape(*labels.shape, -1)
        near_others = np.flatnonzero(np.take(self.between[top], self.left, axis=1) != labels)
        row, column = np.divmod(near_others, width)
        flat = wide.reshape(-1, wide.shape[2])
        flat[near_others] = self._within(row + rows.start, column, flat[near_others])
        return np.asarray(wide, np.float32)

    def _within(
        self, row: NDArray[np.intp], column: NDArray[np.intp], plain: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(n, c) of these pixels from their own region's neighbours alone, `plain` where there is none."""
        h, w = self.small_labels.shape
        values, small_labels = self.small.reshape(h * w, -1), self.small_labels.reshape(-1)
        label, top, left = self.labels[row, column], self.top[row], self.left[column]
        down, right = self.down[row], self.right[column]
        total, mass = np.zeros_like(plain), np.zeros(len(plain), np.float32)
        for dy, wy in ((0, 1 - down), (1, down)):
            for dx, wx in ((0, 1 - right), (1, right)):
                at = np.minimum(top + dy, h - 1) * w + np.minimum(left + dx, w - 1)
                weight = wy * wx * (small_labels[at] == label)
                total += values[at] * weight[:, None]
                mass += weight
        return np.where(mass[:, None] > 1e-3, total / np.maximum(mass, 1e-3)[:, None], plain)


def guided_upsample(
    small: NDArray[np.float32], small_labels: NDArray[np.int32], labels: NDArray[np.int32]
) -> NDArray[np.float32]:
    """All of a Guide's bands: (height, width, c)."""
    guide = Guide(small, small_labels, labels)
    result = np.empty((*labels.shape, small.shape[2]), np.float32)

    def fill(rows: slice) -> None:
        result[rows] = guide.band(rows)

    each_band(result.shape, fill)
    return result


def shrink_labels(labels: NDArray[np.int32], height: int, width: int) -> NDArray[np.int32]:
    """Labels at another size, each pixel the label at its centre."""
    return np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
