"""A step of a template as a task on a render farm, which reads its standard output: how far it is, how it stands, why it failed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

import click

from ..errors import ColorganError
from ..progress import heartbeat
from ..terminal import echo
from .chunk import part_of
from .job import Job
from .openjd_template import numbers_of
from .outcome import Outcome
from .progress_display import EVERY, Count
from .scheduler import Part, run

PARTS: dict[str, Part] = {"settle": "settle", "frames": "chunk", "finish": "all"}


def run_task(job: Job, step: str, frames: str | None, stop: threading.Event) -> tuple[Job, Outcome]:
    """The part of the job that it was, and how it went. frames: a range of Open Job Description, None for all. Raises as `run` does."""
    if frames is not None:
        job = part_of(job, numbers_of(frames))
    if step != "settle":  # which has forgotten what is to be made anew
        job = replace(job, force=False)
    with Onlooker() as watch:
        outcome = run(job, stop, watch, PARTS[step])
    if outcome.error is not None:
        raise outcome.error
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


class Onlooker:
    """Of such a task. The farm hears of every frame, and every ten seconds of how it stands."""

    def __init__(self) -> None:
        self.count = Count()
        self.heartbeat = heartbeat(EVERY, self._tell)

    def __enter__(self) -> Onlooker:
        self.heartbeat.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.heartbeat.__exit__(None, None, None)

    def _tell(self) -> None:
        click.echo(f"openjd_status: {self.count.sentence}")

    def stage(self, what: str) -> None:
        self.count.stage(what)

    def begin(self, total: int, what: str) -> None:
        self.count.begin(total, what)

    def done(self, frame: str) -> None:
        self.count.done(frame)
        self._counted()

    def failed(self, frame: str, sentence: str) -> None:
        self.count.failed(frame, sentence)
        self._counted()
        self.note(f"frame {frame}: {sentence}")

    def _counted(self) -> None:
        click.echo(f"openjd_progress: {100 * self.count.count / (self.count.total or 1):.1f}")
        self._tell()

    def note(self, sentence: str) -> None:
        echo(f"colorgan: {sentence}", err=True)
