"""Stretches of a sequence from key to key: each is followed by itself, since no trail goes through a key, and only where it has changed."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..errors import InputError
from ..files import sha256_of
from ..picture.flats import Flats
from ..picture.palettes import Palette
from ..picture.pixels import read_picture
from ..picture.region_map import holds_regions, read_region_map, write_region_map
from ..picture.regions import Regions
from ..progress import Advance
from .answers import answer_of, digest_of_answer, drawn_from, palette_of_keys
from .job import Job, Task
from .keys import key_of_map, key_of_picture, named_by
from .manifest import Record, kept_by
from .matching import Trail, follow
from .sketch import Sketch, sketch

DOUBT = 0.9  # chance below which it is said that a region was followed with doubt

FindRegions = Callable[[Mapping[str, Any]], Regions]


@dataclass(frozen=True)
class Stretch:
    """frames: in their order, from a key up to the next, whichever there are. wanted: those whose answer is asked for, by name; the
    key at the end belongs to the stretch after it."""

    frames: tuple[Task, ...]
    wanted: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.wanted[0] if len(self.wanted) == 1 else f"{self.wanted[0]} to {self.wanted[-1]}"

    def basis(self, job: Job, digest: Callable[[str], str | None]) -> str:
        """A hash of all that its answers depend on."""
        frames = []
        for task in self.frames:
            files = (task.key, *(task.inputs.get(name) for name in ("picture", "merge", "split")))
            frames.append([task.frame, *(None if path is None else digest(path) for path in files)])
        palette = job.values["palette"]
        content = None if palette is None else digest(palette) or palette
        told = [__version__, job.values["close_gaps"], content, frames]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def stretches_of(job: Job) -> list[Stretch]:
    """Those in which a frame of the job lies."""
    wanted = {task.frame for task in job.tasks}
    keys = [n for n, task in enumerate(job.chain) if task.key is not None]
    found = []
    for first, end in itertools.pairwise(sorted({0, *keys, len(job.chain)})):
        own = tuple(task.frame for task in job.chain[first:end] if task.frame in wanted)
        if own:
            found.append(Stretch(job.chain[first : end + 1], own))
    return found


def said(known: Record) -> Record:
    """What of a frame's answer decides how it is made."""
    return {name: known[name] for name in ("digest", "palette", "names")}


def map_of(job: Job, frame: str) -> Path:
    """Where a frame's regions are kept, with what keys say of them."""
    return kept_by(job.output, ".keys") / f"{frame}.png"


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


def key_at(path: Path, regions: Regions, palette: Palette | None) -> Flats:
    """The key in a file, a region map or a coloured picture, for the regions of its frame. Raises InputError for another size."""
    known = read_region_map(path) if holds_regions(path) else read_picture(path).array
    size = (known.regions.labels if isinstance(known, Flats) else known).shape
    height, width = regions.labels.shape
    if size[:2] != (height, width):
        raise InputError(
            f"The key {path.name} is {size[1]} x {size[0]}, and its frame {width} x {height}; they must be alike."
        )
    key = key_of_map(regions, known) if isinstance(known, Flats) else key_of_picture(regions, known)
    return key if palette is None else named_by(key, palette.colors, palette.names)


def _blank(regions: Regions) -> Flats:
    count = regions.count
    nothing = np.zeros(count, bool)
    return Flats(regions, np.zeros((count, 3), np.uint8), nothing, nothing, np.zeros(count, np.float32), ("",) * count)
