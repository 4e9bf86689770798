"""Light and bytes.

Pictures are float, height x width x 4, 0 to 1, with sRGB's curve; masks are uint8, height x width x 1.
"""

from __future__ import annotations

import numpy as np

LUMINANCE = np.array([0.22248840, 0.71690369, 0.06060791])  # of linear sRGB, as babl has them


def to_light(values):
    """IEC 61966-2-1."""
    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4)


def from_light(values):
    return np.where(values <= 0.0031308, 12.92 * values, 1.055 * np.maximum(values, 1e-12) ** (1 / 2.4) - 0.055)


def to_bytes(values):
    return np.clip(np.round(np.asarray(values) * 255), 0, 255).astype(np.uint8)


def gray(colors):
    """Luminance with sRGB's curve, height x width x 1, of colours 0 to 1."""
    return from_light(to_light(colors[..., :3]) @ LUMINANCE)[..., None]
