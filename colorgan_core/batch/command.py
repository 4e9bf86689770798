"""`colorgan batch`."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .. import options
from ..engine.command import option
from ..errors import FramesFailed, UsageError
from ..files import check_writable
from ..picture.pixels import check_suffix
from .job import OWN, Job, build_job, parameters, read_job
from .openjd import STEPS, write_template
from .openjd_task import failure_told, run_task
from .outcome import Outcome, frames_named
from .runner import run

EXAMPLES = (
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --palette studio.gpl",
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --frames 1-100x2,150 --hints 'hints.####.png' --html report.html",
    "batch photos/ -o 'painted/*.jpg' --style waves.png",
    "batch JOB.toml --workers 2",
    "batch JOB.toml --openjd cut012.yaml",
)
STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
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
@click.option("--openjd", type=options.path(), help="Make no frame; write a template of Open Job Description, by which render "
              "farms make them: .json or .yaml.")  # fmt: skip
@click.option(
    "--openjd-task", type=click.Choice(STEPS), help="Be one task of such a template, on a machine of the farm."
)
@click.option(
    "--openjd-frames", metavar="RANGES", help="Which of the job's frames that task is for, as in 1-100,150 or 1-99:2."
)
@click.pass_context
def batch(
    context: click.Context, /, source: str, openjd: Path | None, openjd_task: str | None, openjd_frames: str | None,
    **told: Any,
) -> None:  # fmt: skip
    """Colour the frames of a sequence, or stylize them; a second run makes only what is not right already.

    IN is a sequence (line.####.png, line.@@@@.png, line.%04d.png), a folder or one picture; JOB.toml says the same as the
    options do, by their names with _ for -, and `input`. With --style frames are stylized, else coloured.
    """
    given = {
        name: value for name, value in told.items() if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    file = Path(source) if _is_job(source) else None
    if openjd is not None and openjd_task is not None:
        raise UsageError("--openjd writes a template and --openjd-task is called by one; give one of them.")
    if openjd_frames is not None and openjd_task is None:
        raise UsageError("--openjd-frames is for --openjd-task; without it, give --frames.")
    if openjd is not None:
        said, base = _said(source, given)
        if said.get("cluster") is not None:
            raise UsageError("--openjd leaves machines to the farm; leave out cluster.")
        whole = {name: _whole(name, value, base) for name, value in said.items()}
        write_template(openjd, build_job(whole, file=file), whole)
    elif openjd_task is not None:
        with failure_told():
            _run(build_job(*_said(source, given), file), openjd_task, openjd_frames)
    else:
        _run(build_job(*_said(source, given), file))


def _is_job(source: str) -> bool:
    return Path(source).suffix.lower() == ".toml"


def _said(source: str, given: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    """What a job says, and where its names of files begin."""
    if not _is_job(source):
        return {"input": source, **given}, Path()
    said = read_job(Path(source))
    return {**said, **{name: _whole(name, value) for name, value in given.items()}}, Path(source).parent


def _run(job: Job, step: str | None = None, frames: str | None = None) -> None:
    """step: of a template, None for all of them in one. frames: of the step, None for all."""
    if step in ("settle", "frames"):
        job = replace(job, sheet=None, html=None)
    for place in filter(None, (job.sheet, job.html)):  # before the work, so that nobody waits for nothing
        place.parent.mkdir(parents=True, exist_ok=True)
        check_writable(place)
    if job.sheet is not None:
        check_suffix(job.sheet)
    stop = threading.Event()
    with _signals(stop):
        if step is not None:
            job, outcome = run_task(job, step, frames, stop)
        else:
            with _Watch() as watch:
                outcome = run(job, stop, watch)
    if step == "settle":
        _conclude_settled(outcome, stop.is_set())
        return
    if job.sheet is not None or job.html is not None:
        from .report import write_html, write_sheet

        if job.sheet is not None:
            write_sheet(job.sheet, outcome)
        if job.html is not None:
            write_html(job.html, job, outcome)
    _conclude(outcome)


def _whole(name: str, value: Any, base: Path = Path()) -> Any:
    """A path on the command line is relative to where the person is, and not to the job file; one in a job file to that, its `base`."""
    kinds = {"picture", "file"}
    known = parameters()[name]
    if name == "style":
        return [str((base / text).absolute()) for text in value]
    named = known.kind in kinds or name in ("input", "output", "keys", "report")
    named |= name == "palette" and (base / value).exists()
    if not named or (name == "weights" and not (base / value).exists()):
        return value
    return str((base / value).absolute()) + ("/" if value.endswith("/") else "")


def _conclude(outcome: Outcome) -> None:
    """One line of how it went; raises FramesFailed, or Abort where it was stopped."""
    made, kept = outcome.of("made"), outcome.of("kept")
    failed = [state.task.frame for state in outcome.of("failed")]
    total = len(outcome.states)
    if outcome.stopped:
        _stopped()
    click.echo(f"{total} frame{'s' * (total != 1)}: {len(made)} made, {len(kept)} right already, {len(failed)} failed.")
    if kept and made:
        click.echo(f"Made: {frames_named(f'{state.task.frame} ({state.reason})' for state in made)}.")
    unknown = outcome.finding("unmatched")
    if unknown:
        listed = frames_named(f"{frame} ({count})" for frame, count in unknown.items())
        click.echo(f"Regions not found in a key: {listed}.")
    if failed:
        raise FramesFailed(f"{len(failed)} of {total} frames failed: {frames_named(failed)}.")


def _conclude_settled(outcome: Outcome, stopped: bool) -> None:
    failed = [state.task.frame for state in outcome.of("failed")]
    if stopped:
        _stopped()
    if failed:
        raise FramesFailed(f"Keys could not be followed in {frames_named(failed)}.")
    click.echo("What all frames have in common is settled.")


def _stopped() -> NoReturn:
    click.echo("Stopped; the same command goes on where this one has stopped.", err=True)
    raise click.Abort


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM, on Windows Ctrl-Break, stop the job in order; a second Ctrl-C ends the program at once."""

    def heard(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, heard) for number in STOPS}
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
