"""Key frames: frames whose colours are known, from a region map, or from a coloured picture of the frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...picture.flats import Flats
from ...picture.palettes import Palette
from ...picture.pixels import alpha_of, read_picture, to_rgb8
from ...picture.region_map import holds_regions, read_region_map
from ...picture.regions import Regions

PAPER = 250  # of 255: so white is paper where it meets the edge of a picture without transparency
CLEAR = 1.0  # px from a line, where its soft edge has ended


def key_at(path: Path, regions: Regions, palette: Palette | None) -> Flats:
    """The key in a file, a region map or a coloured picture, for the regions of its frame. Raises InputError for another size."""
    known = read_region_map(path) if holds_regions(path) else read_picture(path).array
    size = (known.regions.labels if isinstance(known, Flats) else known).shape
    height, width = regions.labels.shape
    if size[:2] != (height, width):
        raise InputError(
            f"The key {path.name} is {size[1]} x {size[0]}, and its frame {width} x {height}; they must have the same size."
        )
    key = key_of_map(regions, known) if isinstance(known, Flats) else key_of_picture(regions, known)
    return key if palette is None else named_by(key, palette.colors, palette.names)


def key_of_picture(regions: Regions, picture: NDArray[np.uint8]) -> Flats:
    """The flats of a coloured frame (h, w, 3 or 4) with these regions: each has the commonest colour of its pixels off the lines.

    What is mostly transparent is bare, and, in a picture that is opaque everywhere, what is white and meets the picture's edge.
    """
    rgb, opaque = to_rgb8(picture), alpha_of(picture) >= 0.5
    count = regions.count
    off = regions.depth > np.minimum(CLEAR, 0.5 * regions.half_widths)[regions.labels]
    label = regions.labels[off].astype(np.int64)
    code = rgb[off].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    color = commonest(label << 24 | np.where(opaque[off], code, 0xFFFFFF), 24, count)
    painted = 2 * np.bincount(label[opaque[off]], minlength=count) >= np.bincount(label, minlength=count)
    colors = np.stack([color >> 16, color >> 8 & 255, color & 255], 1).astype(np.uint8)
    if opaque.all():
        edge = np.zeros(count, bool)
        for side in (regions.labels[0], regions.labels[-1], regions.labels[:, 0], regions.labels[:, -1]):
            edge[side] = True
        painted &= ~(edge & (colors.min(1) >= PAPER))
    return Flats(regions, colors, painted, np.ones(count, bool), np.ones(count, np.float32), ("",) * count)


def key_of_map(regions: Regions, known: Flats) -> Flats:
    """The flats of a region map of the same size, for these regions: each has what most of its pixels have there.

    Region maps of the same lines have the same regions; after a correction of the lines some are others.
    """
    pair = regions.labels.astype(np.int64).reshape(-1) << 32 | known.regions.labels.reshape(-1)
    old = commonest(pair, 32, regions.count)
    return replace(
        known,
        regions=regions,
        colors=known.colors[old],
        painted=known.painted[old],
        hinted=np.ones(regions.count, bool),
        sure=np.ones(regions.count, np.float32),
        names=tuple(known.names[number] for number in old),
        relief=None,
    )


def named_by(key: Flats, colors: NDArray[np.uint8], names: tuple[str, ...]) -> Flats:
    """The key with a palette's names (a model sheet's swatches) on the regions of its colours that have none of their own."""
    known = {bytes(color): name for color, name in zip(colors, names, strict=True)}
    found = (own or known.get(bytes(color), "") for color, own in zip(key.colors, key.names, strict=True))
    return replace(key, names=tuple(found))


def commonest(pair: NDArray[np.int64], bits: int, count: int) -> NDArray[np.int64]:
    """(count,) the commonest lower `bits` of the pairs with each number above them; 0 where there is no pair."""
    found, pixels = np.unique(pair, return_counts=True)
    order = np.argsort(pixels, kind="stable")
    best = np.zeros(count, np.int64)
    best[found[order] >> bits] = found[order] & ((1 << bits) - 1)
    return best
