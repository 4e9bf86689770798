"""Colours that a screen can show: chroma gives way to lightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .color import lab_to_srgb, srgb_to_lab

STEPS = 6  # of halving: chroma is then right to 2 %
UNSEEN = 0.25  # in L*


def keep_lightness(lightness: NDArray[np.float32], ab: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB (..., 3) with exactly this L* (...,): chroma ab (..., 2) that leaves the gamut at this lightness is lowered until it fits."""
    lab = np.concatenate([lightness[..., None], ab], -1)
    rgb = lab_to_srgb(lab)
    out = np.abs(srgb_to_lab(rgb)[..., 0] - lightness) >= UNSEEN
    if out.any():
        rgb[out] = _paler(lab[out])
    return rgb


def _paler(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB (n, 3) of as much of the chroma of lab (n, 3) as can be shown at its lightness, found by halving."""
    low, high = np.zeros((len(lab), 1), np.float32), np.ones((len(lab), 1), np.float32)
    for _ in range(STEPS):
        middle = (low + high) / 2
        shown = srgb_to_lab(lab_to_srgb(lab * np.concatenate([np.ones_like(middle), middle, middle], 1)))
        fits = np.abs(shown[:, :1] - lab[:, :1]) < UNSEEN
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return lab_to_srgb(lab * np.concatenate([np.ones_like(low), low, low], 1))
