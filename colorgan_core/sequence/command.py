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
from ..command import option
from ..errors import FramesFailed, UsageError
from ..files import check_spared, check_writable
from ..picture.pixels import check_suffix
from .job import JOB_PARAMETERS, Job, build_job, parameters, read_job
from .openjd_task import reported_failure, run_task
from .openjd_template import STEPS, write_template
from .outcome import Outcome, frames_named
from .progress_display import ProgressDisplay
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
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
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
    """Adds the options of a job, then those of all operations."""
    job_names = {parameter.name for parameter in JOB_PARAMETERS}
    for parameter in reversed(parameters().values()):
        if parameter.name == "input":
            continue
        optional = replace(parameter, required=False)  # a job file may set it
        metavar = METAVARS.get(parameter.name, "SEQUENCE") if parameter.name in job_names else None
        short = ("-o",) if parameter.name == "output" else ()
        function = option(optional, *short, metavar=metavar)(function)
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
    as_json: bool, **options_by_name: Any,
) -> None:  # fmt: skip
    """Colour or stylize the frames of a sequence. A second run only renders frames that are out of date.

    IN is a sequence (line.####.png, line.@@@@.png, line.%04d.png), a folder or one picture. JOB.toml sets the same
    options by name, with _ for -, and the frames as `input`. With --style, frames are stylized; otherwise they are coloured.
    """
    given = {
        name: value
        for name, value in options_by_name.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    file = Path(source) if _is_job(source) else None
    if openjd is not None and openjd_task is not None:
        raise UsageError("--openjd writes a template and --openjd-task is called by one; give one of them.")
    if as_json and (openjd is not None or openjd_task is not None):
        raise UsageError("--json is for a job that runs here; leave it out for --openjd and --openjd-task.")
    if openjd_frames is not None and openjd_task is None:
        raise UsageError("--openjd-frames is for --openjd-task; without it, give --frames.")
    if openjd is not None:
        values, base = _job_values(source, given)
        if values.get("cluster") is not None:
            raise UsageError("With --openjd the farm chooses the machines; leave out cluster.")
        values = {name: _absolute(name, value, base) for name, value in values.items()}
        check_spared(openjd, [file] if file else [])
        write_template(openjd, build_job(values, file=file), values)
    elif openjd_task is not None:
        with reported_failure():
            job = build_job(*_job_values(source, given), file)
            if openjd_task == "finish":
                _check_reports(job)
            with _signals() as stop:
                job, outcome = run_task(job, openjd_task, openjd_frames, stop)
            if openjd_task == "settle":
                _report_settled(outcome, stop.is_set())
                return
            if openjd_task == "finish":
                _write_reports(job, outcome)
            _report_outcome(outcome)
    else:
        with _json_output(as_json) as summary:
            _run(build_job(*_job_values(source, given), file), summary, not as_json)


def _is_job(source: str) -> bool:
    return Path(source).suffix.lower() == ".toml"


def _job_values(source: str, given: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    """The values of a job and the folder that its paths are relative to."""
    if not _is_job(source):
        return {"input": source, **given}, Path()
    values = read_job(Path(source))
    return {**values, **{name: _absolute(name, value) for name, value in given.items()}}, Path(source).parent


@contextlib.contextmanager
def _json_output(enabled: bool) -> Iterator[Summary]:
    """If enabled, prints the summary at the end, also after an error."""
    summary = Summary()
    try:
        yield summary
    except BaseException as error:
        if enabled:
            click.echo(summary.text(error))
        raise
    if enabled:
        click.echo(summary.text(None))


def _run(job: Job, summary: Summary, as_text: bool) -> None:
    """as_text: print the outcome on standard output."""
    summary.job = job
    _check_reports(job)
    with ProgressDisplay() as progress:
        summary.notes = progress.notes
        with _signals() as stop:
            summary.outcome = outcome = run(job, stop, progress)
        if outcome.error is not None:
            raise outcome.error
        progress.stage("writing the report")
        _write_reports(job, outcome)
    _report_outcome(outcome, as_text)


def _check_reports(job: Job) -> None:
    for path in filter(None, (job.sheet, job.html)):  # before the work, which would be lost otherwise
        path.parent.mkdir(parents=True, exist_ok=True)
        check_writable(path)
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


def _absolute(name: str, value: Any, base: Path = Path()) -> Any:
    """A value with its paths made absolute. base: the job file's folder for its own paths; the working directory for the command line."""
    kind = parameters()[name].kind
    if name == "style":
        return [str((base / text).absolute()) for text in value]
    is_path = kind in ("picture", "file") or name in ("input", "output", "keys", "report")
    is_path |= name == "palette" and os.path.exists(base / value)
    if not is_path or (name == "weights" and not os.path.exists(base / value)):
        return value
    return str((base / value).absolute()) + ("/" if value.endswith("/") else "")


def _report_outcome(outcome: Outcome, as_text: bool = True) -> None:
    """Prints the outcome; raises FramesFailed, or Abort for a stopped job."""
    failed = [state.task.frame for state in outcome.of("failed")]
    total = len(outcome.states)
    if outcome.stopped:
        _abort()
    if as_text:
        _print_counts(outcome)
    if failed:
        raise FramesFailed(f"{len(failed)} of {total} frames failed: {frames_named(failed)}.")


def _print_counts(outcome: Outcome) -> None:
    made, kept, failed = outcome.of("made"), outcome.of("kept"), outcome.of("failed")
    total = len(outcome.states)
    click.echo(f"{total} frame{'s' * (total != 1)}: {len(made)} made, {len(kept)} up to date, {len(failed)} failed.")
    if kept and made:
        click.echo(f"Made: {frames_named(f'{state.task.frame} ({state.reason})' for state in made)}.")
    unmatched = outcome.findings("unmatched")
    if unmatched:
        listed = frames_named(f"{frame} ({count})" for frame, count in unmatched.items())
        click.echo(f"Regions not found in a key: {listed}.")


def _report_settled(outcome: Outcome, stopped: bool) -> None:
    failed = [state.task.frame for state in outcome.of("failed")]
    if stopped:
        _abort()
    if failed:
        raise FramesFailed(f"Keys could not be followed in {frames_named(failed)}.")
    click.echo("The settings that all frames share are decided.")


def _abort() -> NoReturn:
    click.echo("Stopped; the same command continues from here.", err=True)
    raise click.Abort


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C and SIGTERM, on Windows by Ctrl-Break; it stops the job in order. A second Ctrl-C ends the program at
    once."""
    stop = threading.Event()

    def handle(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
