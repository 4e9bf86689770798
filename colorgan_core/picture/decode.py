"""From a picture file's bytes to RGB or RGBA arrays, whatever the file's way of storing them.

Pillow reads what has 8 bits a channel. It would drop the low bits of deeper colour, so 16-bit PNG goes to imagecodecs
and deep TIFF to tifffile.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ..errors import InputError
from ..files import open_regular
from .color import to_uint8
from .profiles import from_profile, is_srgb, space_of, to_profile

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")
MAX_PIXELS = 2**29  # twice 16384 x 16384; a header that claims more is taken for an attack or damage
ORIENTATION = 0x0112  # the tag's number in EXIF and in TIFF
Array = NDArray[Any]

_limits = threading.Lock()


@dataclass(frozen=True)
class Stored:
    """What a file says, before colour management. pixels: (h, w, 3 or 4) of uint8, uint16 or float32 (0..1), upright,
    in the RGB space of `profile`, or in sRGB where that is None; notes: sentences about what was left out."""

    pixels: Array
    profile: bytes | None
    notes: list[str]


def decode(path: Path) -> Stored:
    """Raises InputError where it knows better than the decoders, and whatever they raise on damaged files."""
    with quiet(), open_regular(path) as handle:
        head = handle.read(26)
        handle.seek(0)
        if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            deep = _deep_tiff(path)
            if deep is not None:
                return deep
        with Image.open(handle, formats=FORMATS) as image:
            check_size(path, *image.size)
            notes = _frames_note(path, image)
            image.load()
            orientation = image.getexif().get(ORIENTATION, 1)
            profile = image.info.get("icc_profile")
            if head[:4] == b"\x89PNG" and head[24] == 16:
                channels = _deep_png(path)
            elif image.mode in ("CMYK", "LAB"):
                channels, profile = _printed(path, image, profile, notes), None
            else:
                channels = _shallow(image)
    return _stored(path, upright(channels, orientation), profile, notes)


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


def _stored(path: Path, channels: Array, profile: bytes | None, notes: list[str]) -> Stored:
    """The file's channels as RGB or RGBA with the profile that says which RGB, or with none where that is sRGB.

    channels: (h, w, 1..4), grey or RGB, opacity last where their number is even.
    """
    count = 1 if channels.shape[-1] < 3 else 3
    colors, alpha = channels[..., :count], channels[..., count:]
    if profile:
        try:
            space = space_of(profile)
            if space not in ("rgb", "gray") or (space == "gray" and count == 3):
                raise ValueError("The profile is of other colours than the picture.")
            if is_srgb(profile):
                profile = None
            elif space == "gray":
                # One channel of the three: they differ by rounding at most, and grey has to stay grey.
                colors, profile = from_profile(colors, profile)[..., :1], None
            elif not _leads_back(profile):
                colors, profile = from_profile(np.broadcast_to(colors, (*colors.shape[:2], 3)), profile), None
                notes.append(
                    f"The colour profile of {path.name} is of a kind for reading only; what is made of it is in sRGB."
                )
        except ValueError:
            profile = None
            notes.append(f"The colour profile of {path.name} is damaged and was left out.")
    colors = np.broadcast_to(colors, (*colors.shape[:2], 3))
    return Stored(np.concatenate([colors, alpha], axis=-1), profile or None, notes)


def _leads_back(profile: bytes) -> bool:
    """Whether there is a way from sRGB into a profile; those of scanners have only the way out."""
    try:
        to_profile(np.zeros((1, 1, 3), np.uint8), profile)
    except ValueError:
        return False
    return True


def _shallow(image: Image.Image) -> Array:
    """(h, w, 1..4) uint8 of what Pillow holds in 8 bits a channel: palette, grey or RGB, transparency last."""
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    colors = np.asarray(image.convert("L" if image.mode in ("1", "L", "LA", "La") else "RGB"))
    colors = colors[..., None] if colors.ndim == 2 else colors
    return colors if alpha is None else np.dstack([colors, np.asarray(alpha)])


def _printed(path: Path, image: Image.Image, profile: bytes | None, notes: list[str]) -> Array:
    """(h, w, 3) uint8 sRGB of CMYK or LAB: no RGB space of the file's own could hold what is made of it."""
    notes.append(f"{path.name} is in {image.mode}; what is made of it is in sRGB.")
    if image.mode == "LAB":  # one space for all files, whatever the profile says
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    if profile:
        try:
            if space_of(profile) == image.mode.lower():
                # Band by band: as a whole Pillow gives LAB with another zero than Little CMS has.
                return from_profile(np.dstack([np.asarray(band) for band in image.split()]), profile)
            raise ValueError("The profile is of other colours than the picture.")
        except ValueError:
            notes.append(f"The colour profile of {path.name} is damaged and was left out.")
    return np.asarray(image.convert("RGB"))


def _deep_png(path: Path) -> Array:
    """(h, w, 1..4) uint16 of a PNG with 16 bits a channel."""
    import imagecodecs

    channels: Array = imagecodecs.png_decode(path.read_bytes())
    return channels[..., None] if channels.ndim == 2 else channels


def _deep_tiff(path: Path) -> Stored | None:
    """The first page of a TIFF with more than 8 bits a channel; None for others, which Pillow reads."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        check_size(path, page.imagewidth, page.imagelength)
        # Known before any decoder runs, since libtiff would write about it to stderr itself.
        if any(o + n > os.path.getsize(path) for o, n in zip(page.dataoffsets, page.databytecounts, strict=False)):
            raise InputError(f"{path} is cut short: a part of the picture is missing.")
        kinds = tifffile.PHOTOMETRIC
        if page.photometric not in (kinds.MINISWHITE, kinds.MINISBLACK, kinds.RGB):
            return None
        if page.dtype is None or page.dtype == np.bool_ or page.dtype.itemsize == 1:
            return None
        if page.dtype.kind not in "uf":
            raise InputError(f"{path} holds numbers of the kind {page.dtype}, which are not colours.")
        notes = [f"{path.name} has several pages, and only the first is used."] if len(file.pages) > 1 else []
        array = page.asarray()
        if page.axes.startswith("S"):
            array = np.moveaxis(array, 0, -1)
        if array.ndim not in (2, 3):
            raise InputError(f"{path} is not a flat picture: its axes are {page.axes}.")
        array = _first_channels(array[..., None] if array.ndim == 2 else array, page)
        if page.dtype.kind == "u":
            array = (
                array
                if array.dtype == np.uint16
                else (array // (2 ** (8 * array.dtype.itemsize - 16))).astype(np.uint16)
            )
            array = 65535 - array if page.photometric == kinds.MINISWHITE else array
        else:
            array = array.astype(np.float32)
            if not np.isfinite(array).all():
                raise InputError(f"{path} holds values that are no numbers (NaN or infinity).")
            if array.max(initial=0) > 1 or array.min(initial=0) < 0:
                notes.append(f"{path.name} holds values outside 0 to 1, which were clipped.")
                array = array.clip(0, 1)
        profile, orientation = page.tags.valueof(34675), page.tags.valueof(ORIENTATION, default=1)
    return _stored(path, upright(array, int(orientation)), profile, notes)


def _first_channels(array: Array, page: Any) -> Array:
    """H x W x any to 1..4 channels: grey or RGB, then opacity, not multiplied in; further channels are dropped."""
    count = 1 if array.shape[-1] < 3 or page.photometric != 2 else 3
    colors = array[..., :count]
    extra = [int(kind) for kind in page.extrasamples]
    if not extra and count == 3 and array.shape[-1] == 4:
        extra = [2]  # OpenCV writes RGBA and does not say what the fourth channel is; all readers take it for opacity
    if array.shape[-1] == count or not extra or extra[0] not in (1, 2):
        return colors
    alpha = array[..., count : count + 1]
    if extra[0] == 1:
        full = 1 if array.dtype.kind == "f" else np.iinfo(array.dtype).max
        straight = np.divide(colors, alpha, where=alpha > 0, out=np.zeros(colors.shape, np.float64))
        colors = (straight.clip(0, 1) * full).astype(array.dtype)
    return np.concatenate([colors, alpha], axis=-1)


def _frames_note(path: Path, image: Image.Image) -> list[str]:
    if getattr(image, "n_frames", 1) == 1 or image.format == "MPO":  # MPO: a JPEG that carries previews
        return []
    if image.format == "TIFF":
        return [f"{path.name} has several pages, and only the first is used."]
    return [f"{path.name} is animated, and only its first frame is used."]


def check_size(path: Path, width: int, height: int) -> None:
    """Raises InputError for a picture without pixels, or with more than colorgan reads."""
    if width < 1 or height < 1:
        raise InputError(f"{path} has no pixels: it is {width} x {height}.")
    if width * height > MAX_PIXELS:
        raise InputError(f"{path} claims {width} x {height} pixels, more than the {MAX_PIXELS:,} that colorgan reads.")


@contextmanager
def quiet() -> Iterator[None]:
    """No limit but MAX_PIXELS, and no words from the decoders on stderr: the error or note says it once."""
    log = logging.getLogger("tifffile")
    with _limits, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        disabled, log.disabled = log.disabled, True
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS, log.disabled = before, disabled
