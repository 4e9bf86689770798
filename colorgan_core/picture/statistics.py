"""Colour statistics: what a picture's colours are like on the whole, and another picture moved to be like that.

Reinhard et al., "Color transfer between images" (IEEE CG&A 2001): mean and standard deviation of each channel, here of CIELAB.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

MOST = 6.0  # times that a channel is stretched at most: noise in an even picture must not become a pattern
BAND = 256  # rows at a time: temporaries stay small at any height

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Statistics:
    """mean, spread: (3,) of L, a, b; spread is the standard deviation."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]


def statistics_of(rgb: UInt8) -> Statistics:
    """Of (h, w, 3) sRGB, looked at in at most 512 px a side."""
    scale = min(1.0, 512 / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    mean, spread = cv2.meanStdDev(_lab(np.asarray(small, np.uint8)))  # ten times as fast as NumPy's
    return Statistics(np.float32(mean[:, 0]), np.float32(spread[:, 0]))


def blended(each: list[Statistics], shares: list[float]) -> Statistics:
    """The mean of several by shares that sum to 1."""
    mean, spread = (np.stack([getattr(one, name) for one in each]) for name in ("mean", "spread"))
    weight = np.array(shares, np.float32)
    return Statistics(weight @ mean, weight @ spread)


def matched(rgb: UInt8, own: Statistics, wanted: Statistics) -> UInt8:
    """(h, w, 3) sRGB with the statistics `own`, or a part of such a picture, moved to `wanted`; clipped to the gamut."""
    gain = np.clip(wanted.spread / np.maximum(own.spread, 1e-3), 0, MOST)
    out = np.empty_like(rgb)
    for top in range(0, len(rgb), BAND):
        lab = (_lab(np.ascontiguousarray(rgb[top : top + BAND])) - own.mean) * gain + wanted.mean
        band = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB)
        out[top : top + BAND] = np.clip(np.rint(band * 255), 0, 255)
    return out


def _lab(rgb: UInt8) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
