"""RGB or RGBA of 8 or 16 bits to the bytes of a PNG, with a colour profile and a resolution; and the chunks of a PNG.

OpenCV writes the pixels, since Pillow has no 16-bit RGBA; it writes no chunks beside them, so those are put in here.
Source: W3C, PNG (third edition), 5.3 (chunks), 11.3.2.3 (iCCP) and 11.3.4.3 (pHYs).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .layers import from_unit

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_END = 8 + 12 + 13  # signature and IHDR; the chunks put in have their place right behind it
PIECE = 2**20  # bytes of text that are unpacked at a time
LEVEL = 3  # of zlib: on flat colours a third of what OpenCV's default makes, for half a second in 4 megapixels
METRES_PER_INCH = 0.0254


def encode_png(pixels: NDArray[Any], profile: bytes | None = None, resolution: float | None = None) -> bytes:
    """A PNG file of H x W x 3 or 4: uint8 in 8 bits, uint16 in 16, and float32 in 0..1 in 16 too, rounded to nearest.

    `profile`: an ICC profile; `resolution`: pixels an inch. Raises OverflowError where the picture is more than the
    encoder takes. The same input gives the same bytes.
    """
    import cv2

    if pixels.dtype == np.float32:
        pixels = from_unit(pixels, np.dtype(np.uint16))
    try:
        code = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
        turned = cv2.cvtColor(np.ascontiguousarray(pixels), code)
        done, encoded = cv2.imencode(".png", turned, [cv2.IMWRITE_PNG_COMPRESSION, LEVEL])
    except cv2.error as error:
        raise OverflowError(str(error)) from error
    if not done:
        raise OverflowError("the PNG encoder gave up")
    whole = encoded.tobytes()
    chunks = b""
    if profile is not None:
        chunks += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile))
    if resolution is not None:
        per_metre = round(resolution / METRES_PER_INCH)
        chunks += _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    return whole[:HEADER_END] + chunks + whole[HEADER_END:]


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk of an open PNG file, up to the last one that is whole.

    While a chunk is the iterator's latest, the file stands where the chunk's data begin. Raises ValueError for another kind of file.
    """
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise ValueError("it is not a PNG file")
    at, size = len(SIGNATURE), file.seek(0, io.SEEK_END)
    while at + 12 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if at + 12 + length > size:
            return
        yield kind, length
        at += 12 + length


def texts(file: BinaryIO) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Keyword and words of each text chunk of an open PNG file; the words piece by piece, as they are unpacked.

    Raises ValueError for another kind of file; unpacking raises zlib.error.
    """
    for kind, length in chunks(file):
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            keyword, _, words = file.read(length).partition(b"\0")
            packed = kind == b"zTXt" or (kind == b"iTXt" and words[:1] == b"\1")
            if kind == b"iTXt":  # two bytes, then a language and a translation of the keyword
                words = words[2:].split(b"\0", 2)[-1]
            elif packed:
                words = words[1:]  # the way of packing, of which there is one
            yield keyword.decode("latin-1"), _unpacked(words) if packed else iter([words])


def _unpacked(packed: bytes) -> Iterator[bytes]:
    decoder = zlib.decompressobj()
    while packed and not decoder.eof:
        yield decoder.decompress(packed, PIECE)
        packed = decoder.unconsumed_tail


def without_extras(data: bytes) -> bytes:
    """A PNG file of the same pixels without words, profiles, times and all that decoders would have to unpack or complain about."""
    file, parts = io.BytesIO(data), [SIGNATURE]
    for kind, length in chunks(file):
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            at = file.tell()
            parts.append(data[at - 8 : at + length + 4])
    return b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
