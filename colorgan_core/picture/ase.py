"""Adobe Swatch Exchange (.ase): the swatches that Photoshop, Illustrator and InDesign hand to each other.

Adobe has not published the format; as those describe it who have taken it apart, all numbers big-endian:

    file    "ASEF", version (two of 16 bits), number of blocks (32 bits), blocks
    block   type (16 bits), length of what follows (32 bits), content
    colour  length of the name in UTF-16 units with the final zero (16 bits), name, model (4 letters), values
            (32-bit floats: RGB, CMYK and Gray in 0..1, LAB with L in 0..1 and a, b in -128..127), kind (16 bits)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from ..errors import InputError
from .swatches import Color, Swatch, at_most, from_cmyk, from_lab, from_rgb, read_file, tidy

COLOR = 0x0001  # groups have blocks of their own kind, which say nothing about colours


def read_ase(path: Path) -> list[Swatch]:
    """The colours of all groups, in the file's order. Raises InputError for a file that is damaged or another kind."""
    data = read_file(path)
    if data[:4] != b"ASEF":
        raise InputError(f"{path} is not an Adobe Swatch Exchange file: it does not begin with 'ASEF'.")
    try:
        return at_most(path, _swatches(Bytes(data[4:])))
    except ValueError as error:
        raise InputError(f"{path} is a damaged Adobe Swatch Exchange file ({error}).") from error


class Bytes:
    """Bytes that are taken from the front. Raises ValueError where fewer are left than are asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise ValueError("it ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def floats(self, count: int) -> tuple[float, ...]:
        return struct.unpack(f">{count}f", self.take(4 * count))


def _swatches(file: Bytes) -> Iterator[Swatch]:
    file.take(4)  # the version, of which there is only one
    for _ in range(file.number(4)):
        kind = file.number(2)
        block = Bytes(file.take(file.number(4)))
        if kind == COLOR:
            name = block.take(2 * block.number(2)).decode("utf-16-be", errors="replace")
            yield Swatch(_color(block), tidy(name))


def _color(block: Bytes) -> Color:
    model = block.take(4).decode("latin-1").strip().upper()
    if model == "RGB":
        red, green, blue = block.floats(3)
        return from_rgb(red, green, blue)
    if model == "CMYK":
        cyan, magenta, yellow, black = block.floats(4)
        return from_cmyk(cyan, magenta, yellow, black)
    if model == "LAB":
        lightness, a, b = block.floats(3)
        return from_lab(100 * lightness, a, b)
    if model == "GRAY":
        (gray,) = block.floats(1)
        return from_rgb(gray, gray, gray)
    raise ValueError("a colour is in a model that is none of RGB, CMYK, LAB and Gray")
