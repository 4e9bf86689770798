"""One colour of a palette file, out of whatever colour model the file says it in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..errors import InputError
from ..files import open_regular
from .color import EPSILON, KAPPA, lab_to_srgb, to_uint8

MOST = 4096  # swatches of one palette
LARGEST = 2**22  # bytes; a palette file of MOST colours has a few hundred thousand
WHITE_D50 = (0.9642, 1.0, 0.8249)  # ICC.1:2022, 7.2.16: what XYZ in palette files is relative to

Color = tuple[int, int, int]
T = TypeVar("T")


@dataclass(frozen=True)
class Swatch:
    """color: sRGB, each 0..255. name: "" where it has none."""

    color: Color
    name: str = ""


def read_file(path: Path, largest: int = LARGEST) -> bytes:
    """All of a palette file. Raises InputError where it cannot be read or has more than `largest` bytes."""
    try:
        with open_regular(path) as handle:
            data = handle.read(largest + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if len(data) > largest:
        raise InputError(f"{path} is too large for a palette: it has more than {largest >> 20} MB.")
    return data


def at_most(whose: object, swatches: Iterable[T]) -> list[T]:
    """All of them. Raises InputError where they are more than MOST, before those beyond are made."""
    found = list(itertools.islice(swatches, MOST + 1))
    if len(found) > MOST:
        raise InputError(f"{whose} has more than the {MOST:,} colours that a palette may have.")
    return found


def tidy(name: str) -> str:
    """A name in one line, without the zeros that end or fill it in some files."""
    return " ".join(name.replace("\0", " ").split())


def from_rgb(red: float, green: float, blue: float) -> Color:
    """From 0..1; what is beyond is clipped. Raises ValueError for what is no number, as all of these do."""
    if not all(map(math.isfinite, (red, green, blue))):
        raise ValueError("a colour has parts that are not numbers")
    red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in (red, green, blue))
    return int(red), int(green), int(blue)


def from_cmyk(cyan: float, magenta: float, yellow: float, black: float) -> Color:
    """From 0..1 by the naive formula (1 - ink)(1 - black).

    Palette files seldom say for which press they are, and what the inks look like depends on that; so this is the
    colour that is meant, brighter than the printed one.
    """
    return from_rgb(*((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)))


def from_lab(lightness: float, a: float, b: float) -> Color:
    """From L* in 0..100 and a*, b* in about -128..127, relative to white, whichever that is."""
    if not all(map(math.isfinite, (lightness, a, b))):
        raise ValueError("a colour has parts that are not numbers")
    lab = np.array([min(max(lightness, 0.0), 100.0), *(min(max(part, -128.0), 127.0) for part in (a, b))])
    red, green, blue = to_uint8(lab_to_srgb(lab)).tolist()
    return red, green, blue


def from_xyz(x: float, y: float, z: float) -> Color:
    """From CIE XYZ with D50 white, y in 0..1. Source of the way by Lab: CIE 015:2018."""
    ratios = [part / white for part, white in zip((x, y, z), WHITE_D50, strict=True)]
    fx, fy, fz = (ratio ** (1 / 3) if ratio > EPSILON else (KAPPA * ratio + 16) / 116 for ratio in ratios)
    return from_lab(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
