"""A job as an Open Job Description template for render farms, with three steps: settle, then frames in chunks, then finish.

Ranges of frames differ from those of fileseq: `1-9:2` has a step of two. (https://github.com/OpenJobDescription/openjd-specifications)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..files import atomic_write
from .job import Job
from .manifest import sidecar_path
from .worker_pool import SHUTDOWN_TIMEOUT_S

STEPS = ("settle", "frames", "finish")
SUFFIXES = (".json", ".yaml", ".yml")
CHUNK_SIZE = 20  # frames per task, so that loading the weights is a small part of it
MAX_PARAMETER = 1024  # characters, by the specification
MAX_NAME = 128  # characters, by the specification
MAX_FRAMES = 10_000_000  # in a range, as in fileseq
RANGE = re.compile(r"\s*(-?\d+)\s*(?:-\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?)?")
UNSAFE = re.compile("[{}\x7f-\x9f\u2028\u2029\ufeff]")  # characters to escape for YAML, TOML and the template
DESCRIPTION = (
    "Written by colorgan batch --openjd. Every machine needs colorgan on its PATH, of the same version and with the same weights, "
    "and the same storage at the same paths. Step settle finds what all frames have in common, frames makes them in chunks, "
    "finish checks them all, makes what is missing and writes the reports."
)


def numbers_of(text: str) -> list[int]:
    """The frame numbers of an Open Job Description range. Raises UsageError."""
    numbers: list[int] = []
    for part in text.split(","):
        match = RANGE.fullmatch(part)
        first, last, step = (None if each is None else int(each) for each in match.groups()) if match else (None,) * 3
        if first is None:
            raise UsageError(
                f"{text} is not a range of Open Job Description; write it like 1-100, 1-99:2 or 1-10,15,20-30."
            )
        last, step = first if last is None else last, 1 if step is None else step
        if step == 0 or (last - first) * step < 0 or len(numbers) + abs(last - first) // abs(step) >= MAX_FRAMES:
            raise UsageError(
                f"{text} is not a range of Open Job Description: {part.strip()} runs backwards, or is too long."
            )
        numbers += range(first, last + (1 if step > 0 else -1), step)
    return numbers


def range_of(numbers: Iterable[int]) -> str:
    """Frame numbers as an Open Job Description range; three or more with the same step are abbreviated."""
    rest, parts = sorted(set(numbers)), []
    while rest:
        step = rest[1] - rest[0] if len(rest) > 1 else 1
        count = next((n for n in range(1, len(rest)) if rest[n] - rest[n - 1] != step), len(rest))
        count = count if count > 2 else 1
        parts.append(str(rest[0]) if count == 1 else f"{rest[0]}-{rest[count - 1]}" + f":{step}" * (step > 1))
        rest = rest[count:]
    return ",".join(parts)


def write_template(path: Path, job: Job, values: Mapping[str, Any]) -> None:
    """values: those of `build_job`, with absolute paths. Raises UsageError for a job that cannot be a template, OutputError."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path.name} is not the name of a template; end it with {' or '.join(SUFFIXES[:2])}.")
    content = template(job, values)
    text = json.dumps(content, indent=2, ensure_ascii=False) if path.suffix.lower() == ".json" else _yaml(content)
    try:
        data = f"{text}\n".encode()
    except UnicodeEncodeError as error:
        raise UsageError("A file name of this job is not valid UTF-8, which a template needs.") from error
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def template(job: Job, values: Mapping[str, Any]) -> dict[str, Any]:
    """values: as above. The template lists the frames of a numbered sequence, so that frames whose files disappear fail by name."""
    numbers = []
    for task in job.tasks:
        if task.number is None:
            raise UsageError(
                f"{task.frame} has no number, and a farm needs frame numbers; name the frames like line.0001.png."
            )
        numbers.append(task.number)
    text = range_of(numbers)
    if len(text) > MAX_PARAMETER:
        raise UsageError("These frame numbers are too many ranges for one template; give fewer with --frames.")
    is_contiguous = max(numbers) - min(numbers) + 1 == len(numbers)
    frames = {
        "name": "Frames", "type": "CHUNK[INT]", "range": "{{Param.Frames}}",
        "chunks": {
            "defaultTaskCount": "{{Param.ChunkSize}}",
            "rangeConstraint": "CONTIGUOUS" if is_contiguous else "NONCONTIGUOUS",
        },
    }  # fmt: skip
    if "frames" not in values and job.source.numbered is not None:
        values = {**values, "frames": text.replace(":", "x")}
    file = _toml(values)
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "extensions": ["TASK_CHUNKING"],
        "name": f"colorgan {sidecar_path(job.output, '').name}"[:MAX_NAME],
        "description": DESCRIPTION,
        "parameterDefinitions": [
            {"name": "Frames", "type": "STRING", "default": text, "minLength": 1, "description": "The frames of the job to render."},
            {"name": "ChunkSize", "type": "INT", "default": CHUNK_SIZE, "minValue": 1, "description": "Frames per task."},
        ],
        "steps": [
            {"name": "settle", "script": _script("settle", "{{Param.Frames}}", file)},
            {
                "name": "frames",
                "dependencies": [{"dependsOn": "settle"}],
                "parameterSpace": {"taskParameterDefinitions": [frames]},
                "script": _script("frames", "{{Task.Param.Frames}}", file),
            },
            {
                "name": "finish",
                "dependencies": [{"dependsOn": "frames"}],
                "script": _script("finish", "{{Param.Frames}}", file),
            },
        ],
    }  # fmt: skip


def _script(step: str, frames: str, file: str) -> dict[str, Any]:
    run = {
        "command": "colorgan",
        "args": ["batch", "{{Task.File.Job}}", "--openjd-task", step, f"--openjd-frames={frames}"],
        # time to finish the files that are being written
        "cancelation": {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": round(3 * SHUTDOWN_TIMEOUT_S)},
    }
    job = {"name": "Job", "type": "TEXT", "filename": "job.toml", "data": file}
    return {"actions": {"onRun": run}, "embeddedFiles": [job]}


def _toml(values: Mapping[str, Any]) -> str:
    def encoded(value: Any) -> str:
        # JSON strings, numbers, flags and lists are valid TOML; an unescaped { would start a template expression
        return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))

    return "".join(f"{name} = {encoded(value)}\n" for name, value in values.items())


def _yaml(content: Any, indent: str = "") -> str:
    """Readable YAML. Strings are encoded as in JSON, except those of several lines."""
    if isinstance(content, list):
        return "\n".join(f"{indent}- {_yaml(each, indent + '  ').lstrip()}" for each in content)
    if isinstance(content, dict):
        lines = []
        for name, each in content.items():
            if isinstance(each, str) and "\n" in each:
                lines.append(f"{indent}{name}: |")
                lines += [f"{indent}  {line}" for line in each.rstrip("\n").split("\n")]
            else:
                separator = "\n" if isinstance(each, (dict, list)) else " "
                lines.append(f"{indent}{name}:{separator}{_yaml(each, indent + '  ')}")
        return "\n".join(lines)
    return json.dumps(content, ensure_ascii=False)
