"""Runs a job: decides which frames to render, distributes them to a pool of workers, and writes the manifest."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from ..errors import ColorganError, DiskFull, FramesFailed, UsageError
from ..files import sha256_of
from ..inference.request import split_style
from .chunk import UNSETTLED, chunk_manifest, merge_chunks
from .digest_cache import DigestCache
from .file_pattern import FilePattern
from .in_place import remove_staged, replaced_record
from .job import Job, relative
from .keys.interval import key_intervals, with_propagated_keys
from .manifest import Manifest, Record, sidecar_path
from .outcome import FrameState, Outcome, ProgressListener, frames_named
from .output_lock import output_lock
from .ray_backend import RayBackend
from .staleness import is_replaced, options_of, stale_reasons
from .worker_backend import Backend, LocalBackend, cores
from .worker_pool import Task, TaskCallbacks, WorkerPool

JobPart = Literal["all", "settle", "chunk"]


def run(job: Job, stop: threading.Event, listener: ProgressListener, part: JobPart = "all") -> Outcome:
    """Renders all frames that are out of date. After `stop` is set, the frames that are being written are finished; the next run continues.

    part: "settle" renders no frame, but chooses the shared palette and propagates keys; "chunk" renders frames at the same time as other
    processes, after "settle".

    The outcome has the frames that are done even if the disk is full (DiskFull) or no worker can start (WeightsError, UsageError).
    Raises UsageError if another job is writing the same files, OutputError if nothing can be written.
    """
    with chunk_manifest(job) if part == "chunk" else _job_manifest(job) as manifest:
        if part == "settle" and job.force:
            manifest.forget(task.frame for task in job.tasks)
        scheduler = Scheduler(job, manifest, stop, listener, part)
        try:
            return scheduler.run()
        except DiskFull as error:
            advice = "The same command continues from here, once there is room."
            return replace(scheduler.outcome(), error=DiskFull(f"{error} {advice}"))
        except ColorganError as error:
            return replace(scheduler.outcome(), error=error)
        finally:
            scheduler.pool.close()


@contextlib.contextmanager
def _job_manifest(job: Job) -> Iterator[Manifest]:
    path = sidecar_path(job.output, ".jsonl")
    with output_lock(path, job.output_names):
        manifest = Manifest(path)
        merge_chunks(job, manifest)
        with manifest.writing(job.output.folder, job.output_folders):
            yield manifest


class Scheduler:
    """One run of a job. stale_reasons: by frame, once they are known; "" for frames that are up to date."""

    def __init__(
        self, job: Job, manifest: Manifest, stop: threading.Event, listener: ProgressListener, part: JobPart
    ) -> None:
        self.job, self.manifest, self.stop, self.listener, self.part = job, manifest, stop, listener, part
        self.attempted: set[str] = set()
        self.digests = DigestCache(cores())
        backend: Backend = LocalBackend() if job.cluster is None else RayBackend(job.cluster)
        size = min(job.workers or backend.default_workers, backend.capacity)
        if job.workers and job.workers > size:
            listener.note(
                f"There are {backend.capacity} {backend.unit}, so {size} processes are used instead of {job.workers}."
            )
        self.pool = WorkerPool(backend, size, worker_config(job, manifest), stop, listener.note)
        self.options = json.loads(json.dumps(options_of(job)))
        self.palette: Record | None = None
        self.staged = {task.frame: task for task in job.tasks if task.staged}
        self.stale_reasons: dict[str, str] = {}

    def run(self) -> Outcome:
        self._recover_replaced()
        records = {} if self.job.force else dict(self.manifest.records)
        new_frames = 1 if self.part == "settle" else sum(task.frame not in records for task in self.job.tasks)
        for _ in range(max(1, min(self.pool.size, new_frames))):
            self.pool.start_worker()
        if not self.pool.wait_until_ready():
            return self.outcome()
        if self.job.operation == "colorize":
            self._choose_palette()
        if self.job.keys is not None and not self.stop.is_set():
            self._propagate_keys(self.job.keys)
        if self.stop.is_set():
            return self.outcome()
        if self.part == "settle":
            if self.palette is None and self.job.operation == "colorize":
                raise FramesFailed("No frame of the job can be read, so the shared colours cannot be chosen.")
            return self.outcome()
        self._render_frames(records)
        self.pool.finish()
        return self.outcome()

    def outcome(self) -> Outcome:
        """The outcome so far."""
        states = (
            FrameState(
                task,
                self.stale_reasons.get(task.frame, "stopped"),
                task.frame in self.attempted,
                self.manifest.records.get(task.frame),
                None if task.propagated is None else self.manifest.propagated[task.frame],
            )
            for task in self.job.tasks
        )
        return Outcome(tuple(states))

    def _recover_replaced(self) -> None:
        """Adds frames to the manifest that were replaced with their results just before a kill."""
        for frame, task in self.staged.items():
            record = replaced_record(task)
            if record is not None:
                self.manifest.add({"frame": frame, **self._with_relative_outputs(record)})
                remove_staged(task)

    def _choose_palette(self) -> None:
        """Takes the palette from the manifest if it was chosen for the same options; otherwise from the first frame that can be read."""
        basis = {
            "options": self.options,
            "weights": self.pool.environment["weights"],
            "reference": self._reference_digest(),
        }
        self.listener.stage("choosing colours for all frames")
        stored = self.manifest.palette
        if stored is not None and stored["basis"] == basis and not self.job.force:
            self.palette = stored["look"]
        elif self.part == "chunk":
            raise UsageError(UNSETTLED)
        else:
            for task in self.job.tasks:
                if is_replaced(self.job, task, self.manifest.records.get(task.frame), self.digests):
                    continue  # it is no longer a drawing
                self.palette = self.pool.choose_palette(asdict(task))
                if self.palette is not None:
                    for sentence in self.palette.get("notes", ()):
                        self.listener.note(sentence)
                    self.manifest.add_palette({"basis": basis, "look": self.palette})
                    break
        self.pool.set_palette(self.palette)

    def _reference_digest(self) -> str | None:
        files = self.job.sequences.get("reference")
        return sha256_of(files.path) if files is not None and files.is_single else None

    def _propagate_keys(self, keys: FilePattern) -> None:
        """Propagates keys within the intervals that have changed, and puts the propagated colours into the tasks."""
        used = {task.key for task in self.job.tracked_tasks}
        unused = [path.name for path in keys.existing if str(path) not in used]
        if unused:
            self.listener.note(f"{frames_named(unused)}: there is no frame for this key, so it is not used.")
        self.listener.stage("looking for frames whose keys have changed")
        intervals = key_intervals(self.job, self.digests)
        records = self.manifest.propagated
        stale = {each.name: each for each in intervals if self.job.force or not each.is_current(records, self.digests)}
        if stale and self.part == "chunk":
            raise UsageError(UNSETTLED)

        def done(name: str, interval_records: Record, _: object) -> None:
            for frame in stale[name].frames:
                self.manifest.add_propagated(frame, {"basis": stale[name].basis, **interval_records.get(frame, {})})
            self.listener.done(name)

        def failed(name: str, task: Task, sentence: str, _: float | None) -> None:
            sentence = with_file_names(sentence, task["interval"])
            for frame in stale[name].frames:
                self._add_record(frame, {"error": sentence})
            self.listener.failed(name, sentence)

        self.listener.begin(len(stale), "keys")
        self.pool.process([each.to_json() for each in stale.values()], TaskCallbacks(done, failed))
        frames = {frame for each in intervals for frame in each.frames} - self.attempted
        self.job = with_propagated_keys(self.job, records, frames)

    def _render_frames(self, records: dict[str, Record]) -> None:
        self.listener.stage("comparing files with those of the last run")
        current = {"options": self.options, "look": self.palette, "weights": self.pool.environment["weights"]}
        reasons = stale_reasons(self.job, records, current, self.digests)
        self.stale_reasons = dict(zip((task.frame for task in self.job.tasks), reasons, strict=True))
        self._note_differences(records)
        tasks = [
            asdict(task)
            for task in self.job.tasks
            if self.stale_reasons[task.frame] and task.frame not in self.attempted
        ]
        self.listener.begin(len(tasks), "frames")
        self.pool.process(tasks, TaskCallbacks(self._frame_done, self._frame_failed, self._recover))

    def _note_differences(self, records: dict[str, Record]) -> None:
        """Notes if frames that are up to date were rendered differently, so that the last bit of a pixel may differ."""
        up_to_date = [frame for frame, reason in self.stale_reasons.items() if not reason]
        other_options = [
            frame
            for frame in up_to_date
            if frame in self.staged and records[frame].get("options") not in (None, self.options)
        ]
        if other_options:
            self.listener.note(
                f"{frames_named(other_options)}: these frames were already replaced by results with other options; "
                "they stay as they are."
            )
        old_records = [records[frame] for frame in up_to_date if frame not in self.staged]
        if not old_records or len(old_records) == len(self.stale_reasons):
            return
        for name, words in (
            ("processor", "on another processor"),
            ("dtype", "in another dtype"),
            ("version", "by another version"),
        ):
            current = self.pool.environment[name]
            others = sorted({str(record.get(name)) for record in old_records} - {current})
            if others:
                self.listener.note(
                    f"Frames that are up to date were rendered {words} ({', '.join(others)}, now {current}): flat colours are the "
                    "same, shade may differ by one unit; --force renders all of them again."
                )

    def _frame_done(self, frame: str, record: Record, environment: dict[str, str]) -> None:
        self._add_record(frame, {**self._with_relative_outputs(record), **environment})
        if frame in self.staged:
            remove_staged(self.staged[frame])
        self.listener.done(frame)

    def _frame_failed(self, frame: str, task: Task, sentence: str, seconds: float | None) -> None:
        sentence = with_file_names(sentence, [task])
        self._add_record(frame, {"error": sentence, "seconds": seconds})
        self.listener.failed(frame, sentence)

    def _recover(self, frame: str) -> Record | None:
        return replaced_record(self.staged[frame]) if frame in self.staged else None

    def _with_relative_outputs(self, record: Record) -> Record:
        outputs = {relative(path, self.job.output.folder): digest for path, digest in record["outputs"].items()}
        return {**record, "outputs": outputs}

    def _add_record(self, frame: str, record: Record) -> None:
        self.attempted.add(frame)
        run_details = {
            "options": self.options,
            "look": self.palette,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        self.manifest.add({"frame": frame, **self.pool.environment, **record, **run_details})


def worker_config(job: Job, manifest: Manifest) -> dict[str, Any]:
    outputs = job.outputs(job.tasks[0])
    shared = [str(files.path) for name, files in job.sequences.items() if files.is_single and name != "regions"]
    shared += [split_style(text)[0] for text in job.values.get("style", ())]
    return {
        "operation": job.operation, "values": job.values, "has_hints": "hints" in job.sequences,
        "has_keys": job.keys is not None, "layers": outputs.layers, "masks": job.masks, "dtype": job.dtype,
        "shared_files": shared, "folder": str(manifest.path.parent), "token": manifest.token,
    }  # fmt: skip


def with_file_names(sentence: str, tasks: Iterable[Task]) -> str:
    """Replaces the paths of the tasks with file names."""
    for task in tasks:
        others = (task[name] for name in ("output", "report", "thumbnail", "key", "propagated_map"))
        for path in filter(None, (*task["inputs"].values(), *others)):
            sentence = sentence.replace(path, Path(path).name)
    return sentence
