"""Which frames of a job are up to date, and why the others are not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from ..engine.request import split_style
from ..files import sha256_of
from .job import Job, Task, relative
from .manifest import Record

T = TypeVar("T")
R = TypeVar("R")
FILES = ("weights", "device", "palette", "style")  # of the operation's values, those that say where and not what


def options_of(job: Job) -> Record:
    """All that decides how frames look but their own files, the weights and the look; names of files give way to what is in them."""
    told = {name: value for name, value in job.values.items() if name not in FILES}
    if job.values.get("palette") is not None:
        told["palette"] = _content(job.values["palette"])
    if "style" in job.values:
        told["style"] = [[_content(path), weight] for path, weight in map(split_style, job.values["style"])]
    told |= {"operation": job.operation, "hinted": "hints" in job.sequences, "keyed": job.keys is not None}
    if job.operation == "colorize":
        told |= {
            "layers": list(job.outputs(job.tasks[0]).layers),
            "masks": job.masks,
            "report": bool(job.tasks[0].report),
        }
    return told


def _content(text: str) -> str:
    return sha256_of(text) if os.path.isfile(text) else text


def reasons(job: Job, records: Mapping[str, Record], wanted: Record, digests: Digests) -> list[str]:
    """For each task why it is to be made: "" where its record and its files are right. wanted: options, look and weights."""
    return digests.map(lambda task: _reason(job, task, records.get(task.frame), wanted, digests), job.tasks)


def _reason(job: Job, task: Task, record: Record | None, wanted: Record, digests: Digests) -> str:
    if record is None:
        return "new"
    if is_in_place(job, task, record, digests):
        return ""
    if "error" in record:
        return "failed before"
    for name, words in (
        ("weights", "weights changed"),
        ("options", "options changed"),
        ("look", "shared colours changed"),
    ):
        if record.get(name) != wanted[name]:
            return words
    known: Mapping[str, Any] = record.get("inputs", {})
    for name, path in task.inputs.items():
        if (None if path is None else digests.of(path)) != known.get(name):
            return f"{name} changed"
    if set(known) != set(task.inputs):
        return "inputs changed"
    if record.get("known") != task.known:
        return "keys changed"
    folder, outputs = job.output.folder, record.get("outputs", {})
    named = job.outputs(task)
    # how many layers there are, as a PNG each, depends on the drawing
    if any(relative(path, folder) not in outputs for path in [*named.extras, *([] if named.pngs else [named.output])]):
        return "outputs changed"
    if any(digests.of(folder / name) != digest for name, digest in outputs.items()):
        return "result missing or changed"
    return ""


def is_in_place(job: Job, task: Task, record: Record | None, digests: Digests) -> bool:
    """Whether a frame's result has taken its place, so that there is nothing left to make it of."""
    if task.staged is None or record is None:
        return False
    digest = record.get("outputs", {}).get(relative(task.output, job.output.folder))
    return digest is not None and digests.of(task.output) == digest


class Digests:
    """What files are hashed to before anything is made, each read once."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.known: dict[str, str | None] = {}

    def of(self, path: str | Path) -> str | None:
        """The SHA-256 of a file, None of one that cannot be read."""
        place = str(path)
        if place not in self.known:
            try:
                self.known[place] = sha256_of(place)
            except OSError:
                self.known[place] = None
        return self.known[place]

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """`work` of each, in threads: hashing lets go of Python's lock."""
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, items))
