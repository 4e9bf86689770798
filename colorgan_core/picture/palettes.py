"""Palettes as a person has them: colours written down, a GIMP palette file, or a picture to take them from."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UsageError
from .pixels import alpha_of, read_picture, to_8bit

FROM_PICTURE = 8  # the model's palette has up to eight colours
HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def read_palette(text: str) -> NDArray[np.uint8]:
    """(n, 3) sRGB colours, each once, in the order given, from "#aabbcc,#ddeeff", the path of a .gpl file or of a
    picture.

    Of a picture: its commonest colours (k-means in Lab), at most 8. Raises UsageError for what is none of these,
    InputError for a file that cannot be read or holds no colour.
    """
    text = text.strip()
    if not text:
        raise UsageError("The palette is empty; write colours as #aabbcc,#ddeeff or name a .gpl file or a picture.")
    if text.startswith("#") or all(HEX.fullmatch(part) for part in _parts(text)):
        return _unique(np.array([_from_hex(part) for part in _parts(text)], np.uint8))
    if text.lower().endswith(".gpl"):
        return _from_gpl(Path(text))
    if Path(text).suffix or Path(text).exists():
        return _from_picture(text)
    raise UsageError(f"{text} is neither colours like #aabbcc,#ddeeff nor the name of a .gpl file or a picture.")


def _parts(text: str) -> list[str]:
    return re.split(r"[\s,;]+", text.strip(" ,;"))


def _from_hex(part: str) -> list[int]:
    match = HEX.fullmatch(part)
    if match is None:
        raise UsageError(f"{part or 'An empty text'} is not a colour; colours are written as #aabbcc or #abc.")
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    return list(bytes.fromhex(digits))


def _from_gpl(path: Path) -> NDArray[np.uint8]:
    """Source: GIMP's palette format: a line "GIMP Palette", headers, comments with #, then "R G B name" lines."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if not lines or lines[0].lstrip("\ufeff").strip() != "GIMP Palette":
        raise InputError(f"{path} is not a GIMP palette: its first line is not 'GIMP Palette'.")
    colors = []
    for number, line in enumerate(lines[1:], start=2):
        if re.match(r"\s*(#|$|[A-Za-z]+:)", line):
            continue
        match = re.match(r"\s*(\d+)\s+(\d+)\s+(\d+)(\s|$)", line)
        color = [int(match[i]) for i in (1, 2, 3)] if match else [256]
        if max(color) > 255:
            raise InputError(f"{path} has no colour with parts from 0 to 255 in line {number}.")
        colors.append(color)
    if not colors:
        raise InputError(f"{path} is a palette without colours.")
    return _unique(np.array(colors, np.uint8))


def _from_picture(path: str) -> NDArray[np.uint8]:
    from .kmeans import palette_of

    array = to_8bit(read_picture(path).array)
    weight = alpha_of(array)
    if not weight.any():
        raise InputError(f"{path} is transparent everywhere, so it has no colours to take.")
    colors, _areas = palette_of(array[..., :3], weight, FROM_PICTURE)
    return _unique(colors)


def _unique(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each colour once, in order of first appearance."""
    _, first = np.unique(colors, axis=0, return_index=True)
    return colors[np.sort(first)]
