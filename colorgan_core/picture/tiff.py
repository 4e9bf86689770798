"""TIFF of every depth and colour mode.

tifffile reads all of it, since libtiff, which is behind Pillow, writes about damage to stderr on its own.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .bands import row_bands
from .stored import MAX_PIXELS, ORIENTATION, Stored, by_pillow, check_size, printed, stored, to_8bit, upright

MAX_BYTES = 16 * MAX_PIXELS  # of one page, unpacked: four channels of 32-bit floats at the largest size
SOF = {bytes([marker]) for marker in range(0xC0, 0xD0)} - {b"\xc4", b"\xc8", b"\xcc"}  # where a JPEG tells its size
ICC_PROFILE = 34675  # the tag's number
# Of the compressions: those whose unpackers stop at the size that the page tells.
COMPRESSIONS = (
    "NONE", "CCITTRLE", "CCITTFAX3", "CCITTFAX4", "LZW", "JPEG", "ADOBE_DEFLATE", "DEFLATE", "PACKBITS", "LZMA", "ZSTD"
)  # fmt: skip
JPEG = 7  # its number among the compressions
SAVE_AS = "save it as PNG, or as TIFF in RGB with LZW or without compression"
ASSOCIATED, UNASSOCIATED = 1, 2  # what ExtraSamples calls a channel of opacity
Array = NDArray[Any]


def decode_tiff(path: Path, handle: BinaryIO) -> Stored:
    """The first page of an open file. path: what sentences call it.

    Raises InputError for what colorgan does not read, and whatever tifffile raises on damaged files.
    """
    import tifffile

    with tifffile.TiffFile(handle, name=path.name) as file:
        page = file.pages.first
        _check(path, page, handle)
        notes = [f"{path.name} has several pages, and only the first is used."] if len(file.pages) > 1 else []
        profile, orientation = page.tags.valueof(ICC_PROFILE), page.tags.valueof(ORIENTATION, default=1)
        array = page.asarray()
        if page.axes.startswith("S"):
            array = np.moveaxis(array, 0, -1)
        if array.ndim not in (2, 3):
            raise InputError(f"{path} is not a flat picture: its axes are {page.axes}.")
        array = array[..., None] if array.ndim == 2 else array
        channels, profile = _channels(path, page, array, profile, notes)
    return stored(path, upright(channels, int(orientation)), profile, notes)


def _check(path: Path, page: Any, handle: BinaryIO) -> None:
    """Raises InputError for what is too large, cut short, or of a kind that is not read, before anything is unpacked."""
    check_size(path, page.imagewidth, page.imagelength)
    if page.is_tiled:
        check_size(path, page.tilewidth, page.tilelength)
    if page.imagedepth > 1 or page.tiledepth > 1:
        raise InputError(f"{path} is not a flat picture, but {page.imagedepth} layers of a volume.")
    if page.nbytes > MAX_BYTES:
        raise InputError(f"{path} would fill {page.nbytes:,} bytes, more than the {MAX_BYTES:,} that colorgan reads.")
    try:
        compression, kind = page.compression.name, page.photometric.name
    except AttributeError:  # a number that tifffile has no name for
        compression, kind = f"{page.compression}", f"{page.photometric}"
    if kind in ("CFA", "LINEAR_RAW") or 50706 in page.tags:  # DNGVersion
        raise InputError(f"{path} is a camera's raw picture, which colorgan does not read; develop it to TIFF or PNG.")
    if compression not in COMPRESSIONS:
        raise InputError(f"{path} is compressed in a way that colorgan does not read ({compression}); {SAVE_AS}.")
    if kind == "YCBCR" and (page.dtype != np.uint8 or (page.is_subsampled and page.compression != JPEG)):
        raise InputError(f"{path} has colours that colorgan does not read (subsampled or deep YCbCr); {SAVE_AS}.")
    if page.dtype is not None and page.dtype.kind not in "buf":
        raise InputError(f"{path} holds numbers of the kind {page.dtype}, which are not colours.")
    segments = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    size = handle.seek(0, io.SEEK_END)
    if any(offset + count > size for offset, count in segments):
        raise InputError(f"{path} is cut short: a part of the picture is missing.")
    if page.compression == JPEG:
        largest = page.tilewidth * page.tilelength if page.is_tiled else page.imagewidth * page.imagelength
        for offset, count in segments:
            handle.seek(offset)
            if _jpeg_pixels(handle.read(count)) > largest:
                raise InputError(f"{path} is damaged: a part of the picture is larger than the whole.")


def _jpeg_pixels(data: bytes) -> int:
    """Width times height of a JPEG stream; 0 where there is no header. Source: ITU-T T.81, B.2.2 (SOF)."""
    at = 2
    while data[at : at + 1] == b"\xff":
        marker, length = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker[:1] in SOF:
            return int.from_bytes(data[at + 5 : at + 7], "big") * int.from_bytes(data[at + 7 : at + 9], "big")
        at += 1 if marker == b"\xff" else 2 + length
    return 0


def _channels(
    path: Path, page: Any, array: Array, profile: bytes | None, notes: list[str]
) -> tuple[Array, bytes | None]:
    """(h, w, 1..4) grey or RGB, opacity last, of a page's (h, w, any) numbers, and the profile that they are in."""
    kind = getattr(page.photometric, "name", str(page.photometric))
    if kind in ("MINISBLACK", "MINISWHITE", "RGB"):
        numbers = _numbers(path, page, array, notes)
        return _with_opacity(page, numbers, 3 if kind == "RGB" else 1, inverted=kind == "MINISWHITE"), profile
    if kind == "PALETTE":
        table = np.asarray(page.colormap >> 8, np.uint8).T
        return np.concatenate([table[array[..., 0]], _opacity(page, array, 1)], axis=-1), profile
    if kind == "YCBCR":
        rgb = array[..., :3]
        return rgb if page.compression == JPEG else by_pillow(rgb, "YCbCr"), profile
    if kind == "SEPARATED" and array.shape[2] >= 4:
        return printed(path, to_8bit(_numbers(path, page, array[..., :4], notes)), "CMYK", profile, notes), None
    if kind in ("CIELAB", "ICCLAB") and array.shape[2] >= 3 and array.dtype.kind == "u" and page.compression != JPEG:
        lab = np.array(array[..., :3] >> 8 * (array.dtype.itemsize - 1), np.uint8)
        if kind == "CIELAB":
            lab[..., 1:] ^= 0x80  # there a* and b* have a sign, and nowhere else
        return printed(path, lab, "LAB", profile, notes), None
    raise InputError(f"{path} has colours that colorgan does not read ({kind}); {SAVE_AS}.")


def _numbers(path: Path, page: Any, array: Array, notes: list[str]) -> Array:
    """The same as uint8, uint16 or float32 in 0..1, with all that its bits can hold spread over all of that."""
    if array.dtype.kind == "f":
        array = array.astype(np.float32, copy=False)
        if not np.isfinite(array).all():
            raise InputError(f"{path} holds values that are not numbers (NaN or infinity).")
        if array.max(initial=0) > 1 or array.min(initial=0) < 0:
            notes.append(f"{path.name} holds values outside 0 to 1, which were clipped.")
            array = array.clip(0, 1)
        return array
    bits = 1 if array.dtype == np.bool_ else int(page.bitspersample)
    if bits > 16:
        return (array >> bits - 16).astype(np.uint16)
    if bits in (8, 16):
        return array
    kind, full = (np.uint8, 255) if bits < 8 else (np.uint16, 65535)
    table = (np.arange(2**bits) * full // (2**bits - 1)).astype(kind)
    return np.asarray(table[array.astype(np.intp) if bits == 1 else array])


def _with_opacity(page: Any, array: Array, count: int, inverted: bool) -> Array:
    """(h, w, any) as `count` colours and opacity where there is one, not multiplied in; other channels are dropped."""
    full = 1 if array.dtype.kind == "f" else np.iinfo(array.dtype).max
    opacity = _opacity(page, array, count)
    channels = np.concatenate([array[..., :count], opacity], axis=-1) if array.shape[2] > count else array
    if inverted:
        channels[..., :count] = full - channels[..., :count]
    if opacity.shape[2] and ASSOCIATED in _extra(page)[:1]:
        for rows in row_bands(*array.shape[:2]):
            colors, alpha = channels[rows, :, :count], channels[rows, :, count:]
            straight = np.divide(colors, alpha, where=alpha > 0, out=np.zeros(colors.shape, np.float64))
            channels[rows, :, :count] = (straight.clip(0, 1) * full).astype(array.dtype)
    return channels


def _opacity(page: Any, array: Array, count: int) -> Array:
    """(h, w, 1) behind `count` colours, (h, w, 0) where no channel is opacity."""
    extra = _extra(page)
    if not extra and count == 3 and array.shape[2] == 4:
        extra = [
            UNASSOCIATED
        ]  # OpenCV writes RGBA and does not say what the fourth channel is; all readers take it for opacity
    has = bool(extra) and extra[0] in (ASSOCIATED, UNASSOCIATED)
    return array[..., count : count + has]


def _extra(page: Any) -> list[int]:
    return [int(kind) for kind in page.extrasamples]
