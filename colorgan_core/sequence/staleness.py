"""Which frames of a job are out of date, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..files import sha256_of
from ..inference.request import split_style
from .digest_cache import DigestCache
from .frame import FrameTask
from .job import Job, relative
from .manifest import Record

LOCATIONS = (
    "weights",
    "device",
    "palette",
    "style",
)  # values that are left out, or replaced with the content of their files


def options_of(job: Job) -> Record:
    """Everything that decides how frames look, except their own files, the weights and the shared palette."""
    options = {name: value for name, value in job.values.items() if name not in LOCATIONS}
    if job.values.get("palette") is not None:
        options["palette"] = _content(job.values["palette"])
    if "style" in job.values:
        options["style"] = [[_content(path), weight] for path, weight in map(split_style, job.values["style"])]
    options |= {"operation": job.operation, "hinted": "hints" in job.sequences, "keyed": job.keys is not None}
    if job.operation == "colorize":
        options |= {
            "layers": list(job.outputs(job.tasks[0]).layers),
            "masks": job.masks,
            "report": bool(job.tasks[0].report),
        }
    return options


def _content(text: str) -> str:
    return sha256_of(text) if os.path.isfile(text) else text


def stale_reasons(job: Job, records: Mapping[str, Record], current: Record, digests: DigestCache) -> list[str]:
    """For each task why it is out of date, "" if it is not. current: the options, look and weights of this run."""
    return digests.map(lambda task: _reason(job, task, records.get(task.frame), current, digests), job.tasks)


def _reason(job: Job, task: FrameTask, record: Record | None, current: Record, digests: DigestCache) -> str:
    if record is None:
        return "new"
    if is_replaced(job, task, record, digests):
        return ""
    if "error" in record:
        return "failed before"
    for name, words in (
        ("weights", "weights changed"),
        ("options", "options changed"),
        ("look", "shared colours changed"),
    ):
        if record.get(name) != current[name]:
            return words
    inputs: Mapping[str, Any] = record.get("inputs", {})
    for name, path in task.inputs.items():
        if (None if path is None else digests.of(path)) != inputs.get(name):
            return f"{name} changed"
    if set(inputs) != set(task.inputs):
        return "inputs changed"
    if record.get("known") != task.propagated:
        return "keys changed"
    folder, written = job.output.folder, record.get("outputs", {})
    outputs = job.outputs(task)
    # The number of PNG layers depends on the drawing.
    required = [*outputs.extras, *([] if outputs.pngs else [outputs.output])]
    if any(relative(path, folder) not in written for path in required):
        return "outputs changed"
    if any(digests.of(folder / name) != digest for name, digest in written.items()):
        return "result missing or changed"
    return ""


def is_replaced(job: Job, task: FrameTask, record: Record | None, digests: DigestCache) -> bool:
    """Whether the frame's result has replaced the frame itself (`--overwrite`), so that it cannot be rendered again."""
    if task.staged is None or record is None:
        return False
    digest = record.get("outputs", {}).get(relative(task.output, job.output.folder))
    return digest is not None and digests.of(task.output) == digest
