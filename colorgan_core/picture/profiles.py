"""ICC colour profiles: between the colour space that a file's numbers are in and sRGB, at the depth they have.

Source: ICC.1:2022 for the header; Little CMS, through imagecodecs, does the arithmetic.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SPACES = {b"RGB ": "rgb", b"GRAY": "gray", b"CMYK": "cmyk", b"Lab ": "lab"}
BAND = 2**20  # pixels that are converted at a time, so that intermediate copies stay small beside the picture
SAME = 1 / 255  # a profile that moves no colour farther than that is the same space in other words


def space_of(profile: bytes) -> str:
    """What a profile's numbers are: "rgb", "gray", "cmyk" or "lab". Raises ValueError for another or none at all."""
    if profile[36:40] != b"acsp" or profile[16:20] not in SPACES:
        raise ValueError("These bytes are not a colour profile of a known kind.")
    return SPACES[profile[16:20]]


def from_profile(colors: Array, profile: bytes) -> Array:
    """(h, w, 3) sRGB from (h, w, c) colours of a profile, c = 3, 1 or 4 for RGB (or Lab), grey or CMYK.

    uint8, uint16 or float32 in 0..1 (CMYK and Lab in uint8 only); the result has the same dtype. Relative colorimetric
    with black point compensation: paper white becomes white, black becomes black, and what sRGB holds stays exactly
    what it was; colours outside of sRGB are clipped. Raises ValueError for a damaged profile.
    """
    return _converted(colors, profile, _srgb(), space_of(profile))


def to_profile(rgb: Array, profile: bytes) -> Array:
    """(h, w, 3) colours of an RGB profile from (h, w, 3) sRGB: the inverse of `from_profile`, same dtypes.

    Raises ValueError for a damaged profile, for one that is not of RGB and for one that cannot be converted to.
    """
    if space_of(profile) != "rgb":
        raise ValueError("Only profiles of RGB can be converted to.")
    return _converted(rgb, _srgb(), profile, "rgb")


def is_srgb(profile: bytes) -> bool:
    """Whether a profile of RGB or grey leaves all sampled colours where they are, whatever it calls itself.

    Raises ValueError for a damaged profile.
    """
    steps = np.linspace(0, 1, 16, dtype=np.float32)
    gray, grid = steps.reshape(1, 16, 1), np.stack(np.meshgrid(steps, steps, steps), -1).reshape(64, 64, 3)
    colors = gray if space_of(profile) == "gray" else grid
    return bool(np.abs(from_profile(colors, profile) - colors).max() <= SAME)


def _converted(colors: Array, source: bytes, target: bytes, space: str) -> Array:
    import imagecodecs

    flags = int(imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION)
    if colors.dtype != np.uint8:
        # Else Little CMS takes a short cut over a coarse table, which is wrong by up to 7 % in 16 bits.
        flags |= int(imagecodecs.CMS.FLAGS.NOOPTIMIZE)
    result = np.empty((*colors.shape[:2], 3), colors.dtype)
    rows = max(1, BAND // max(1, colors.shape[1]))
    for top in range(0, len(colors), rows):
        band = np.ascontiguousarray(colors[top : top + rows])
        try:
            result[top : top + rows] = imagecodecs.cms_transform(
                band[..., 0] if space == "gray" else band,
                source,
                target,
                colorspace=space,
                planar=False,
                outcolorspace="rgb",
                outplanar=False,
                intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
                flags=flags,
            )
        except RuntimeError as error:  # imagecodecs.CmsError
            raise ValueError(f"The colour profile is damaged ({error}).") from error
    if result.dtype.kind != "f":
        return result
    if not np.isfinite(result).all():
        raise ValueError("The colour profile is damaged (it makes colours that are not numbers).")
    return result.clip(0, 1, out=result)


@functools.cache
def _srgb() -> bytes:
    import imagecodecs

    return bytes(imagecodecs.cms_profile("srgb"))
