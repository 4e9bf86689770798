"""sRGB and CIELAB (D65, 2 degree observer) on NumPy arrays.

Source: IEC 61966-2-1 for sRGB; CIE 015:2018 for L*a*b* and the 1976 difference deltaE.
`colorgan_core.model.color` holds the same formulas as differentiable torch functions; a test holds the two together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

# Linear sRGB to CIE XYZ, each row divided by the D65 white point so that white is (1, 1, 1).
WHITE_D65 = (0.95047, 1.0, 1.08883)
RGB_TO_XYZ = (
    np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    / np.array(WHITE_D65)[:, None]
)
XYZ_TO_RGB = np.linalg.inv(RGB_TO_XYZ).astype(np.float32)
EPSILON = 216 / 24389  # where CIELAB's cube root gives way to its straight line
KAPPA = 24389 / 27


def srgb_to_lab(rgb: NDArray[np.generic]) -> Float:
    """(..., 3) sRGB, uint8 in 0..255 or float in 0..1, to (..., 3) L* in 0..100 and a*, b* in about -110..110."""
    value = rgb.astype(np.float32) / np.float32(255 if rgb.dtype == np.uint8 else 1)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ RGB_TO_XYZ.T.astype(np.float32)
    f = np.where(xyz > EPSILON, np.cbrt(np.maximum(xyz, 0)), (KAPPA * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def lab_to_srgb(lab: NDArray[np.floating]) -> Float:
    """(..., 3) CIELAB to (..., 3) float sRGB, clipped to 0..1 (colours outside the gamut lose chroma by clipping)."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1).astype(np.float32)
    cubed = f * f * f
    xyz = np.where(cubed > EPSILON, cubed, (116 * f - 16) / np.float32(KAPPA))
    linear = np.clip(xyz @ XYZ_TO_RGB.T, 0, 1)
    value = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(value, 0, 1), np.float32)


def to_uint8(rgb: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Float 0..1 to uint8 0..255, rounded to nearest."""
    return np.asarray(np.clip(np.rint(rgb * 255), 0, 255), np.uint8)


def delta_e(a: NDArray[np.floating], b: NDArray[np.floating]) -> Float:
    """CIE 1976 difference of two (..., 3) Lab arrays: (...,)."""
    return np.asarray(np.sqrt(((a - b) ** 2).sum(-1)), np.float32)
