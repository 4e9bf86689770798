"""`colorgan batch`."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .. import options
from ..engine.command import option
from ..errors import FramesFailed
from ..files import check_writable
from ..picture.pixels import check_suffix
from .job import OWN, build_job, parameters, read_job
from .outcome import Outcome, frames_named
from .runner import run

EXAMPLES = (
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --palette studio.gpl",
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --frames 1-100x2,150 --hints 'hints.####.png' --html report.html",
    "batch photos/ -o 'painted/*.jpg' --style waves.png",
    "batch JOB.toml --workers 2",
)
METAVARS = {
    "frames": "RANGES",
    "layers": "NAMES",
    "sheet": "PICTURE",
    "html": "FILE",
    "dtype": None,
    "workers": None,
    "cluster": "ADDRESS",
}


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Those of a job, then those of all operations, each once."""
    own = {parameter.name for parameter in OWN}
    for parameter in reversed(parameters().values()):
        if parameter.name == "input":
            continue
        needless = replace(parameter, required=False)  # a job file may have it
        metavar = METAVARS.get(parameter.name, "SEQUENCE") if parameter.name in own else None
        more = ("-o",) if parameter.name == "output" else ()
        if parameter.kind == "picture":
            needless = replace(needless, help=f"{parameter.help[:-1]}; or a sequence of them.")
        function = option(needless, *more, metavar=metavar)(function)
    return function


@click.command(epilog=options.examples(*EXAMPLES))
@click.argument("source", metavar="JOB.toml|IN", type=click.Path())
@_options
@click.pass_context
def batch(context: click.Context, /, source: str, **told: Any) -> None:
    """Colour the frames of a sequence, or stylize them; a second run makes only what is not right already.

    IN is a sequence (line.####.png, line.@@@@.png, line.%04d.png), a folder or one picture; JOB.toml says the same as the
    options do, by their names with _ for -, and `input`. With --style frames are stylized, else coloured.
    """
    given = {
        name: value for name, value in told.items() if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if Path(source).suffix.lower() == ".toml":
        here = {name: _from_here(name, value) for name, value in given.items()}
        job = build_job({**read_job(Path(source)), **here}, Path(source).parent)
    else:
        job = build_job({"input": source, **given})
    for place in filter(None, (job.sheet, job.html)):  # before the work, so that nobody waits for nothing
        place.parent.mkdir(parents=True, exist_ok=True)
        check_writable(place)
    if job.sheet is not None:
        check_suffix(job.sheet)
    stop = threading.Event()
    with _signals(stop), _Watch() as watch:
        outcome = run(job, stop, watch)
    if job.sheet is not None or job.html is not None:
        from .report import write_html, write_sheet

        if job.sheet is not None:
            write_sheet(job.sheet, outcome)
        if job.html is not None:
            write_html(job.html, job, outcome)
    _conclude(outcome)


def _from_here(name: str, value: Any) -> Any:
    """A path on the command line is relative to where the person is, and not to the job file."""
    kinds = {"picture", "file"}
    known = parameters()[name]
    if name == "style":
        return [str(Path(text).absolute()) for text in value]
    named = known.kind in kinds or name in ("output", "keys", "report") or (name == "palette" and Path(value).exists())
    if not named or (name == "weights" and not Path(value).exists()):
        return value
    return str(Path(value).absolute()) + ("/" if value.endswith("/") else "")


def _conclude(outcome: Outcome) -> None:
    """One line of how it went; raises FramesFailed, or Abort where it was stopped."""
    made, kept = outcome.of("made"), outcome.of("kept")
    failed = [state.task.frame for state in outcome.of("failed")]
    total = len(outcome.states)
    if outcome.stopped:
        click.echo("Stopped; the same command goes on where this one has stopped.", err=True)
        raise click.Abort
    click.echo(f"{total} frame{'s' * (total != 1)}: {len(made)} made, {len(kept)} right already, {len(failed)} failed.")
    if kept and made:
        click.echo(f"Made: {frames_named(f'{state.task.frame} ({state.reason})' for state in made)}.")
    unknown = outcome.finding("unmatched")
    if unknown:
        listed = frames_named(f"{frame} ({count})" for frame, count in unknown.items())
        click.echo(f"Regions not found in a key: {listed}.")
    if failed:
        raise FramesFailed(f"{len(failed)} of {total} frames failed: {frames_named(failed)}.")


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the job in order; a second Ctrl-C ends the program at once."""

    def heard(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Watch:
    """A bar on a terminal, which goes when all is done; a line for each frame that failed."""

    def __init__(self) -> None:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self.task = self.bar.add_task("frames", total=None)

    def __enter__(self) -> _Watch:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def begin(self, total: int, what: str) -> None:
        self.bar.update(self.task, total=total, completed=0, description=what)

    def done(self, frame: str) -> None:
        self.bar.advance(self.task)

    def failed(self, frame: str, sentence: str) -> None:
        self.bar.advance(self.task)
        self.note(f"frame {frame}: {sentence}")

    def note(self, sentence: str) -> None:
        self.bar.console.print(f"colorgan: {sentence}", markup=False)
