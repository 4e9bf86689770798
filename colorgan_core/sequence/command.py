"""`colorgan batch`."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from .. import options
from ..engine.command import option
from ..errors import FramesFailed, UsageError
from ..files import check_spared, check_writable
from ..picture.pixels import check_suffix
from .job import OWN, Job, build_job, parameters, read_job
from .openjd_task import failure_told, run_task
from .openjd_template import STEPS, write_template
from .outcome import Outcome, State, frames_named
from .progress_display import Onlooker
from .scheduler import run
from .summary import Summary

EXAMPLES = (
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --palette studio.gpl",
    "batch 'cut012/line.####.png' -o 'out/cut012.####.psd' --frames 1-100x2,150 --hints 'hints.####.png' --html report.html",
    "batch photos/ -o 'painted/*.jpg' --style waves.png",
    "batch photos/ -o painted/ --json > painted.json",
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
@click.option("--openjd", type=options.path(), help="Render no frame; write a template of Open Job Description for a render "
              "farm: .json or .yaml.")  # fmt: skip
@click.option(
    "--openjd-task", type=click.Choice(STEPS), help="Run one task of such a template, on a machine of the farm."
)
@click.option(
    "--openjd-frames", metavar="RANGES", help="The frames of the job that this task renders, as in 1-100,150 or 1-99:2."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document with the result of every frame to standard output, "
              "and nothing else.")  # fmt: skip
@click.pass_context
def batch(
    context: click.Context, /, source: str, openjd: Path | None, openjd_task: str | None, openjd_frames: str | None,
    as_json: bool, **told: Any,
) -> None:  # fmt: skip
    """Colour or stylize the frames of a sequence. A second run only renders frames that are out of date.

    IN is a sequence (line.####.png, line.@@@@.png, line.%04d.png), a folder or one picture. JOB.toml sets the same
    options by name, with _ for -, and the frames as `input`. With --style, frames are stylized; otherwise they are coloured.
    """
    given = {
        name: value for name, value in told.items() if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    file = Path(source) if _is_job(source) else None
    if openjd is not None and openjd_task is not None:
        raise UsageError("--openjd writes a template and --openjd-task is called by one; give one of them.")
    if as_json and (openjd is not None or openjd_task is not None):
        raise UsageError("--json is for a job that runs here; leave it out for --openjd and --openjd-task.")
    if openjd_frames is not None and openjd_task is None:
        raise UsageError("--openjd-frames is for --openjd-task; without it, give --frames.")
    if openjd is not None:
        said, base = _said(source, given)
        if said.get("cluster") is not None:
            raise UsageError("With --openjd the farm chooses the machines; leave out cluster.")
        whole = {name: _whole(name, value, base) for name, value in said.items()}
        check_spared(openjd, [file] if file else [])
        write_template(openjd, build_job(whole, file=file), whole)
    elif openjd_task is not None:
        with failure_told():
            job = build_job(*_said(source, given), file)
            if openjd_task == "finish":
                _check_reports(job)
            with _signals() as stop:
                job, outcome = run_task(job, openjd_task, openjd_frames, stop)
            if openjd_task == "settle":
                _conclude_settled(outcome, stop.is_set())
                return
            if openjd_task == "finish":
                _write_reports(job, outcome)
            _conclude(outcome)
    else:
        with _told_as_json(as_json) as summary:
            _make(build_job(*_said(source, given), file), summary, not as_json)


def _is_job(source: str) -> bool:
    return Path(source).suffix.lower() == ".toml"


def _said(source: str, given: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    """What a job says, and where its names of files begin."""
    if not _is_job(source):
        return {"input": source, **given}, Path()
    said = read_job(Path(source))
    return {**said, **{name: _whole(name, value) for name, value in given.items()}}, Path(source).parent


@contextlib.contextmanager
def _told_as_json(wanted: bool) -> Iterator[Summary]:
    """Prints the summary at the end, however that comes, where it is wanted."""
    summary = Summary()
    try:
        yield summary
    except BaseException as error:
        if wanted:
            click.echo(summary.text(error))
        raise
    if wanted:
        click.echo(summary.text(None))


def _make(job: Job, summary: Summary, in_words: bool) -> None:
    """in_words: on standard output, too."""
    summary.job = job
    _check_reports(job)
    with Onlooker() as watch:
        summary.notes = watch.notes
        with _signals() as stop:
            summary.outcome = outcome = run(job, stop, watch)
        if outcome.error is not None:
            raise outcome.error
        watch.stage("writing the report")
        _write_reports(job, outcome)
    _conclude(outcome, in_words)


def _check_reports(job: Job) -> None:
    for place in filter(None, (job.sheet, job.html)):  # before the work, so that nobody waits for nothing
        place.parent.mkdir(parents=True, exist_ok=True)
        check_writable(place)
    if job.sheet is not None:
        check_suffix(job.sheet)


def _write_reports(job: Job, outcome: Outcome) -> None:
    if job.sheet is None and job.html is None:
        return
    from .report import write_html, write_sheet

    if job.sheet is not None:
        write_sheet(job.sheet, outcome)
    if job.html is not None:
        write_html(job.html, job, outcome)


def _whole(name: str, value: Any, base: Path = Path()) -> Any:
    """A path on the command line is relative to where the person is, and not to the job file; one in a job file to that, its `base`."""
    kinds = {"picture", "file"}
    known = parameters()[name]
    if name == "style":
        return [str((base / text).absolute()) for text in value]
    named = known.kind in kinds or name in ("input", "output", "keys", "report")
    named |= name == "palette" and os.path.exists(base / value)
    if not named or (name == "weights" and not os.path.exists(base / value)):
        return value
    return str((base / value).absolute()) + ("/" if value.endswith("/") else "")


def _conclude(outcome: Outcome, in_words: bool = True) -> None:
    """Tells in words how it went; raises FramesFailed, or Abort where it was stopped."""
    made, kept = outcome.of("made"), outcome.of("kept")
    failed = [state.task.frame for state in outcome.of("failed")]
    total = len(outcome.states)
    if outcome.stopped:
        _stopped()
    if in_words:
        _say(outcome, total, made, kept, len(failed))
    if failed:
        raise FramesFailed(f"{len(failed)} of {total} frames failed: {frames_named(failed)}.")


def _say(outcome: Outcome, total: int, made: list[State], kept: list[State], failed: int) -> None:
    click.echo(f"{total} frame{'s' * (total != 1)}: {len(made)} made, {len(kept)} up to date, {failed} failed.")
    if kept and made:
        click.echo(f"Made: {frames_named(f'{state.task.frame} ({state.reason})' for state in made)}.")
    unknown = outcome.finding("unmatched")
    if unknown:
        listed = frames_named(f"{frame} ({count})" for frame, count in unknown.items())
        click.echo(f"Regions not found in a key: {listed}.")


def _conclude_settled(outcome: Outcome, stopped: bool) -> None:
    failed = [state.task.frame for state in outcome.of("failed")]
    if stopped:
        _stopped()
    if failed:
        raise FramesFailed(f"Keys could not be followed in {frames_named(failed)}.")
    click.echo("The settings that all frames share are decided.")


def _stopped() -> NoReturn:
    click.echo("Stopped; the same command continues from here.", err=True)
    raise click.Abort


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM, on Windows Ctrl-Break, set what is given, which stops the job in order; a second Ctrl-C ends the program at
    once."""
    stop = threading.Event()

    def heard(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, heard) for number in STOPS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
