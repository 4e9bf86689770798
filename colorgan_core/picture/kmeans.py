"""The palette of a picture: a few colours that stand for all of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .color import lab_to_srgb, srgb_to_lab, to_uint8

COMMONEST = 96  # histogram bins that enter the clustering; flat art has far fewer
ROUNDS = 6


def palette_of(
    rgb: NDArray[np.uint8], weight: NDArray[np.floating], count: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Weighted k-means in Lab over the colour histogram of a picture. Deterministic.

    rgb: (h, w, 3) uint8; weight: (h, w) float, 0 leaves a pixel out. Returns colours (n, 3) uint8 by falling share and their
    shares (n,) float32 that sum to 1; n <= count, and n = 0 where no pixel has weight.
    """
    pixels = rgb.reshape(-1, 3).astype(np.int64)
    mass = np.asarray(weight, np.float64).reshape(-1)
    bins = ((pixels[:, 0] >> 4) << 8) | ((pixels[:, 1] >> 4) << 4) | (pixels[:, 2] >> 4)
    total = np.bincount(bins, mass, 4096)
    top = np.argsort(-total, kind="stable")[:COMMONEST]
    top = top[total[top] > 1e-4 * max(total.sum(), 1e-12)]
    if not len(top):
        return np.zeros((0, 3), np.uint8), np.zeros(0, np.float32)
    mean = np.stack([np.bincount(bins, mass * pixels[:, c], 4096)[top] for c in range(3)], -1) / total[top, None]
    points, share = srgb_to_lab((mean / 255).astype(np.float32)), total[top]
    centres, owner = clustered(points, share, count)
    sizes = np.bincount(owner, share, len(centres))
    order = np.argsort(-sizes, kind="stable")
    return to_uint8(lab_to_srgb(centres[order])), (sizes[order] / sizes.sum()).astype(np.float32)


def clustered(
    points: NDArray[np.float32], share: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Centres (n, 3), n <= count, of points (m, 3) that count by their share (m,), and the centre (m,) of each point: Lloyd's rounds
    from a start that takes, one after another, the point that the centres so far serve worst."""
    centres = points[[int(share.argmax())]]
    while len(centres) < count:
        badness = share * ((points[:, None] - centres) ** 2).sum(-1).min(1)
        if badness.max() < 1e-6:
            break
        centres = np.concatenate([centres, points[[int(badness.argmax())]]])
    for _ in range(ROUNDS):
        owner = ((points[:, None] - centres) ** 2).sum(-1).argmin(1)
        mass = np.bincount(owner, share, len(centres))
        moved = np.stack([np.bincount(owner, share * points[:, c], len(centres)) for c in range(3)], -1)
        centres = np.where(mass[:, None] > 0, moved / np.maximum(mass, 1e-12)[:, None], centres).astype(np.float32)
    return centres, ((points[:, None] - centres) ** 2).sum(-1).argmin(1)
