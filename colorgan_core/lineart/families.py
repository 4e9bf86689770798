"""Hints of about the same colour are one stroke's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..picture.color import srgb_to_lab

ALIKE = 10.0  # CIE76; colours nearer than that are one stroke's, which may have picked up some of the ink below


def families(colors: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers (n,) of the colours (n, 3) so that alike ones have the same: the commonest colours gather those within ALIKE."""
    binned = (colors >> 3).astype(np.int64)
    packed = (binned[:, 0] << 10) | (binned[:, 1] << 5) | binned[:, 2]
    seen = np.bincount(packed, minlength=2**15)
    codes = np.flatnonzero(seen)
    bins, count = np.stack([codes >> 10, codes >> 5 & 31, codes & 31], 1), seen[codes]
    lab = srgb_to_lab((bins * 8 + 4)[None].astype(np.uint8))[0]
    family = np.full(len(bins), -1, np.int64)
    heads = 0
    for head in np.argsort(-count, kind="stable"):
        if family[head] < 0:
            near = (np.linalg.norm(lab - lab[head], axis=1) < ALIKE) & (family < 0)
            family[near] = heads
            heads += 1
    number = np.zeros(2**15, np.int64)
    number[codes] = family
    return np.asarray(number[packed], np.int64)
