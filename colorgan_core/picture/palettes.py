"""Palettes as a person has them: colours written down, a palette file of some program, or a picture to take them
from."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UsageError
from .ase import read_ase
from .kpl import read_kpl
from .pixels import alpha_of, read_picture, to_8bit
from .swatches import Color, Swatch, at_most, read_file, tidy

FROM_PICTURE = 8  # the model's palette has up to eight colours
SHOWN = 80  # letters of a person's own text in a sentence
LINES = 2**16  # of a palette in words, with comments and empty ones
HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True)
class Palette:
    """colors: (n, 3) uint8 sRGB, each once, 1 <= n <= 4096. names: one for each, "" where it has none."""

    colors: NDArray[np.uint8]
    names: tuple[str, ...]


def read_palette(text: str) -> Palette:
    """The colours in the order given, each once with the first name it has, from "#aabbcc,#ddeeff" or the path of a
    file: GIMP's .gpl, Adobe's .ase, Krita's .kpl, .hex or .txt with a colour a line, or a picture.

    Of a picture: its commonest colours (k-means in Lab), at most 8, without names. Raises UsageError for what is none
    of these, InputError for a file that cannot be read, is damaged, or holds no colour or too many.
    """
    text = text.strip()
    known = f"a palette file ({', '.join(READERS)}) or a picture"
    if not text:
        raise UsageError(f"The palette is empty; write colours as #aabbcc,#ddeeff or name {known}.")
    if text.startswith("#") or all(HEX.fullmatch(part) for part in _parts(text)):
        return _palette("The palette", at_most("The palette", (Swatch(_from_hex(part)) for part in _parts(text))))
    reader = READERS.get(Path(text).suffix.lower())
    if reader:
        return _palette(text, reader(Path(text)))
    if Path(text).suffix or os.path.exists(text):
        return _from_picture(text)
    wrong = [part for part in _parts(text) if not HEX.fullmatch(part)]
    if len(wrong) < len(_parts(text)):  # colours, and something else between them
        raise UsageError(f"{_short(wrong[0])} is not a colour; colours are written as #aabbcc or #abc.")
    raise UsageError(f"{_short(text)} is neither colours like #aabbcc,#ddeeff nor the name of {known}.")


def _palette(whose: str, swatches: list[Swatch]) -> Palette:
    if not swatches:
        raise InputError(f"{whose} is a palette without colours.")
    names: dict[Color, str] = {}
    for swatch in swatches:
        names[swatch.color] = names.get(swatch.color) or swatch.name
    return Palette(np.array(list(names), np.uint8), tuple(names.values()))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _parts(text: str) -> list[str]:
    return re.split(r"[\s,;]+", text.strip(" ,;"))


def _from_hex(part: str) -> Color:
    match = HEX.fullmatch(part)
    if match is None:
        raise UsageError(f"{_short(part) or 'An empty text'} is not a colour; colours are written as #aabbcc or #abc.")
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def _lines(path: Path) -> list[str]:
    lines = read_file(path).decode("utf-8-sig", errors="replace").splitlines()
    if len(lines) > LINES:
        raise InputError(f"{path} has more than the {LINES:,} lines that colorgan reads of a palette.")
    return lines


def _read_hex(path: Path) -> list[Swatch]:
    """A colour a line, perhaps with a name behind it; lines that begin with ; or // or # and no colour are comments."""
    return at_most(path, _hex_lines(path))


def _hex_lines(path: Path) -> Iterator[Swatch]:
    for number, line in enumerate(_lines(path), start=1):
        first, name = [*line.split(maxsplit=1), "", ""][:2]
        # Three digits count only when they are alone, since "#bad idea" is a comment.
        if HEX.fullmatch(first) and (len(first) >= 6 or not name):
            yield Swatch(_from_hex(first), tidy(name))
        elif first and not first.startswith((";", "//", "#")):
            raise InputError(f"{path} has no colour like #aabbcc in line {number}.")


def _read_gpl(path: Path) -> list[Swatch]:
    """Source: GIMP's palette format: a line "GIMP Palette", headers, comments with #, then "R G B name" lines."""
    return at_most(path, _gpl_lines(path))


def _gpl_lines(path: Path) -> Iterator[Swatch]:
    lines = _lines(path)
    if not lines or lines[0].strip() != "GIMP Palette":
        raise InputError(f"{path} is not a GIMP palette: its first line is not 'GIMP Palette'.")
    for number, line in enumerate(lines[1:], start=2):
        if re.match(r"\s*(#|$|[A-Za-z]+:)", line):
            continue
        match = re.match(r"\s*([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9]{1,3})(?:\s+(.*))?$", line)
        red, green, blue = (int(match[i]) for i in (1, 2, 3)) if match else (256, 256, 256)
        if match is None or max(red, green, blue) > 255:
            raise InputError(f"{path} has no colour with parts from 0 to 255 in line {number}.")
        name = tidy(match[4] or "")
        yield Swatch((red, green, blue), "" if name == "Untitled" else name)  # GIMP's word for no name


def _from_picture(path: str) -> Palette:
    from .kmeans import palette_of

    array = to_8bit(read_picture(path).array)
    weight = alpha_of(array)
    if not weight.any():
        raise InputError(f"{path} is transparent everywhere, so it has no colours to take.")
    colors, _areas = palette_of(array[..., :3], weight, FROM_PICTURE)
    return _palette(path, [Swatch((red, green, blue)) for red, green, blue in colors.tolist()])


READERS: dict[str, Callable[[Path], list[Swatch]]] = {
    ".gpl": _read_gpl,
    ".ase": read_ase,
    ".kpl": read_kpl,
    ".hex": _read_hex,
    ".txt": _read_hex,
}
