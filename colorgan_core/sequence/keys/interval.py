"""Intervals between key frames. No track passes through a key, so each interval is tracked by itself, and only after a change."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ... import __version__
from ..digest_cache import DigestCache
from ..frame import FrameTask
from ..job import Job
from ..manifest import Record, sidecar_path


@dataclass(frozen=True)
class KeyInterval:
    """tasks: in order, from one key to the next, both included where there are any. Those with a `propagated_map` are to be propagated;
    the key at the end belongs to the next interval. basis: a hash of everything that the propagated colours depend on."""

    tasks: tuple[FrameTask, ...]
    basis: str

    @property
    def frames(self) -> list[str]:
        """The names of the frames to be propagated."""
        return [task.frame for task in self.tasks if task.propagated_map is not None]

    @property
    def name(self) -> str:
        frames = self.frames
        return frames[0] if len(frames) == 1 else f"{frames[0]} to {frames[-1]}"

    def to_json(self) -> dict[str, Any]:
        """As a work item for a worker; work items are identified by "frame"."""
        return {"frame": self.name, "interval": [asdict(task) for task in self.tasks]}

    def is_current(self, records: Mapping[str, Record], digests: DigestCache) -> bool:
        """Whether every frame has a record that is up to date. Frames that could not be read have a record without a map."""
        pairs = [(task, records.get(task.frame, {})) for task in self.tasks if task.propagated_map is not None]
        return all(
            record.get("basis") == self.basis
            and ("map" not in record or digests.of(str(task.propagated_map)) == record["map"])
            for task, record in pairs
        )


def key_intervals(job: Job, digests: DigestCache) -> list[KeyInterval]:
    """The intervals that have a frame of the job in them."""
    wanted = {task.frame for task in job.tasks}
    keys = [n for n, task in enumerate(job.tracked_tasks) if task.key is not None]
    intervals = []
    for start, end in itertools.pairwise(sorted({0, *keys, len(job.tracked_tasks)})):
        tasks = [
            replace(task, propagated_map=str(propagated_map_path(job, task.frame))) if task.frame in wanted else task
            for task in job.tracked_tasks[start:end]
        ]
        if any(task.propagated_map for task in tasks):
            intervals.append((*tasks, *job.tracked_tasks[end : end + 1]))
    palette = job.values["palette"]
    shared = [__version__, job.values["close_gaps"], palette and (digests.of(palette) or palette)]
    return digests.map(lambda tasks: KeyInterval(tasks, _basis(shared, tasks, digests)), intervals)


def _basis(shared: list[Any], tasks: tuple[FrameTask, ...], digests: DigestCache) -> str:
    content = list(shared)
    for task in tasks:
        files = (task.key, *(task.inputs.get(name) for name in ("picture", "merge", "split")))
        content.append([task.frame, *(None if path is None else digests.of(path) for path in files)])
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def with_propagated_keys(job: Job, records: Mapping[str, Record], frames: Collection[str]) -> Job:
    """The job with the propagated colours of these frames in their tasks."""

    def updated(task: FrameTask) -> FrameTask:
        record = records.get(task.frame, {})
        if task.frame not in frames or "map" not in record:
            return task
        propagated = {name: record[name] for name in ("digest", "palette", "names")}
        return replace(task, propagated_map=str(propagated_map_path(job, task.frame)), propagated=propagated)

    return replace(job, tasks=tuple(map(updated, job.tasks)))


def propagated_map_path(job: Job, frame: str) -> Path:
    """The region map with a frame's propagated colours."""
    return sidecar_path(job.output, ".keys") / f"{frame}.png"
