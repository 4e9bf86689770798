"""Chunks of a job, which separate processes render at the same time, each with a manifest of its own. The next run of the whole job
merges these manifests.

Chunks hold a shared lock on the job's manifest, so that they never run at the same time as the whole job.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace

from ..errors import UsageError
from .job import Job
from .manifest import Manifest, Record, sidecar_path
from .output_lock import output_lock

UNSETTLED = (
    "The settings that all frames share are not decided for this version of the job; "
    "run colorgan batch with --openjd-task settle first, with the same job."
)


def select_frames(job: Job, numbers: list[int]) -> Job:
    """The job with only the frames of these numbers, in the job's order. Raises UsageError for a number that it does not have."""
    wanted = set(numbers)
    unknown = sorted(wanted - {task.number for task in job.tasks if task.number is not None})
    if unknown:
        raise UsageError(f"The job has no frame {unknown[0]}.")
    return replace(job, tasks=tuple(task for task in job.tasks if task.number in wanted))


@contextlib.contextmanager
def chunk_manifest(job: Job) -> Iterator[Manifest]:
    """The manifest of a chunk, with the records of the job's manifest beside its own. Raises UsageError while a run of the whole job, or of
    the same chunk, is active."""
    path = sidecar_path(job.output, ".jsonl")
    with output_lock(path, shared=True):
        chunk_path = sidecar_path(job.output, ".chunks") / f"{_name(job)}.jsonl"
        with output_lock(chunk_path, job.output_names):
            manifest, whole = Manifest(chunk_path), Manifest(path, repair=False)
            with manifest.writing(job.output.folder, job.output_folders):
                manifest.records = {**whole.records, **manifest.records}
                manifest.palette, manifest.propagated = whole.palette, whole.propagated
                yield manifest


def merge_chunks(job: Job, manifest: Manifest) -> None:
    """Merges the newest record of each frame into the job's manifest, then removes the manifests of the chunks.

    A kill in between loses nothing: the next run repeats it.
    """
    folder = sidecar_path(job.output, ".chunks")
    chunks = [Manifest(path, repair=False) for path in folder.glob("*.jsonl")]
    for chunk in chunks:  # killed chunks may have left temporary files
        for token, folders in chunk.writers.items():
            manifest.add_writer(token, folders)
    records = [record for chunk in chunks for record in chunk.records.values()]
    if records:
        newest = {record["frame"]: record for record in sorted(records, key=_time)}
        old = manifest.records
        manifest.merge({name: record for name, record in newest.items() if _time(record) >= _time(old.get(name, {}))})
    shutil.rmtree(folder, ignore_errors=True)


def _time(record: Record) -> str:
    return str(record.get("time", ""))


def _name(job: Job) -> str:
    """A name that is the same for the same frames."""
    frames = [task.frame for task in job.tasks]
    return f"{frames[0][-40:]}-{frames[-1][-40:]}.{hashlib.sha256(chr(0).join(frames).encode()).hexdigest()[:8]}"
