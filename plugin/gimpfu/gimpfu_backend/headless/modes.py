"""Layer modes."""

from __future__ import annotations

import numpy as np

import gimpenums
from gimpfu_backend import Refused
from gimpfu_backend.headless.light import from_light, to_light

REPLACE, ERASE, PASS_THROUGH = -1, 58, 61


MIXES = {  # of GIMP's legacy modes: below, above
    3: lambda d, s: d * s,
    4: lambda d, s: 1 - (1 - d) * (1 - s),
    5: lambda d, s: d * (d + 2 * s * (1 - d)),
    6: lambda d, s: np.abs(d - s),
    7: lambda d, s: np.minimum(1, d + s),
    8: lambda d, s: np.maximum(0, d - s),
    9: np.minimum,
    10: np.maximum,
    15: lambda d, s: np.minimum(1, d / np.maximum(s, 1 / 256)),
    16: lambda d, s: np.minimum(1, d / np.maximum(1 - s, 1 / 256)),
    17: lambda d, s: np.maximum(0, 1 - (1 - d) / np.maximum(s, 1 / 256)),
    18: lambda d, s: np.where(s > 0.5, 1 - (1 - d) * (1 - 2 * (s - 0.5)), 2 * d * s),
    20: lambda d, s: np.clip(d - s + 128 / 255, 0, 1),
    21: lambda d, s: np.clip(d + s - 128 / 255, 0, 1),
}


def refuse_mode(mode):
    names = [each for each in gimpenums.__all__ if each.startswith("LAYER_MODE_") and getattr(gimpenums, each) == mode]
    raise Refused(f"The mode {names[0] if names else mode} needs GIMP; run this plug-in in it.")


def in_light(mode):
    """Whether GIMP 3 composes a mode in linear light: the legacy modes are not."""
    return mode in (28, REPLACE, ERASE, PASS_THROUGH)


def blended(below, above, mode, opacity=1.0):
    """A picture over another; opacity: a number, or height x width x 1."""
    under, alpha = below[..., 3:], above[..., 3:]
    if mode == ERASE:
        return np.concatenate([below[..., :3], under * (1 - alpha * opacity)], -1)
    if mode in (0, 28, REPLACE):
        convert, back = (to_light, from_light) if in_light(mode) else (np.asarray, np.asarray)
        part = alpha * opacity
        made = under + (alpha - under) * opacity if mode == REPLACE else part + under * (1 - part)
        share = part / np.maximum(made, 1e-9)
        low, high = convert(below[..., :3]), convert(above[..., :3])
        mixed = np.where(share == 0, below[..., :3], back(low + (high - low) * np.minimum(share, 1)))
        return np.concatenate([np.where(made > 0, mixed, below[..., :3]), made], -1)
    if mode not in MIXES:
        refuse_mode(mode)
    mixed = MIXES[mode](below[..., :3], above[..., :3])
    part = np.minimum(under, alpha) * opacity
    share = part / np.maximum(under + (1 - under) * part, 1e-9)
    return np.concatenate([below[..., :3] + (mixed - below[..., :3]) * share, under], -1)
