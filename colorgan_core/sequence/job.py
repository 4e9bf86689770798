"""A job: what is to be done to which frames. Job files and the command line make the same one, from the operations table."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..engine.documents import MARKS, Outputs, check_swatches, check_values, outputs_of
from ..engine.request import split_style
from ..errors import InputError, UsageError
from ..files import identity
from ..operations import OPERATIONS, Parameter, check, checked, find
from ..picture.pixels import check_suffix
from ..stored_weights import find as find_weights
from .file_pattern import Files, Frame, frames_of, in_order, parse
from .manifest import kept_by

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What a job has beside the parameters of its operation.
OWN = (
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
SEQUENCES = (*MARKS, "regions")  # parameters of pictures, which may be a sequence
OPTIONAL = ("hints", "bare", "merge", "split")  # of them, those that a frame may lack


def parameters() -> dict[str, Parameter]:
    """All that a job file may say, by name."""
    operations = (parameter for operation in OPERATIONS.values() for parameter in operation.parameters)
    return {parameter.name: parameter for parameter in (INPUT, *OWN, *operations)}


@dataclass(frozen=True)
class Task:
    """One frame, in plain data: its name, the files it is made of by parameter ("picture" is the frame itself; None: it has none) and
    the files it becomes. key: the file of its key. map: with what keys say of its regions, and known: what a record says of that, both None
    until they are found, and in a job without keys. number: the frame's, None where it has none. staged: where the result is kept until it
    takes the place of the frame itself, None where it goes elsewhere."""

    frame: str
    inputs: dict[str, str | None]
    output: str
    report: str | None
    thumbnail: str
    key: str | None = None
    map: str | None = None
    known: dict[str, Any] | None = None
    number: int | None = None
    staged: str | None = None


@dataclass(frozen=True)
class Job:
    """values: the operation's parameters, checked; those of SEQUENCES are None, since `tasks` has them by frame. chain: where there are
    keys, all frames that are there in the order of their numbers, which may be more than the job's."""

    operation: str
    values: dict[str, Any]
    source: Files
    sequences: dict[str, Files]
    tasks: tuple[Task, ...]
    output: Files
    layers: str | None
    masks: bool
    keys: Files | None
    chain: tuple[Task, ...]
    sheet: Path | None
    html: Path | None
    workers: int | None
    cluster: str | None
    dtype: str
    force: bool

    def outputs(self, task: Task) -> Outputs:
        report = None if task.report is None else Path(task.report)
        if self.operation == "stylize":
            return Outputs(Path(task.output))
        return outputs_of(Path(task.output), self.layers, self.masks, report)

    @property
    def names(self) -> set[str]:
        """Of all files that are known to be written, relative to the folder of the results."""
        named = ((outputs.output, *outputs.known) for outputs in map(self.outputs, self.tasks))
        return {relative(path, self.output.folder) for paths in named for path in paths}

    @property
    def folders(self) -> list[str]:
        """Those in which files are written, likewise."""
        kept = [kept_by(self.output, ending) for ending in (".thumbnails", ".keys", ".staged")]
        written = {Path(path).parent for task in self.tasks for path in (task.output, task.report) if path is not None}
        return sorted({relative(path, self.output.folder) for path in (*written, *kept)})


def relative(path: str | Path, folder: Path) -> str:
    """A path as a record has it: no folder of this machine in it, where that can be."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return Path(path).as_posix()


def read_job(path: Path) -> dict[str, Any]:
    """What a job file says, each value checked. Raises InputError for what is no TOML, UsageError with the line of a wrong key or value."""
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not a job in TOML: {str(error).rstrip('.')}.") from error
    known = parameters()
    for name, value in told.items():
        try:
            checked(find(name, known, "part of a job"), value)
        except UsageError as error:
            raise UsageError(f"{path.name}, line {_line(text, name)}: {error}") from error
    return dict(told)


def _line(text: str, name: str) -> int:
    """Where a job file says `name`."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def build_job(told: Mapping[str, Any], base: Path = Path(), file: Path | None = None) -> Job:
    """told: values of `parameters()`, checked each for itself; names of files are relative to `base`. file: of the job, if it has one.

    Raises UsageError for what is missing, contradicts itself or would be written over, InputError for a sequence without frames.
    """
    told = {name: value for name, value in told.items() if value is not None and value != ()}
    for name in ("input", "output"):
        if name not in told:
            raise UsageError(f"A job needs {name}: {'-o OUT' if name == 'output' else 'the frames'}.")
    own = {parameter.name: checked(parameter, told.get(parameter.name)) for parameter in OWN}
    if own["cluster"] is not None:
        base = base.absolute()  # other machines are in other folders
    given = {name: value for name, value in told.items() if name not in own and name != "input"}
    operation = "stylize" if "style" in told else "colorize"
    values = check(operation, given)
    sequences = {name: parse(values[name], base) for name in SEQUENCES if values.get(name) is not None}
    values |= {name: None for name in sequences}
    for name in ("palette", "weights"):
        if values.get(name) is not None and os.path.exists(base / values[name]):
            values[name] = str(base / values[name])
    if operation == "stylize":
        values["style"] = tuple(str(base / text) for text in values["style"])
    if own["keys"] is not None and operation == "colorize" and values["task"] == "auto":
        values["task"] = "lineart"
    source, output = parse(told["input"], base), parse(own["output"], base, written=True)
    report = None if own["report"] is None else parse(own["report"], base, written=True)
    keys = None if own["keys"] is None else parse(own["keys"], base)
    files = (source, sequences, output, report, keys)
    tasks = tuple(_task(frame, *files) for frame in frames_of(source, own["frames"]))
    if own["overwrite"]:
        tasks = tuple(_in_place(task, output) for task in tasks)
    chain = () if keys is None else tuple(_task(frame, *files) for frame in in_order(frames_of(source, None)))
    places = {name: None if own[name] is None else base / own[name] for name in ("sheet", "html")}
    job = Job(
        operation=operation, values=values, source=source, sequences=sequences, tasks=tasks, output=output, layers=own["layers"],
        masks=own["masks"], keys=keys, chain=chain,
        sheet=places["sheet"], html=places["html"], workers=own["workers"], cluster=own["cluster"],
        dtype=own["dtype"], force=own["force"],
    )  # fmt: skip
    _check(job, told, file)
    return job


def _task(
    frame: Frame, source: Files, sequences: dict[str, Files], output: Files, report: Files | None, keys: Files | None
) -> Task:
    picture = source.at(frame)
    inputs: dict[str, str | None] = {"picture": str(picture)}
    for name, files in sequences.items():
        path = files.at(frame, picture)
        lacks = name in OPTIONAL and not files.is_single and not os.path.exists(path)
        inputs[name] = None if lacks else str(path)
    noted = None
    if report is not None:
        noted = str(report.at(frame, picture) if not report.is_folder else report.path / f"{picture.stem}.json")
    place = output.at(frame, picture)
    thumbnail = kept_by(output, ".thumbnails") / f"{frame.name}.jpg"
    key = None if keys is None else keys.of_number(frame, picture)
    return Task(
        frame.name, inputs, str(place), noted, str(thumbnail), None if key is None else str(key), number=frame.number
    )


def _in_place(task: Task, output: Files) -> Task:
    """The task as it is to be where its result takes the place of its frame."""
    if identity(task.output) != identity(str(task.inputs["picture"])):
        return task
    return replace(task, staged=str(kept_by(output, ".staged") / f"{task.frame}{Path(task.output).suffix}"))


def _check(job: Job, told: Mapping[str, Any], file: Path | None) -> None:
    """What a single picture is checked for, and that nothing is written over another file of the job or over what is read."""
    for name, files in job.sequences.items():
        if files.is_single and not os.path.exists(files.path):
            raise InputError(f"{files.text} does not exist.")
        if not any(task.inputs[name] and os.path.exists(str(task.inputs[name])) for task in job.tasks):
            raise InputError(f"No frame of the job has {name}: {files.text} matches no file.")
    if job.operation == "stylize":
        alone = [name for name in ("layers", "masks", "report", "keys") if told.get(name)]
        if alone:
            raise UsageError(f"{alone[0]} is for colouring, but a style was given.")
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
    for task in (*job.tasks, *job.chain):
        beside = (path for name, path in task.inputs.items() if path and (name != "picture" or not task.staged))
        read |= {identity(path): Path(path).name for path in (*beside, *([task.key] if task.key else []))}
    written: dict[tuple[object, ...], str] = {}
    for task in job.tasks:
        outputs = job.outputs(task)
        if job.operation == "colorize":
            marks = {name: path for name, path in task.inputs.items() if name != "picture"}
            check_values(job.values | marks, outputs)
            check_swatches(outputs.pngs, [Path(path) for path in task.inputs.values() if path])
        own: set[tuple[object, ...]] = set()
        for path in outputs.known:
            place = identity(path)
            if place in read:
                raise UsageError(
                    f"{read[place]} is read by this job and would be written over; give another -o, or --overwrite if the results are "
                    "to replace the frames that they are made from."
                )
            if place in own:
                raise UsageError(f"Two files of frame {task.frame} would both become {path.name}; give another name.")
            own.add(place)
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


def _check_keys(job: Job, keys: Files) -> None:
    if job.values["task"] != "lineart":
        raise UsageError(f"--keys is for line art, but --task is {job.values['task']}.")
    for name in ("regions", "paint"):
        if job.values[name] or name in job.sequences:
            raise UsageError(f"--keys cannot be used with --{name}, which leaves nothing for keys to decide.")
    if not any(task.key for task in job.chain):
        raise InputError(f"No frame has a key: {keys.text} matches no file.")
