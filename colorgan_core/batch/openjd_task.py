"""A step of a template as a task on a render farm, which reads its standard output: how far it is, how it stands, why it failed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

import click

from ..errors import ColorganError
from ..terminal import echo
from .chunks import part_of
from .job import Job
from .openjd import numbers_of
from .outcome import Outcome
from .runner import Part, run

PARTS: dict[str, Part] = {"settle": "settle", "frames": "chunk", "finish": "all"}


def run_task(job: Job, step: str, frames: str | None, stop: threading.Event) -> tuple[Job, Outcome]:
    """The part of the job that it was, and how it went. frames: a range of Open Job Description, None for all. Raises as `run` does."""
    if frames is not None:
        job = part_of(job, numbers_of(frames))
    if step != "settle":  # which has forgotten what is to be made anew
        job = replace(job, force=False)
    outcome = run(job, stop, _Watch(), PARTS[step])
    if not stop.is_set():
        click.echo("openjd_progress: 100")
    return job, outcome


@contextlib.contextmanager
def failure_told() -> Iterator[None]:
    try:
        yield
    except ColorganError as error:
        click.echo(f"openjd_fail: {error}")
        raise


class _Watch:
    def __init__(self) -> None:
        self.total = self.count = 0
        self.what = ""

    def begin(self, total: int, what: str) -> None:
        self.total, self.count, self.what = total, 0, what

    def done(self, frame: str) -> None:
        self.count += 1
        click.echo(f"openjd_progress: {100 * self.count / self.total:.1f}")
        click.echo(f"openjd_status: {self.count} of {self.total} {self.what}.")

    def failed(self, frame: str, sentence: str) -> None:
        self.done(frame)
        self.note(f"frame {frame}: {sentence}")

    def note(self, sentence: str) -> None:
        echo(f"colorgan: {sentence}", err=True)
