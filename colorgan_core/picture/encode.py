"""From RGB or RGBA arrays to the bytes of a picture file, at the depth that its format has.

The counterpart of decode.py: Pillow writes JPEG and WebP, OpenCV PNG, tifffile TIFF of every depth.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .png import encode_png
from .stored import to_8bit

Array = NDArray[Any]

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}
# The numbers that a format can hold; deeper ones are rounded to its last.
DEPTHS: dict[str, tuple[type[np.generic], ...]] = {
    "PNG": (np.uint8, np.uint16),
    "JPEG": (np.uint8,),
    "WEBP": (np.uint8,),
    "TIFF": (np.uint8, np.uint16, np.float32),
}
# `exact` keeps the colour below full transparency.
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
}


def unknown_ending(path: str | os.PathLike[str], known: Iterable[str]) -> str:
    """The sentence for an output in a format that cannot be written. known: the suffixes that can, in this place."""
    suffix, endings = os.path.splitext(path)[1], ", ".join(dict.fromkeys(known))
    if not suffix:
        return f"{path} has no suffix that names a format; use one of {endings}."
    return f"{path} cannot be written, since {suffix} is not a format for it; use one of {endings}."


def encode(array: Array, kind: str, profile: bytes | None) -> bytes | memoryview:
    """The bytes of a file of `kind` (a value of SUFFIXES) with (h, w, 3 or 4) of uint8, uint16 or floats in 0..1.

    profile: the ICC profile to write along. What the format cannot hold is rounded to its deepest numbers; JPEG takes
    three channels only. Raises OSError, ValueError, RuntimeError or OverflowError where the format cannot hold the picture.
    """
    array = np.ascontiguousarray(_fitted(array, kind))
    if kind == "TIFF":
        return _tiff(array, profile)
    if kind == "PNG":
        return encode_png(array, profile)
    encoded = io.BytesIO()  # not straight into the file: Pillow's encoders lose the reason when a disk is full
    Image.fromarray(array).save(encoded, kind, icc_profile=profile, **OPTIONS[kind])
    return encoded.getbuffer()


def _fitted(array: Array, kind: str) -> Array:
    if array.dtype == np.uint8 or DEPTHS[kind] == (np.uint8,):
        return to_8bit(array)
    if array.dtype == np.uint16:
        return array
    if np.float32 in DEPTHS[kind]:
        return array.astype(np.float32)
    return np.asarray(np.clip(np.rint(array * np.float64(65535)), 0, 65535), np.uint16)


def _tiff(array: Array, profile: bytes | None) -> memoryview:
    import tifffile

    encoded = io.BytesIO()
    tifffile.imwrite(
        encoded,
        array,
        photometric="rgb",
        extrasamples=["unassalpha"] * (array.shape[-1] - 3),
        compression="adobe_deflate",
        predictor=True,
        iccprofile=profile,
        software="colorgan",
        metadata=None,  # else tifffile describes the array's shape in the picture's own description
    )
    return encoded.getbuffer()
