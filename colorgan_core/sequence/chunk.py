"""A chunk of a job, made by a process of its own beside others; what it has done is in a manifest of its own, until a run of the whole
job takes that over.

Chunks share the lock of the job's manifest, so that they never meet a run that writes it or sweeps, and that run never meets them.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace

from ..errors import UsageError
from .job import Job
from .manifest import Manifest, Record, kept_by
from .output_lock import owned

UNSETTLED = (
    "The settings that all frames share are not decided for this version of the job; "
    "run colorgan batch with --openjd-task settle first, with the same job."
)


def part_of(job: Job, numbers: list[int]) -> Job:
    """The job's frames of these numbers alone, in the job's order. Raises UsageError for a number that it does not have."""
    wanted = set(numbers)
    strays = sorted(wanted - {task.number for task in job.tasks if task.number is not None})
    if strays:
        raise UsageError(f"The job has no frame {strays[0]}.")
    return replace(job, tasks=tuple(task for task in job.tasks if task.number in wanted))


@contextlib.contextmanager
def chunk(job: Job) -> Iterator[Manifest]:
    """The manifest of a chunk, which knows what the job's knows and more. Raises UsageError where a run of the whole job, or of the
    same chunk, is at work."""
    place = kept_by(job.output, ".jsonl")
    with owned(place, shared=True):
        own = kept_by(job.output, ".chunks") / f"{_name(job)}.jsonl"
        with owned(own, job.names):
            manifest, whole = Manifest(own), Manifest(place, mend=False)
            with manifest.writing(job.output.folder, job.folders):
                manifest.records = {**whole.records, **manifest.records}
                manifest.look, manifest.known = whole.look, whole.known
                yield manifest


def take_over(job: Job, manifest: Manifest) -> None:
    """What chunks have done goes into the job's manifest, the newest record of each frame, and their own manifests go.

    A kill in the midst of it loses nothing: the next run does it again.
    """
    folder = kept_by(job.output, ".chunks")
    chunks = [Manifest(path, mend=False) for path in folder.glob("*.jsonl")]
    for each in chunks:  # of those that were killed
        for token, folders in each.writers.items():
            manifest.add_writer(token, folders)
    found = [record for each in chunks for record in each.records.values()]
    if found:
        newest = {each["frame"]: each for each in sorted(found, key=_time)}
        known = manifest.records
        manifest.take_over({name: each for name, each in newest.items() if _time(each) >= _time(known.get(name, {}))})
    shutil.rmtree(folder, ignore_errors=True)


def _time(record: Record) -> str:
    return str(record.get("time", ""))


def _name(job: Job) -> str:
    """The same for the same frames."""
    frames = [task.frame for task in job.tasks]
    return f"{frames[0][-40:]}-{frames[-1][-40:]}.{hashlib.sha256(chr(0).join(frames).encode()).hexdigest()[:8]}"
