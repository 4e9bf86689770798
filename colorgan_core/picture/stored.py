"""What a picture file holds, and the steps from there that all formats share: sizes, camera turns, colour profiles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ..errors import InputError
from .bands import row_bands
from .color import to_uint8
from .profiles import from_profile, is_srgb, space_of, to_profile

MAX_PIXELS = 2**28  # 16,384 x 16,384: in 8 bits such line art is coloured within 8 GB
MAX_SIDE = 65_535  # px, as far as a JPEG goes
ORIENTATION = 0x0112  # the tag's number in EXIF and in TIFF
Array = NDArray[Any]


@dataclass(frozen=True)
class Stored:
    """What a file says, before colour management. pixels: (h, w, 3 or 4) of uint8, uint16 or float32 (0..1), upright,
    in the RGB space of `profile`, or in sRGB where that is None; notes: sentences about what was left out."""

    pixels: Array
    profile: bytes | None
    notes: list[str]


def check_size(path: Path, width: int, height: int) -> None:
    """Raises InputError for a picture without pixels, or with more than colorgan reads."""
    if width < 1 or height < 1:
        raise InputError(f"{path} has no pixels: it is {width} x {height}.")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise InputError(
            f"{path} is too large with {width:,} x {height:,} pixels: colorgan reads up to {MAX_PIXELS:,} pixels "
            f"(as 16,384 x 16,384), and up to {MAX_SIDE:,} on a side."
        )


def upright(array: Array, orientation: int) -> Array:
    """Undo a camera's turn. Source: EXIF 2.32, tag 274: what row 0 and column 0 of the stored picture are."""
    if orientation in (5, 6, 7, 8):
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)


def to_8bit(array: Array) -> NDArray[np.uint8]:
    """Uint8 in 0..255 with the same channels from uint8, uint16 in 0..65535 or floats in 0..1, rounded to nearest."""
    if array.dtype == np.uint8:
        return array
    return to_uint8(array / np.float32(65535 if array.dtype == np.uint16 else 1))


def stored(path: Path, channels: Array, profile: bytes | None, notes: list[str]) -> Stored:
    """The file's channels as RGB or RGBA with the profile that says which RGB, or with none where that is sRGB.

    channels: (h, w, 1..4), grey or RGB, opacity last where their number is even.
    """
    count = 1 if channels.shape[-1] < 3 else 3
    if profile:
        try:
            space = space_of(profile)
            if space not in ("rgb", "gray") or (space == "gray" and count == 3):
                raise ValueError("The profile is for another colour model than the picture's.")
            if is_srgb(profile):
                profile = None
            elif space == "gray":
                # One channel of the three: they differ by rounding at most, and grey has to stay grey.
                gray = from_profile(channels[..., :1], profile)[..., :1]
                channels, profile = np.concatenate([gray, channels[..., 1:]], axis=-1), None
            elif not _leads_back(profile):
                rgb = from_profile(np.broadcast_to(channels[..., :count], (*channels.shape[:2], 3)), profile)
                channels, profile = np.concatenate([rgb, channels[..., count:]], axis=-1), None
                notes.append(f"The colour profile of {path.name} can only be read; the result is in sRGB.")
        except ValueError:
            profile = None
            notes.append(f"The colour profile of {path.name} is damaged and was left out.")
    if channels.shape[-1] < 3:
        channels = np.take(channels, [0, 0, 0, 1][: channels.shape[-1] + 2], axis=-1)
    return Stored(channels, profile or None, notes)


def printed(path: Path, channels: Array, mode: str, profile: bytes | None, notes: list[str]) -> Array:
    """(h, w, 3) uint8 sRGB of (h, w, 3 or 4) uint8 in the mode "CMYK" or "LAB": no RGB space of the file's own could hold what is
    made of it."""
    notes.append(f"{path.name} is in {mode}; the result is in sRGB.")
    if mode == "LAB":  # one space for all files, whatever the profile says
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    if profile:
        try:
            if space_of(profile) == mode.lower():
                return from_profile(channels, profile)
            raise ValueError("The profile is for another colour model than the picture's.")
        except ValueError:
            notes.append(f"The colour profile of {path.name} is damaged and was left out.")
    return by_pillow(channels, mode)


def by_pillow(channels: Array, mode: str) -> Array:
    """(h, w, 3) uint8 RGB of (h, w, c) uint8 in one of Pillow's modes."""
    rgb = np.empty((*channels.shape[:2], 3), np.uint8)
    for rows in row_bands(*channels.shape[:2]):
        rgb[rows] = np.asarray(Image.fromarray(np.ascontiguousarray(channels[rows]), mode).convert("RGB"))
    return rgb


def _leads_back(profile: bytes) -> bool:
    """Whether there is a way from sRGB into a profile; those of scanners have only the way out."""
    try:
        to_profile(np.zeros((1, 1, 3), np.uint8), profile)
    except ValueError:
        return False
    return True
