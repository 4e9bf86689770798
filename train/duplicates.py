"""Near-duplicates by a perceptual hash: the signs of a grey thumbnail's low frequencies (Zauner 2010, "pHash")."""

from __future__ import annotations

import cv2
import numpy as np

BITS = 255  # 16 x 16 cosine coefficients without the mean
# Differing bits, chosen by looking at pairs on both sides:
SAME = 20  # the same drawing, perhaps in other colours
NEAR = 32  # a variant: the same figure with other hair, the same clock at another hour


def signature(color: np.ndarray) -> np.ndarray:
    """Packed bits, uint8 (32,), of a uint8 (h,w,3) picture."""
    grey = cv2.cvtColor(cv2.resize(color, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    waves = cv2.dct(grey.astype(np.float32))[:16, :16].ravel()[1:]
    return np.packbits(waves > np.median(waves))


class Seen:
    """What has been kept so far of a source, each with its part of the split."""

    def __init__(self) -> None:
        self._rows = np.zeros((0, 32), np.uint8)
        self._parts: list[str] = []

    def add(self, row: np.ndarray, part: str) -> None:
        self._rows = np.concatenate([self._rows, row[None]])
        self._parts.append(part)

    def nearest(self, row: np.ndarray) -> tuple[int, str]:
        """(differing bits, part) of the first of those that look most like this one; (BITS, "") before any."""
        if not self._parts:
            return BITS, ""
        distance = np.bitwise_count(self._rows ^ row).sum(1)
        index = int(distance.argmin())
        return int(distance[index]), self._parts[index]
