"""A job: an operation on the frames of a sequence, from a job file or from the command line."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, UsageError
from ..files import identity
from ..inference.documents import MARKS, Outputs, check_swatches, check_values, outputs_of
from ..inference.request import split_style
from ..operations import OPERATIONS, Parameter, check, checked, find
from ..picture.pixels import check_suffix
from ..stored_weights import find as find_weights
from .file_pattern import FilePattern, frames_of, parse_pattern, sorted_by_number
from .frame import Frame, FrameTask
from .manifest import sidecar_path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# The parameters of a job beside those of its operation.
JOB_PARAMETERS = (
    Parameter("output", "text", None, "Where results are written: a sequence like out/cut012.####.psd, out/*.psd, or a folder."),
    Parameter("frames", "text", None, "Which frames, as in 1-100x2,150; without it, all that are there."),
    Parameter(
        "keys", "text", None, "Coloured key frames, as a sequence of pictures or region maps; the frames between them take their colours."
    ),
    Parameter(
        "layers", "text", None, "Layers to write, from flats,shade,lines: in one PSD, PSB or OpenRaster file, or as one PNG each."
    ),
    Parameter("masks", "flag", False, "Also write each frame's region map, OUT.regions.png."),
    Parameter("report", "text", None, "Also write a report of what to check in each frame, as a sequence of JSON files."),
    Parameter("sheet", "file", None, "Also draw a contact sheet of all frames."),
    Parameter("html", "file", None, "Also write a report of all frames for a browser: one file, with pictures in it."),
    Parameter(
        "workers", "integer", None,
        "Number of worker processes; without it, one for each core, up to four. Each takes 0.6 GB, more for large frames.",
        minimum=1,
    ),
    Parameter("cluster", "text", None, "Render on a Ray cluster: ray://HOST:10001, or auto for the cluster of this machine."),
    Parameter(
        "dtype", "choice", "float32", "float32 gives the same pixels on every machine; auto uses the fastest type of this machine.",
        choices=("float32", "auto"),
    ),
    Parameter("overwrite", "flag", False, "Let results replace the frames that they are made from."),
    Parameter("force", "flag", False, "Render every frame again, and choose the colours again."),
)  # fmt: skip
INPUT = Parameter("input", "text", None, "The frames: a sequence like line.####.png, a folder, or one picture.")
SEQUENCES = (*MARKS, "regions")  # picture parameters; each may be a sequence
OPTIONAL = ("hints", "bare", "merge", "split")  # those of them that a frame may lack


def parameters() -> dict[str, Parameter]:
    """All parameters of a job file by name. Each picture beside the frame is one file or one sequence."""
    operations = (parameter for operation in OPERATIONS.values() for parameter in operation.parameters)
    named = {parameter.name: parameter for parameter in (INPUT, *JOB_PARAMETERS, *operations)}
    for name in SEQUENCES:
        first = named[name].help.split(". ")[0].rstrip(".")
        named[name] = replace(named[name], repeated=False, help=f"{first}; or a sequence of them.")
    return named


@dataclass(frozen=True)
class Job:
    """values: the operation's checked parameters; those of SEQUENCES are None, since `tasks` has their files by frame.
    tracked_tasks: in a job with keys, all existing frames sorted by number, which may be more than those of the job; otherwise empty."""

    operation: str
    values: dict[str, Any]
    source: FilePattern
    sequences: dict[str, FilePattern]
    tasks: tuple[FrameTask, ...]
    output: FilePattern
    layers: str | None
    masks: bool
    keys: FilePattern | None
    tracked_tasks: tuple[FrameTask, ...]
    sheet: Path | None
    html: Path | None
    workers: int | None
    cluster: str | None
    dtype: str
    force: bool

    def outputs(self, task: FrameTask) -> Outputs:
        report = None if task.report is None else Path(task.report)
        if self.operation == "stylize":
            return Outputs(Path(task.output))
        return outputs_of(Path(task.output), self.layers, self.masks, report)

    @property
    def output_names(self) -> set[str]:
        """The files that are certain to be written, relative to the output folder."""
        written = ((outputs.output, *outputs.known) for outputs in map(self.outputs, self.tasks))
        return {relative(path, self.output.folder) for paths in written for path in paths}

    @property
    def output_folders(self) -> list[str]:
        """The folders in which files are written, relative to the output folder."""
        sidecars = [sidecar_path(self.output, ending) for ending in (".thumbnails", ".keys", ".staged")]
        written = {Path(path).parent for task in self.tasks for path in (task.output, task.report) if path is not None}
        return sorted({relative(path, self.output.folder) for path in (*written, *sidecars)})


def relative(path: str | Path, folder: Path) -> str:
    """A path for a record, relative where possible, so that records do not depend on the machine."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return Path(path).as_posix()


def read_job(path: Path) -> dict[str, Any]:
    """The checked values of a job file. Raises InputError for invalid TOML, UsageError with the line of a wrong key or value."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not a job in TOML: {str(error).rstrip('.')}.") from error
    allowed = parameters()
    for name, value in values.items():
        try:
            checked(find(name, allowed, "part of a job"), value)
        except UsageError as error:
            raise UsageError(f"{path.name}, line {_line_of(text, name)}: {error}") from error
    return dict(values)


def _line_of(text: str, name: str) -> int:
    """The line of a job file that sets `name`."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def build_job(given: Mapping[str, Any], base: Path = Path(), file: Path | None = None) -> Job:
    """given: values of `parameters()`, each of them checked; paths are relative to `base`. file: the job file, if there is one.

    Raises UsageError for missing or contradictory values and for outputs that would overwrite inputs, InputError for a sequence without
    frames.
    """
    given = {name: value for name, value in given.items() if value is not None and value != ()}
    for name in ("input", "output"):
        if name not in given:
            raise UsageError(f"A job needs {name}: {'-o OUT' if name == 'output' else 'the frames'}.")
    settings = {parameter.name: checked(parameter, given.get(parameter.name)) for parameter in JOB_PARAMETERS}
    if settings["cluster"] is not None:
        base = base.absolute()  # the working directory is different on other machines
    operation = "stylize" if "style" in given else "colorize"
    operation_values = {name: value for name, value in given.items() if name not in settings and name != "input"}
    values = check(operation, operation_values)
    for name in SEQUENCES:
        if isinstance(values.get(name), tuple):
            values[name] = next(iter(values[name]), None)
    sequences = {name: parse_pattern(values[name], base) for name in SEQUENCES if values.get(name) is not None}
    values |= {name: None for name in sequences}
    for name in ("palette", "weights"):
        if values.get(name) is not None and os.path.exists(base / values[name]):
            values[name] = str(base / values[name])
    if operation == "stylize":
        values["style"] = tuple(str(base / text) for text in values["style"])
    if settings["keys"] is not None and operation == "colorize" and values["task"] == "auto":
        values["task"] = "lineart"
    source, output = parse_pattern(given["input"], base), parse_pattern(settings["output"], base, is_output=True)
    report = None if settings["report"] is None else parse_pattern(settings["report"], base, is_output=True)
    keys = None if settings["keys"] is None else parse_pattern(settings["keys"], base)
    files = (source, sequences, output, report, keys)
    tasks = tuple(_task(frame, *files) for frame in frames_of(source, settings["frames"]))
    if settings["overwrite"]:
        tasks = tuple(_staged(task, output) for task in tasks)
    tracked_tasks = (
        () if keys is None else tuple(_task(frame, *files) for frame in sorted_by_number(frames_of(source, None)))
    )
    report_paths = {name: None if settings[name] is None else base / settings[name] for name in ("sheet", "html")}
    job = Job(
        operation=operation, values=values, source=source, sequences=sequences, tasks=tasks, output=output, layers=settings["layers"],
        masks=settings["masks"], keys=keys, tracked_tasks=tracked_tasks,
        sheet=report_paths["sheet"], html=report_paths["html"], workers=settings["workers"], cluster=settings["cluster"],
        dtype=settings["dtype"], force=settings["force"],
    )  # fmt: skip
    _check(job, given, file)
    return job


def _task(
    frame: Frame,
    source: FilePattern,
    sequences: dict[str, FilePattern],
    output: FilePattern,
    report: FilePattern | None,
    keys: FilePattern | None,
) -> FrameTask:
    picture = source.path_for(frame)
    inputs: dict[str, str | None] = {"picture": str(picture)}
    for name, files in sequences.items():
        path = files.path_for(frame, picture)
        is_missing = name in OPTIONAL and not files.is_single and not os.path.exists(path)
        inputs[name] = None if is_missing else str(path)
    report_path = None
    if report is not None:
        report_path = str(
            report.path_for(frame, picture) if not report.is_folder else report.path / f"{picture.stem}.json"
        )
    output_path = output.path_for(frame, picture)
    thumbnail = sidecar_path(output, ".thumbnails") / f"{frame.name}.jpg"
    key = None if keys is None else keys.existing_path_for(frame, picture)
    return FrameTask(
        frame=frame.name,
        inputs=inputs,
        output=str(output_path),
        report=report_path,
        thumbnail=str(thumbnail),
        key=None if key is None else str(key),
        number=frame.number,
    )


def _staged(task: FrameTask, output: FilePattern) -> FrameTask:
    """The task, staged if its result is to replace the frame."""
    if identity(task.output) != identity(str(task.inputs["picture"])):
        return task
    return replace(task, staged=str(sidecar_path(output, ".staged") / f"{task.frame}{Path(task.output).suffix}"))


def _check(job: Job, given: Mapping[str, Any], file: Path | None) -> None:
    """The checks for a single picture; and no output may overwrite an input or another output of the job."""
    for name, files in job.sequences.items():
        if files.is_single and not os.path.exists(files.path):
            raise InputError(f"{files.text} does not exist.")
        if not any(task.inputs[name] and os.path.exists(str(task.inputs[name])) for task in job.tasks):
            raise InputError(f"No frame of the job has {name}: {files.text} matches no file.")
    if job.operation == "stylize":
        misplaced = [name for name in ("layers", "masks", "report", "keys") if given.get(name)]
        if misplaced:
            raise UsageError(f"{misplaced[0]} is for colouring, but a style was given.")
        check_suffix(job.tasks[0].output)
    if job.keys is not None:
        _check_keys(job, job.keys)
    shared = [Path(split_style(text)[0]) for text in job.values.get("style", ())]
    shared += [Path(path) for path in (file, job.values.get("palette")) if path]
    read = {identity(path): path.name for path in (*shared, find_weights(job.values["weights"]))}
    if any(task.staged for task in job.tasks) and (job.keys is not None or job.force):
        raise UsageError(
            "The results replace the frames here, so --keys and --force would use frames that are already coloured; "
            "give another -o."
        )
    for task in (*job.tasks, *job.tracked_tasks):
        inputs = (path for name, path in task.inputs.items() if path and (name != "picture" or not task.staged))
        read |= {identity(path): Path(path).name for path in (*inputs, *([task.key] if task.key else []))}
    written: dict[tuple[object, ...], str] = {}
    for task in job.tasks:
        outputs = job.outputs(task)
        if job.operation == "colorize":
            marks = {name: path for name, path in task.inputs.items() if name != "picture"}
            check_values(job.values | marks, outputs)
            check_swatches(outputs.pngs, [Path(path) for path in task.inputs.values() if path])
        own_outputs: set[tuple[object, ...]] = set()
        for path in outputs.known:
            place = identity(path)
            if place in read:
                raise UsageError(
                    f"{read[place]} is read by this job and would be written over; give another -o, or --overwrite if the results are "
                    "to replace the frames that they are made from."
                )
            if place in own_outputs:
                raise UsageError(f"Two files of frame {task.frame} would both become {path.name}; give another name.")
            own_outputs.add(place)
            if written.setdefault(place, task.frame) != task.frame:
                raise UsageError(
                    f"Frames {written[place]} and {task.frame} would both become {path.name}; "
                    "write #### in the name where the number goes."
                )
    for path in filter(None, (job.sheet, job.html)):
        place = identity(path)
        if place in read or place in written:
            raise UsageError(f"{path} would be written over {read.get(place, 'a result')}; give another name.")
        written[place] = path.name


def _check_keys(job: Job, keys: FilePattern) -> None:
    if job.values["task"] != "lineart":
        raise UsageError(f"--keys is for line art, but --task is {job.values['task']}.")
    for name in ("regions", "paint"):
        if job.values[name] or name in job.sequences:
            raise UsageError(f"--keys cannot be used with --{name}, which leaves nothing for keys to decide.")
    if not any(task.key for task in job.tracked_tasks):
        raise InputError(f"No frame has a key: {keys.text} matches no file.")
