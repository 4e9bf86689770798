"""Key frames: frames with given colours, from a region map or a coloured picture of the frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...lineart.flats import Flats
from ...lineart.region_map import holds_regions, read_region_map
from ...lineart.regions import Regions
from ...picture.palettes import Palette
from ...picture.pixels import alpha_of, read_picture, to_rgb8

PAPER = 250  # of 255; in an opaque picture, regions at its edge that are at least this white are paper
EDGE_PX = 1.0  # px around a line that its antialiasing may tint


def read_key(path: Path, regions: Regions, palette: Palette | None) -> Flats:
    """Reads a key, a region map or a coloured picture, for the regions of its frame. Raises InputError for a different size."""
    source = read_region_map(path) if holds_regions(path) else read_picture(path).array
    size = (source.regions.labels if isinstance(source, Flats) else source).shape
    height, width = regions.labels.shape
    if size[:2] != (height, width):
        raise InputError(
            f"The key {path.name} is {size[1]} x {size[0]}, and its frame {width} x {height}; they must have the same size."
        )
    key = key_from_region_map(regions, source) if isinstance(source, Flats) else key_from_picture(regions, source)
    return key if palette is None else with_palette_names(key, palette.colors, palette.names)


def key_from_picture(regions: Regions, picture: NDArray[np.uint8]) -> Flats:
    """The flats of a coloured frame (h, w, 3 or 4) with these regions. A region has the most common colour of its pixels off the lines.

    Mostly transparent regions are unpainted. In a fully opaque picture, so are white regions at the picture's edge.
    """
    rgb, opaque = to_rgb8(picture), alpha_of(picture) >= 0.5
    count = regions.count
    off_lines = regions.depth > np.minimum(EDGE_PX, 0.5 * regions.half_widths)[regions.labels]
    label = regions.labels[off_lines].astype(np.int64)
    code = rgb[off_lines].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    color = most_common(label << 24 | np.where(opaque[off_lines], code, 0xFFFFFF), 24, count)
    painted = 2 * np.bincount(label[opaque[off_lines]], minlength=count) >= np.bincount(label, minlength=count)
    colors = np.stack([color >> 16, color >> 8 & 255, color & 255], 1).astype(np.uint8)
    if opaque.all():
        at_edge = np.zeros(count, bool)
        for side in (regions.labels[0], regions.labels[-1], regions.labels[:, 0], regions.labels[:, -1]):
            at_edge[side] = True
        painted &= ~(at_edge & (colors.min(1) >= PAPER))
    return Flats(regions, colors, painted, np.ones(count, bool), np.ones(count, np.float32), ("",) * count)


def key_from_region_map(regions: Regions, source: Flats) -> Flats:
    """The flats of a region map of the same size, transferred to these regions by majority of pixels.

    The regions are the same unless the lines have been edited since the map was written.
    """
    pair = regions.labels.astype(np.int64).reshape(-1) << 32 | source.regions.labels.reshape(-1)
    origin = most_common(pair, 32, regions.count)
    return replace(
        source,
        regions=regions,
        colors=source.colors[origin],
        painted=source.painted[origin],
        hinted=np.ones(regions.count, bool),
        sure=np.ones(regions.count, np.float32),
        names=tuple(source.names[number] for number in origin),
        relief=None,
    )


def with_palette_names(key: Flats, colors: NDArray[np.uint8], names: tuple[str, ...]) -> Flats:
    """The key with a palette's names (a model sheet's swatches) for unnamed regions of the palette's colours."""
    name_of = {bytes(color): name for color, name in zip(colors, names, strict=True)}
    found = (name or name_of.get(bytes(color), "") for color, name in zip(key.colors, key.names, strict=True))
    return replace(key, names=tuple(found))


def most_common(pair: NDArray[np.int64], bits: int, count: int) -> NDArray[np.int64]:
    """(count,) for each label, the most common value paired with it; 0 for labels without a pair.

    pair: label << bits | value.
    """
    unique, pixels = np.unique(pair, return_counts=True)
    order = np.argsort(pixels, kind="stable")
    best = np.zeros(count, np.int64)
    best[unique[order] >> bits] = unique[order] & ((1 << bits) - 1)
    return best
