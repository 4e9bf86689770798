"""From RGB or RGBA arrays to the bytes of a picture file, at the depth that its format has.

The counterpart of decode.py: Pillow writes 8 bits a channel, imagecodecs 16-bit PNG, tifffile TIFF of every depth.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .decode import to_8bit

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
    "PNG": {},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
}
IHDR_END = 33  # of a PNG: eight bytes of signature, then a chunk of always the same length


def encode(array: Array, kind: str, profile: bytes | None) -> bytes | memoryview:
    """The bytes of a file of `kind` (a value of SUFFIXES) with (h, w, 3 or 4) of uint8, uint16 or floats in 0..1.

    profile: the ICC profile to write along. What the format cannot hold is rounded to its deepest numbers; JPEG takes
    three channels only. Raises OSError, ValueError or RuntimeError where the format cannot hold the picture.
    """
    array = np.ascontiguousarray(_fitted(array, kind))
    if kind == "TIFF":
        return _tiff(array, profile)
    if array.dtype == np.uint16:
        return _png16(array, profile)
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


def _png16(array: Array, profile: bytes | None) -> bytes:
    import imagecodecs

    data = bytes(imagecodecs.png_encode(array))
    if profile is None:
        return data
    # Source: PNG, third edition, 11.3.2.3: name, end of name, method 0, the profile; between IHDR and IDAT.
    body = b"iCCP" + b"ICC profile\0" + b"\0" + zlib.compress(profile)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:IHDR_END] + chunk + data[IHDR_END:]
