"""From a picture file's bytes to RGB or RGBA arrays, whatever the file's way of storing them.

Pillow reads what has 8 bits a channel. It would drop the low bits of deeper colour, so 16-bit PNG goes to OpenCV and
deep TIFF to tifffile (or OpenCV, where tifffile lacks the codec).
"""

from __future__ import annotations

import io
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ..errors import InputError
from .color import to_uint8

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")
MAX_PIXELS = 2**29  # twice 16384 x 16384; a header that claims more is taken for an attack or damage
ORIENTATION = 0x0112  # the tag's number in EXIF and in TIFF
Array = NDArray[Any]

_limits = threading.Lock()


def decode(path: Path) -> tuple[Array, list[str]]:
    """H x W x 3 or 4 of uint8, uint16 or float32 (0..1), sRGB, upright, with sentences about what was left out.

    Raises InputError where it knows better than the decoders, and whatever they raise on damaged files.
    """
    with _quiet(), path.open("rb") as handle:
        head = handle.read(26)
        handle.seek(0)
        if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            deep = _deep_tiff(path)
            if deep is not None:
                return deep
        with Image.open(handle, formats=FORMATS) as image:
            _check_size(path, *image.size)
            notes = _frames_note(path, image)
            image.load()
            orientation = image.getexif().get(ORIENTATION, 1)
            profile = image.info.get("icc_profile")
            if head[:4] == b"\x89PNG" and head[24] == 16:
                array = _managed(path, _opencv(path), profile, notes)
            else:
                array = _shallow(path, image, profile, notes)
    return upright(array, orientation), notes


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


def _shallow(path: Path, image: Image.Image, profile: bytes | None, notes: list[str]) -> Array:
    """What Pillow holds in 8 bits a channel: palette, grey, CMYK, LAB, with or without transparency."""
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode in ("1", "LA", "La"):
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    if profile or image.mode == "LAB":
        try:
            source: Any = (
                ImageCms.createProfile("LAB")
                if image.mode == "LAB"
                else ImageCms.getOpenProfile(io.BytesIO(profile or b""))
            )
            if not (image.mode == "RGB" and _is_srgb(source)):
                managed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                image = managed or image
        except (ImageCms.PyCMSError, OSError):
            notes.append(f"The colour profile of {path.name} is damaged and was left out.")
    rgb = np.asarray(image.convert("RGB"))
    return rgb if alpha is None else np.dstack([rgb, np.asarray(alpha)])


def _managed(path: Path, array: Array, profile: bytes | None, notes: list[str]) -> Array:
    """A deep array in sRGB. Colour management works in 8 bits, so only an array that is in sRGB already stays deep."""
    if not profile:
        return array
    eight = to_8bit(array)
    rgb = _shallow(path, Image.fromarray(np.ascontiguousarray(eight[..., :3])), profile, notes)
    if np.array_equal(rgb, eight[..., :3]):
        return array
    return np.dstack([rgb, eight[..., 3:]])


def _is_srgb(profile: Any) -> bool:
    """Whether a profile leaves all sampled colours where they are, whatever it calls itself."""
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    colors = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(64, 64, 3)
    changed = ImageCms.profileToProfile(Image.fromarray(colors), profile, ImageCms.createProfile("sRGB"))
    return changed is not None and bool(np.abs(np.asarray(changed).astype(int) - colors).max() <= 1)


def _deep_tiff(path: Path) -> tuple[Array, list[str]] | None:
    """The first page of a TIFF with more than 8 bits a channel; None for others, which Pillow reads."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        _check_size(path, page.imagewidth, page.imagelength)
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
        try:
            array = page.asarray()
            if page.axes.startswith("S"):
                array = np.moveaxis(array, 0, -1)
            if array.ndim not in (2, 3):
                raise InputError(f"{path} is not a flat picture: its axes are {page.axes}.")
            array = _first_channels(array[..., None] if array.ndim == 2 else array, page)
        except ValueError as error:
            if "imagecodecs" not in str(error):
                raise
            array = _opencv(path)
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
    return upright(_managed(path, array, profile, notes), int(orientation)), notes


def _first_channels(array: Array, page: Any) -> Array:
    """H x W x any to RGB or RGBA: further channels are dropped, grey is expanded, associated alpha is divided out."""
    count = 1 if array.shape[-1] < 3 or page.photometric != 2 else 3
    rgb = np.repeat(array[..., :1], 3, axis=-1) if count == 1 else array[..., :3]
    extra = [int(kind) for kind in page.extrasamples]
    if array.shape[-1] == count or not extra or extra[0] not in (1, 2):
        return rgb
    alpha = array[..., count : count + 1]
    if extra[0] == 1:
        full = 1 if array.dtype.kind == "f" else np.iinfo(array.dtype).max
        straight = np.divide(rgb, alpha, where=alpha > 0, out=np.zeros(rgb.shape, np.float64))
        rgb = (straight.clip(0, 1) * full).astype(array.dtype)
    return np.concatenate([rgb, alpha], axis=-1)


def _opencv(path: Path) -> Array:
    """H x W x 3 or 4 of the file's own depth, channels in RGB order."""
    import cv2

    array = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise InputError(f"{path} is damaged, or packed in a way that colorgan cannot read.")
    if array.ndim == 2:
        return np.repeat(array[..., None], 3, axis=-1)
    order = [2, 1, 0, 3] if array.shape[-1] == 4 else [2, 1, 0]
    return np.ascontiguousarray(array[..., order])


def _frames_note(path: Path, image: Image.Image) -> list[str]:
    if getattr(image, "n_frames", 1) == 1 or image.format == "MPO":  # MPO: a JPEG that carries previews
        return []
    if image.format == "TIFF":
        return [f"{path.name} has several pages, and only the first is used."]
    return [f"{path.name} is animated, and only its first frame is used."]


def _check_size(path: Path, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise InputError(f"{path} has no pixels: it is {width} x {height}.")
    if width * height > MAX_PIXELS:
        raise InputError(f"{path} claims {width} x {height} pixels, more than the {MAX_PIXELS:,} that colorgan reads.")


@contextmanager
def _quiet() -> Iterator[None]:
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
