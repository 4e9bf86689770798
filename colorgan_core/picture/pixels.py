"""Pictures on disk and in memory: read any usual file, write the result, and the few conversions between.

In memory a picture is an H x W x 3 or H x W x 4 array, the fourth channel opacity, not multiplied in; in sRGB, or, as
`Picture.original`, in the file's own RGB space.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import UnidentifiedImageError

from ..errors import InputError, OutputError, UsageError
from ..files import atomic_write
from .bands import each_band
from .decode import decode
from .encode import DEPTHS, SUFFIXES, encode, unknown_ending
from .profiles import from_profile
from .stored import to_8bit

__all__ = [
    "Picture",
    "alpha_of",
    "check_suffix",
    "in_srgb",
    "negative_rgb8",
    "read_picture",
    "to_8bit",
    "to_rgb8",
    "write_picture",
]

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """What a file held.

    array: H x W x 3 or 4, uint8, uint16 or float32 in 0..1, sRGB: what the network sees. original: the same pixels at
    the same depth in the file's own RGB space. profile: the ICC profile that says which space that is; None: it is
    sRGB, and `original` is `array`. note: what the person should know.
    """

    array: NDArray[Any]
    original: NDArray[Any]
    profile: bytes | None = None
    note: str | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.array.shape[1], self.array.shape[0]


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """Read PNG, JPEG, WebP, TIFF, GIF or BMP of any depth and colour mode; of several frames the first, with a note.

    Colours are converted to sRGB at the file's own depth, and kept as they are beside that; camera turns are undone.
    Grey profiles, CMYK and LAB become sRGB for good. Raises InputError with the file's name in its sentence.
    """
    path = Path(path)
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder, not a picture.")
    try:
        stored = decode(path)
        array = in_srgb(stored.pixels, stored.profile)
    except InputError:
        raise
    except UnidentifiedImageError as error:
        raise InputError(f"{path} is damaged and cannot be read (its header makes no sense).") from error
    except MemoryError as error:
        raise InputError(f"{path} is too large for this machine's memory.") from error
    except Exception as error:  # decoders raise anything from struct.error to SyntaxError on damaged files
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise InputError(f"{path} is damaged and cannot be read ({reason}).") from error
    return Picture(array, stored.pixels, stored.profile, " ".join(stored.notes) or None)


def in_srgb(pixels: NDArray[Any], profile: bytes | None) -> NDArray[Any]:
    """H x W x 3 or 4 in the RGB space of `profile` as sRGB, at the same depth; None: it is sRGB. Raises InputError for a broken profile."""
    if profile is None:
        return pixels
    rgb, alpha = np.split(pixels, [3], axis=-1)
    return np.concatenate([from_profile(rgb, profile), alpha], axis=-1)


def write_picture(path: str | os.PathLike[str], array: NDArray[Any], profile: bytes | None = None) -> str | None:
    """Write H x W x 3 or 4 of uint8, uint16 or floats in 0..1 in the format that the suffix names; returns a note where
    something was lost.

    profile: the ICC profile of the RGB space that `array` is in, to be written along; None: sRGB. TIFF keeps every
    depth, PNG up to 16 bits (floats become those), JPEG and WebP have 8. Lossless but for that and for JPEG, which also
    has no transparency: there the picture is laid on white. The old file stays until the new one is whole. Raises
    UsageError for an unknown suffix, OutputError where the file cannot be written.
    """
    kind, name, notes = SUFFIXES[check_suffix(path)], Path(path).name, []
    if array.dtype != np.uint8 and DEPTHS[kind] == (np.uint8,):
        notes.append(f"{kind} has 8 bits a channel, so {name} was reduced to them.")
    if kind == "JPEG" and array.shape[-1] == 4:
        if to_8bit(array[..., 3]).min(initial=255) < 255:
            notes.append(f"JPEG has no transparency, so {name} was laid on white.")
        array = to_rgb8(array)
    try:
        data = encode(array, kind, profile)
    except (OSError, ValueError, RuntimeError, OverflowError) as error:
        raise OutputError(
            f"{path} cannot hold a picture of {array.shape[1]} x {array.shape[0]} pixels ({error})."
        ) from error
    with atomic_write(path) as beside:
        beside.write_bytes(data)
    return " ".join(notes) or None


def check_suffix(path: str | os.PathLike[str]) -> str:
    """The suffix of a picture that can be written, in lower case; UsageError for others."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(unknown_ending(path, SUFFIXES))
    return suffix


def to_rgb8(array: NDArray[Any]) -> UInt8:
    """H x W x 3 uint8 from any picture array, transparency laid on white."""
    eight = to_8bit(array)
    if eight.shape[-1] == 3:
        return eight
    shown = np.empty((*eight.shape[:2], 3), np.uint8)

    def lay(rows: slice) -> None:
        rgb, alpha = eight[rows, :, :3].astype(np.uint16), eight[rows, :, 3:].astype(np.uint16)
        shown[rows] = (rgb * alpha + 255 * (255 - alpha) + 127) // 255

    each_band(shown.shape, lay)
    return shown


def negative_rgb8(array: NDArray[Any]) -> UInt8:
    """H x W x 3 uint8, the negative of any picture array, transparency laid on black."""
    eight = to_8bit(array)
    shown = np.empty((*eight.shape[:2], 3), np.uint8)

    def lay(rows: slice) -> None:
        shown[rows] = 255 - np.rint(eight[rows, :, :3] * alpha_of(eight[rows])[..., None])

    each_band(shown.shape, lay)
    return shown


def alpha_of(array: NDArray[Any]) -> NDArray[np.float32]:
    """H x W opacity in 0..1; 1 everywhere where the picture has no fourth channel."""
    if array.shape[-1] == 3:
        return np.broadcast_to(np.float32(1), array.shape[:2])  # one number: a large picture has no room for more
    return np.asarray(to_8bit(array[..., 3]) / np.float32(255))
