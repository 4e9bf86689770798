"""Colour statistics: what a picture's colours are like on the whole, and another picture moved to be like that.

Mean and covariance of CIELAB, so that what goes together in the other picture (its blues are dark, its yellows light) does here too:
the linear Monge-Kantorovitch map (Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
transfer", 2007). Single channels' standard deviations (Reinhard et al., 2001) leave the covariances five times as far apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

MOST = 6.0  # times that colours are stretched at most, in any direction: noise in an even picture must not become a pattern
FLOOR = 1e-6  # of a variance: even pictures have none
BAND = 256  # rows at a time: temporaries stay small at any height

UInt8 = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Statistics:
    """mean (3,) and covariance (3, 3) of L, a, b."""

    mean: Floats
    covariance: Floats


def statistics_of(rgb: UInt8) -> Statistics:
    """Of (h, w, 3) sRGB, looked at in at most 512 px a side."""
    scale = min(1.0, 512 / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    lab = _lab(np.asarray(small, np.uint8))
    mean = cv2.mean(lab)[:3]
    around = [plane.ravel() - center for plane, center in zip(cv2.split(lab), mean, strict=True)]
    products = np.array([[a @ b for b in around] for a in around], np.float64)  # three times as fast as one of matrices
    return Statistics(np.array(mean), products / len(around[0]))


def blended(each: list[Statistics], shares: list[float]) -> Statistics:
    """The mean of several by shares that sum to 1."""
    mean, covariance = (np.stack([getattr(one, name) for one in each]) for name in ("mean", "covariance"))
    return Statistics(np.tensordot(shares, mean, 1), np.tensordot(shares, covariance, 1))


def matched(rgb: UInt8, own: Statistics, wanted: Statistics) -> UInt8:
    """(h, w, 3) sRGB with the statistics `own`, or a part of such a picture, moved to `wanted`; clipped to the gamut."""
    gain = stretch(own.covariance, wanted.covariance)
    moved = np.column_stack([gain, wanted.mean - gain @ own.mean]).astype(np.float32)
    out = np.empty_like(rgb)
    for top in range(0, len(rgb), BAND):
        lab = cv2.transform(_lab(np.ascontiguousarray(rgb[top : top + BAND])), moved)
        band = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
        out[top : top + BAND] = cv2.convertScaleAbs(np.maximum(band, 0), alpha=255)
    return out


def stretch(own: Floats, wanted: Floats) -> Floats:
    """The symmetric (3, 3) matrix that turns covariance `own` into `wanted` and moves colours least."""
    root = powered(own, lambda values: np.sqrt(np.maximum(values, FLOOR)))
    back = np.linalg.inv(root)
    gain = back @ powered(root @ wanted @ root, lambda values: np.sqrt(np.maximum(values, 0))) @ back
    return powered((gain + gain.T) / 2, lambda values: np.clip(values, 0, MOST))


def powered(symmetric: Floats, change: Callable[[Floats], Floats]) -> Floats:
    """The symmetric matrix with its eigenvalues changed."""
    values, vectors = np.linalg.eigh(symmetric)
    return np.asarray((vectors * change(values)) @ vectors.T, np.float64)


def _lab(rgb: UInt8) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(rgb * np.float32(1 / 255), cv2.COLOR_RGB2Lab), np.float32)
