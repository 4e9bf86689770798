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


# CIE Lab of D50, as babl has it; sRGB's primaries are adapted to it by Bradford's method.
XYZ = np.array(
    [[0.4360657, 0.3851515, 0.1430784], [0.2224932, 0.7168870, 0.0606169], [0.0139160, 0.0970764, 0.7140961]]
)
WHITE = np.array([0.9642, 1.0, 0.8249])


def to_lab(colors):
    """L 0 to 100, a, b; of colours with sRGB's curve."""
    found = to_light(colors) @ XYZ.T / WHITE
    x, y, z = np.moveaxis(np.where(found > 216 / 24389, np.cbrt(found), (24389 / 27 * found + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def from_lab(lab):
    """Linear light."""
    y = (lab[..., 0] + 16) / 116
    found = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], -1)
    found = np.where(found > 6 / 29, found**3, (116 * found - 16) * 27 / 24389)
    return found * WHITE @ np.linalg.inv(XYZ).T
