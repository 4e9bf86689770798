"""Propagates the colours of key frames to the frames between them, one interval between keys at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...files import sha256_of
from ...lineart.flats import Flats
from ...lineart.region_map import read_region_map, write_region_map
from ...lineart.regions import Regions
from ...picture.palettes import Palette
from ...progress import Advance
from ..manifest import Record
from .descriptor import FrameDescriptor, describe
from .key_frame import read_key
from .tracking import Track, track_regions

LOW_CONFIDENCE = 0.9  # probability below which the report lists a region as followed with low confidence

FindRegions = Callable[[Mapping[str, Any]], Regions]


def propagate_keys(
    tasks: Sequence[Mapping[str, Any]], palette: Palette | None, find_regions: FindRegions, advance: Advance
) -> dict[str, Record]:
    """Tracks the regions of an interval and writes the propagated colours of each frame whose task has a `propagated_map`.

    Returns a record for each of these frames. Frames that cannot be read are left out here, and fail when they are rendered. Only one
    frame's regions are in memory at a time; meanwhile they are stored in its map, without colours. Raises InputError for an unusable
    key.
    """
    keys: dict[int, Flats] = {}
    readable: list[Mapping[str, Any]] = []

    def descriptors() -> Iterator[FrameDescriptor]:
        for number, task in enumerate(tasks):
            advance(number / len(tasks))
            try:
                regions = find_regions(task)
            except InputError:
                if task["key"] is not None:
                    raise
                continue
            if task["key"] is not None:
                keys[len(readable)] = read_key(Path(task["key"]), regions, palette)
            if task["propagated_map"] is not None:
                Path(task["propagated_map"]).parent.mkdir(parents=True, exist_ok=True)
                write_region_map(task["propagated_map"], _without_colors(regions))
            readable.append(task)
            yield describe(regions)

    tracks = track_regions(descriptors(), keys)
    colors, names = palette_of_keys(keys.values())
    key_palette = {"palette": colors.tolist(), "names": list(names)}
    records = {}
    for task, track in zip(readable, tracks, strict=True):
        if task["propagated_map"] is not None:
            path = Path(task["propagated_map"])
            flats = propagated_flats(read_region_map(path).regions, track, keys)
            free_palette = {"palette": [], "names": []} if flats.hinted.all() else key_palette
            sources = [readable[index]["frame"] for index in source_keys(track)]
            records[task["frame"]] = {**_write(path, flats, track), "from": sources, **free_palette}
    return records


def propagated_flats(regions: Regions, track: Track, keys: Mapping[int, Flats]) -> Flats:
    """The frame's flats as far as keys determine them: `hinted` marks the regions that were found, `sure` has their confidence."""
    found = track.key >= 0
    colors, painted = np.zeros((regions.count, 3), np.uint8), np.zeros(regions.count, bool)
    names = np.full(regions.count, "", object)
    for index in np.unique(track.key[found]):
        from_key, key = track.key == index, keys[int(index)]
        region = track.region[from_key]
        colors[from_key], painted[from_key] = key.colors[region], key.painted[region]
        names[from_key] = np.array(key.names, object)[region]
    return Flats(regions, colors, painted, found, track.confidence, tuple(names))


def source_keys(track: Track) -> tuple[int, ...]:
    """The indexes of the keys from which any of the frame's regions has its colour."""
    return tuple(int(index) for index in np.unique(track.key[track.key >= 0]))


def digest_of_flats(flats: Flats) -> str:
    """Changes if and only if a region, its colour, paint or name does. A frame with the same digest is not rendered again."""
    digest = hashlib.sha256(repr((flats.regions.labels.shape, flats.names)).encode())
    for array in (flats.regions.labels, flats.hinted, flats.colors, flats.painted):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def palette_of_keys(keys: Iterable[Flats]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The distinct colours (n, 3) of the keys by decreasing area, and their names. Regions that were not found get one of these."""
    pixels: dict[tuple[bytes, str], int] = {}
    for key in keys:
        for region in np.flatnonzero(key.painted):
            swatch = bytes(key.colors[region]), key.names[region]
            pixels[swatch] = pixels.get(swatch, 0) + int(key.regions.areas[region])
    names: dict[bytes, str] = {}
    for color, name in sorted(pixels, key=lambda swatch: -pixels[swatch]):
        names[color] = names.get(color) or name
    return np.array([list(color) for color in names], np.uint8).reshape(-1, 3), tuple(names.values())


def _write(path: Path, flats: Flats, track: Track) -> Record:
    # The map leaves the confidence out, so that results do not depend on it.
    write_region_map(path, replace(flats, sure=np.ones(flats.regions.count, np.float32)))
    doubtful = flats.hinted & (track.confidence < LOW_CONFIDENCE)
    return {"map": sha256_of(path), "digest": digest_of_flats(flats), "doubtful": int(doubtful.sum())}


def _without_colors(regions: Regions) -> Flats:
    count = regions.count
    none = np.zeros(count, bool)
    return Flats(regions, np.zeros((count, 3), np.uint8), none, none, np.zeros(count, np.float32), ("",) * count)
