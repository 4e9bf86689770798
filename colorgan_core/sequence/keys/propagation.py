"""What keys say of the frames of a stretch: the work of one process, in which the frames go by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from ...files import sha256_of
from ...picture.flats import Flats
from ...picture.palettes import Palette
from ...picture.region_map import read_region_map, write_region_map
from ...picture.regions import Regions
from ...progress import Advance
from ..manifest import Record
from .descriptor import Sketch, sketch
from .key_frame import key_at
from .propagated_flats import answer_of, digest_of_answer, drawn_from, palette_of_keys
from .tracking import Trail, follow

DOUBT = 0.9  # chance below which it is said that a region was followed with low confidence

FindRegions = Callable[[Mapping[str, Any]], Regions]


def known_in(
    stretch: Sequence[Mapping[str, Any]], palette: Palette | None, find: FindRegions, advance: Advance
) -> dict[str, Record]:
    """Follows the regions of a stretch, and writes what keys say of the frames whose task has a map; what a record of each says.

    stretch: tasks. find: the regions of a task. A frame that cannot be read is left out here, and fails when its turn comes. Raises
    InputError where a key cannot be used.
    """
    keys: dict[int, Flats] = {}
    tasks: list[Mapping[str, Any]] = []

    def sketched() -> Iterator[Sketch]:
        """Holds one frame's regions at a time; a map that says nothing yet keeps them."""
        for number, task in enumerate(stretch):
            advance(number / len(stretch))
            try:
                regions = find(task)
            except InputError:
                if task["key"] is not None:
                    raise
                continue
            if task["key"] is not None:
                keys[len(tasks)] = key_at(Path(task["key"]), regions, palette)
            if task["map"] is not None:
                Path(task["map"]).parent.mkdir(parents=True, exist_ok=True)
                write_region_map(task["map"], _blank(regions))
            tasks.append(task)
            yield sketch(regions)

    trails = follow(sketched(), keys)
    colors, names = palette_of_keys(keys.values())
    guesses = {"palette": colors.tolist(), "names": list(names)}
    records = {}
    for task, trail in zip(tasks, trails, strict=True):
        if task["map"] is not None:
            answer = answer_of(read_region_map(task["map"]).regions, trail, keys)
            free = {"palette": [], "names": []} if answer.hinted.all() else guesses
            led_by = [tasks[place]["frame"] for place in drawn_from(trail)]
            records[task["frame"]] = {**_written(Path(task["map"]), answer, trail), "from": led_by, **free}
    return records


def _written(path: Path, answer: Flats, trail: Trail) -> Record:
    # results must not depend on how sure a right answer was
    write_region_map(path, replace(answer, sure=np.ones(answer.regions.count, np.float32)))
    doubtful = answer.hinted & (trail.sure < DOUBT)
    return {"map": sha256_of(path), "digest": digest_of_answer(answer), "doubtful": int(doubtful.sum())}


def _blank(regions: Regions) -> Flats:
    count = regions.count
    nothing = np.zeros(count, bool)
    return Flats(regions, np.zeros((count, 3), np.uint8), nothing, nothing, np.zeros(count, np.float32), ("",) * count)
