"""From a picture file's bytes to RGB or RGBA arrays, whatever the file's way of storing them.

Pillow reads what has 8 bits a channel. It would drop the low bits of deeper colour, so 16-bit PNG goes to imagecodecs;
TIFF goes to tifffile. A header is looked at before its decoder takes memory for what it claims.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import InputError
from ..files import open_regular
from .kinds import FORMATS, HEAD, readable, unread
from .png import without_extras
from .stored import ORIENTATION, Stored, check_size, printed, stored, upright
from .tiff import decode_tiff

BAND = 2**22  # pixels that Pillow converts at a time: 16 MB, and few enough calls
TEXT_LIMIT = "Decompressed data too large", "Too much memory used in text chunks"  # as Pillow words it
Array = NDArray[Any]

_limits = threading.Lock()


def decode(path: Path) -> Stored:
    """Raises InputError where it knows better than the decoders, and whatever they raise on damaged files."""
    with quiet(), open_regular(path) as handle:
        head = handle.read(HEAD)
        handle.seek(0)
        if not head:
            raise InputError(f"{path} is empty.")
        other = unread(head, path)
        if other is not None:
            raise InputError(other)
        kind = readable(head)
        if kind is None:
            raise InputError(f"{path} is damaged, or not a picture of a known kind ({', '.join(FORMATS)}).")
        if kind == "TIFF":
            return decode_tiff(path, handle)
        if kind == "WEBP":
            check_size(path, *_webp_size(head))
        return _by_pillow(path, handle, kind, deep=kind == "PNG" and head[24:25] == b"\x10")


def _by_pillow(path: Path, handle: BinaryIO, kind: str, deep: bool) -> Stored:
    """deep: a PNG with 16 bits a channel, of which Pillow reads the rest."""
    try:
        image = Image.open(handle, formats=(kind,))
        check_size(path, *image.size)
        notes = _frames_note(path, image)
        image.load()
    except ValueError as error:
        if str(error).startswith(TEXT_LIMIT):
            raise InputError(
                f"{path} has longer text or a larger colour profile than colorgan reads: 1 MB each, and 64 MB in all."
            ) from error
        raise
    with image:
        orientation = image.getexif().get(ORIENTATION, 1)
        profile = image.info.get("icc_profile")
        if image.mode == "CMYK":
            channels, profile = printed(path, np.asarray(image), image.mode, profile, notes), None
        elif not deep:
            channels = _shallow(image)
    if deep:
        del image  # and with it what it has unpacked
        handle.seek(0)
        channels = _deep_png(handle.read())
    return stored(path, upright(channels, orientation), profile, notes)


def _shallow(image: Image.Image) -> Array:
    """(h, w, 1..4) uint8 of what Pillow holds in 8 bits a channel: palette, grey or RGB, transparency last."""
    mode = ("L" if image.mode in ("1", "L", "LA") else "RGB") + "A" * image.has_transparency_data
    channels = np.empty((image.height, image.width, len(mode)), np.uint8)
    step = max(1, BAND // image.width)
    for top in range(0, image.height, step):
        rows = slice(top, min(top + step, image.height))
        band = image.crop((0, rows.start, image.width, rows.stop))
        channels[rows] = np.asarray(band.convert(mode)).reshape(channels[rows].shape)
    return channels


def _deep_png(data: bytes) -> Array:
    """(h, w, 1..4) uint16 of a PNG with 16 bits a channel."""
    import imagecodecs

    channels: Array = imagecodecs.png_decode(without_extras(data))
    return channels[..., None] if channels.ndim == 2 else channels


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height. Source: RFC 9649, 2.5 to 2.7; RFC 6386, 9.1. Raises ValueError for a header of another kind."""
    kind, data = head[12:16], head[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    raise ValueError("it is not a WebP file")


def _frames_note(path: Path, image: Image.Image) -> list[str]:
    if not getattr(image, "is_animated", False) or image.format == "MPO":  # MPO: a JPEG that carries previews
        return []
    return [f"{path.name} is animated, and only its first frame is used."]


@contextmanager
def quiet() -> Iterator[None]:
    """No limit but colorgan's own, and no words from the decoders on stderr: the error or note says it once."""
    loggers = [logging.getLogger(name) for name in ("tifffile", "imagecodecs")]
    with _limits, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        disabled = [logger.disabled for logger in loggers]
        try:
            for logger in loggers:
                logger.disabled = True
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before
            for logger, was in zip(loggers, disabled, strict=True):
                logger.disabled = was
