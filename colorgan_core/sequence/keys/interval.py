"""Stretches of a sequence from key to key: each is followed by itself, since no trail goes through a key, and only where it has changed."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ... import __version__
from ..job import Job, Task
from ..manifest import Record, kept_by
from ..staleness import Digests


@dataclass(frozen=True)
class Stretch:
    """frames: in their order, from a key up to the next, whichever there are; those whose task has a map are to be answered, and a key
    at the end belongs to the next stretch. basis: a hash of all that the answers depend on."""

    frames: tuple[Task, ...]
    basis: str

    @property
    def wanted(self) -> list[str]:
        return [task.frame for task in self.frames if task.map is not None]

    @property
    def name(self) -> str:
        wanted = self.wanted
        return wanted[0] if len(wanted) == 1 else f"{wanted[0]} to {wanted[-1]}"

    def plain(self) -> dict[str, Any]:
        """Pieces of work, as frames are, are told apart by "frame"."""
        return {"frame": self.name, "stretch": [asdict(task) for task in self.frames]}

    def is_known(self, known: Mapping[str, Record], digests: Digests) -> bool:
        """Whether there is an answer to each of its frames that holds still. A frame that could not be read has none."""
        records = [(task, known.get(task.frame, {})) for task in self.frames if task.map is not None]
        return all(
            record.get("basis") == self.basis and ("map" not in record or digests.of(str(task.map)) == record["map"])
            for task, record in records
        )


def stretches_of(job: Job, digests: Digests) -> list[Stretch]:
    """Those in which a frame of the job lies."""
    wanted = {task.frame for task in job.tasks}
    keys = [n for n, task in enumerate(job.chain) if task.key is not None]
    found = []
    for first, end in itertools.pairwise(sorted({0, *keys, len(job.chain)})):
        own = [
            replace(task, map=str(map_of(job, task.frame))) if task.frame in wanted else task
            for task in job.chain[first:end]
        ]
        if any(task.map for task in own):
            found.append((*own, *job.chain[end : end + 1]))
    palette = job.values["palette"]
    shared = [__version__, job.values["close_gaps"], palette and (digests.of(palette) or palette)]
    return digests.map(lambda frames: Stretch(frames, _basis(shared, frames, digests)), found)


def _basis(shared: list[Any], frames: tuple[Task, ...], digests: Digests) -> str:
    told = list(shared)
    for task in frames:
        files = (task.key, *(task.inputs.get(name) for name in ("picture", "merge", "split")))
        told.append([task.frame, *(None if path is None else digests.of(path) for path in files)])
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def led(job: Job, known: Mapping[str, Record], frames: Collection[str]) -> Job:
    """The job with what keys say of these frames in their tasks."""

    def told(task: Task) -> Task:
        record = known.get(task.frame, {})
        if task.frame not in frames or "map" not in record:
            return task
        answer = {name: record[name] for name in ("digest", "palette", "names")}
        return replace(task, map=str(map_of(job, task.frame)), known=answer)

    return replace(job, tasks=tuple(map(told, job.tasks)))


def map_of(job: Job, frame: str) -> Path:
    """Where a frame's regions are kept, with what keys say of them."""
    return kept_by(job.output, ".keys") / f"{frame}.png"
