"""What keys say of a frame, in a form that its request takes, that is kept as a file, and that tells whether anything has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from ...picture.flats import Flats
from ...picture.regions import Regions
from .tracking import Trail


def answer_of(regions: Regions, trail: Trail, keys: Mapping[int, Flats]) -> Flats:
    """The frame's flats as far as the keys know them: `hinted` where a region was found, `sure` how likely that is right."""
    found = trail.key >= 0
    colors, painted = np.zeros((regions.count, 3), np.uint8), np.zeros(regions.count, bool)
    names = np.full(regions.count, "", object)
    for place in np.unique(trail.key[found]):
        mine, key = trail.key == place, keys[int(place)]
        region = trail.region[mine]
        colors[mine], painted[mine] = key.colors[region], key.painted[region]
        names[mine] = np.array(key.names, object)[region]
    return Flats(regions, colors, painted, found, trail.sure, tuple(names))


def drawn_from(trail: Trail) -> tuple[int, ...]:
    """The keys, by their place in the sequence, that any of a frame's regions has its colour from."""
    return tuple(int(place) for place in np.unique(trail.key[trail.key >= 0]))


def digest_of_answer(answer: Flats) -> str:
    """Changes when a region, its colour, paint or name does, and with nothing else: a frame with the same digest needs no second run."""
    told = hashlib.sha256(repr((answer.regions.labels.shape, answer.names)).encode())
    for array in (answer.regions.labels, answer.hinted, answer.colors, answer.painted):
        told.update(np.ascontiguousarray(array).tobytes())
    return told.hexdigest()


def palette_of_keys(keys: Iterable[Flats]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The colours (n, 3) that keys are painted in, each once, by the pixels they have, and their names: what regions that were not found
    may be coloured in."""
    pixels: dict[tuple[bytes, str], int] = {}
    for key in keys:
        for region in np.flatnonzero(key.painted):
            told = bytes(key.colors[region]), key.names[region]
            pixels[told] = pixels.get(told, 0) + int(key.regions.areas[region])
    names: dict[bytes, str] = {}
    for color, name in sorted(pixels, key=lambda told: -pixels[told]):
        names[color] = names.get(color) or name
    return np.array([list(color) for color in names], np.uint8).reshape(-1, 3), tuple(names.values())
