"""Colours that a screen can show: chroma gives way to lightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .color import lab_to_srgb, srgb_to_lab


def keep_lightness(lightness: NDArray[np.float32], ab: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB with exactly this L*: chroma that leaves the gamut at this lightness is lowered until it fits."""
    low, high = np.zeros_like(lightness), np.ones_like(lightness)
    factor = high
    for _ in range(6):
        lab = np.concatenate([lightness[..., None], ab * factor[..., None]], 2)
        rgb = lab_to_srgb(lab)
        fits = np.abs(srgb_to_lab(rgb)[..., 0] - lightness) < 0.25
        if fits.all():
            return rgb
        low, high = np.where(fits, factor, low), np.where(fits, high, factor)
        factor = np.where(fits & (high == factor), factor, (low + high) / 2)
    return lab_to_srgb(np.concatenate([lightness[..., None], ab * low[..., None]], 2))
