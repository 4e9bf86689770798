"""Runs one task of an Open Job Description template. The render farm reads progress, status and errors from standard output."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

import click

from ..errors import ColorganError
from ..progress import heartbeat
from ..terminal import echo
from .chunk import select_frames
from .job import Job
from .openjd_template import numbers_of
from .outcome import Outcome
from .progress_display import LINE_INTERVAL_S, ProgressCount
from .scheduler import JobPart, run

PARTS: dict[str, JobPart] = {"settle": "settle", "frames": "chunk", "finish": "all"}


def run_task(job: Job, step: str, frames: str | None, stop: threading.Event) -> tuple[Job, Outcome]:
    """The job that was run and its outcome. frames: an Open Job Description range, None for all. Raises like `run`."""
    if frames is not None:
        job = select_frames(job, numbers_of(frames))
    if step != "settle":  # which has already removed the records of the frames
        job = replace(job, force=False)
    with OpenJDProgress() as progress:
        outcome = run(job, stop, progress, PARTS[step])
    if outcome.error is not None:
        raise outcome.error
    if not stop.is_set():
        click.echo("openjd_progress: 100")
    return job, outcome


@contextlib.contextmanager
def reported_failure() -> Iterator[None]:
    """Reports a ColorganError to the farm and raises it again."""
    try:
        yield
    except ColorganError as error:
        click.echo(f"openjd_fail: {error}")
        raise


class OpenJDProgress:
    """Reports the progress after every frame, and the status every ten seconds."""

    def __init__(self) -> None:
        self.count = ProgressCount()
        self.heartbeat = heartbeat(LINE_INTERVAL_S, self._report_status)

    def __enter__(self) -> OpenJDProgress:
        self.heartbeat.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.heartbeat.__exit__(None, None, None)

    def _report_status(self) -> None:
        click.echo(f"openjd_status: {self.count.sentence}")

    def stage(self, what: str) -> None:
        self.count.stage(what)

    def begin(self, total: int, what: str) -> None:
        self.count.begin(total, what)

    def done(self, frame: str) -> None:
        self.count.done(frame)
        self._report_progress()

    def failed(self, frame: str, sentence: str) -> None:
        self.count.failed(frame, sentence)
        self._report_progress()
        self.note(f"frame {frame}: {sentence}")

    def _report_progress(self) -> None:
        click.echo(f"openjd_progress: {100 * self.count.count / (self.count.total or 1):.1f}")
        self._report_status()

    def note(self, sentence: str) -> None:
        echo(f"colorgan: {sentence}", err=True)
