"""A job as a template of Open Job Description, which render farms run: settle, then frames in chunks, then finish.

Its ranges of numbers are not fileseq's: `1-9:2` is a step of two. (https://github.com/OpenJobDescription/openjd-specifications)
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
from .manifest import kept_by
from .scheduler import PATIENCE

STEPS = ("settle", "frames", "finish")
SUFFIXES = (".json", ".yaml", ".yml")
CHUNK = 20  # frames a task: beginning costs as much as some of them
LONGEST = 1024  # characters of a job parameter, and most of a name is 128
MOST = 10_000_000  # frames in a range, as fileseq has it
RANGE = re.compile(r"\s*(-?\d+)\s*(?:-\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?)?")
UNSAFE = re.compile("[{}\x7f-\x9f\u2028\u2029\ufeff]")  # in YAML, in TOML or in a template
ABOUT = (
    "Written by colorgan batch --openjd. Every machine needs colorgan on its PATH, of the same version and with the same weights, "
    "and the same storage at the same paths. Step settle finds what all frames have in common, frames makes them in chunks, "
    "finish checks them all, makes what is missing and writes the reports."
)


def numbers_of(text: str) -> list[int]:
    """The numbers of a range of Open Job Description. Raises UsageError."""
    numbers: list[int] = []
    for part in text.split(","):
        match = RANGE.fullmatch(part)
        first, last, step = (None if each is None else int(each) for each in match.groups()) if match else (None,) * 3
        if first is None:
            raise UsageError(
                f"{text} is not a range of Open Job Description; write it like 1-100, 1-99:2 or 1-10,15,20-30."
            )
        last, step = first if last is None else last, 1 if step is None else step
        if step == 0 or (last - first) * step < 0 or len(numbers) + abs(last - first) // abs(step) >= MOST:
            raise UsageError(
                f"{text} is not a range of Open Job Description: {part.strip()} runs backwards, or is too long."
            )
        numbers += range(first, last + (1 if step > 0 else -1), step)
    return numbers


def range_of(numbers: Iterable[int]) -> str:
    """Numbers as a range of Open Job Description: three or more with the same step between them are written as one."""
    left, parts = sorted(set(numbers)), []
    while left:
        step = left[1] - left[0] if len(left) > 1 else 1
        count = next((n for n in range(1, len(left)) if left[n] - left[n - 1] != step), len(left))
        count = count if count > 2 else 1
        parts.append(str(left[0]) if count == 1 else f"{left[0]}-{left[count - 1]}" + f":{step}" * (step > 1))
        left = left[count:]
    return ",".join(parts)


def write_template(path: Path, job: Job, told: Mapping[str, Any]) -> None:
    """told: what `build_job` has made the job of, with whole paths. Raises UsageError for a job that has no template, OutputError."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path.name} is not the name of a template; end it with {' or '.join(SUFFIXES[:2])}.")
    made = template(job, told)
    text = json.dumps(made, indent=2, ensure_ascii=False) if path.suffix.lower() == ".json" else _yaml(made)
    try:
        data = f"{text}\n".encode()
    except UnicodeEncodeError as error:
        raise UsageError("A file name of this job is not valid UTF-8, which a template needs.") from error
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def template(job: Job, told: Mapping[str, Any]) -> dict[str, Any]:
    """told: as above. Frames of a numbered sequence are named one by one, so that those that go missing fail by name."""
    numbers = []
    for task in job.tasks:
        if task.number is None:
            raise UsageError(
                f"{task.frame} has no number, and a farm needs frame numbers; name the frames like line.0001.png."
            )
        numbers.append(task.number)
    text = range_of(numbers)
    if len(text) > LONGEST:
        raise UsageError("These frame numbers are too many ranges for one template; give fewer with --frames.")
    whole = max(numbers) - min(numbers) + 1 == len(numbers)
    frames = {
        "name": "Frames", "type": "CHUNK[INT]", "range": "{{Param.Frames}}",
        "chunks": {
            "defaultTaskCount": "{{Param.ChunkSize}}",
            "rangeConstraint": "CONTIGUOUS" if whole else "NONCONTIGUOUS",
        },
    }  # fmt: skip
    if "frames" not in told and job.source.numbered is not None:
        told = {**told, "frames": text.replace(":", "x")}
    file = _toml(told)
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "extensions": ["TASK_CHUNKING"],
        "name": f"colorgan {kept_by(job.output, '').name}"[:128],
        "description": ABOUT,
        "parameterDefinitions": [
            {"name": "Frames", "type": "STRING", "default": text, "minLength": 1, "description": "The frames of the job to render."},
            {"name": "ChunkSize", "type": "INT", "default": CHUNK, "minValue": 1, "description": "Frames per task."},
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
        # what is being written is finished first
        "cancelation": {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": round(3 * PATIENCE)},
    }
    job = {"name": "Job", "type": "TEXT", "filename": "job.toml", "data": file}
    return {"actions": {"onRun": run}, "embeddedFiles": [job]}


def _toml(told: Mapping[str, Any]) -> str:
    def value(each: Any) -> str:
        # JSON's strings, numbers, flags and lists are TOML's; a { would begin an expression of the template
        return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(each, ensure_ascii=False))

    return "".join(f"{name} = {value(each)}\n" for name, each in told.items())


def _yaml(told: Any, indent: str = "") -> str:
    """As YAML that people read; its strings are JSON's but for those of several lines."""
    if isinstance(told, list):
        return "\n".join(f"{indent}- {_yaml(each, indent + '  ').lstrip()}" for each in told)
    if isinstance(told, dict):
        lines = []
        for name, each in told.items():
            if isinstance(each, str) and "\n" in each:
                lines.append(f"{indent}{name}: |")
                lines += [f"{indent}  {line}" for line in each.rstrip("\n").split("\n")]
            else:
                apart = "\n" if isinstance(each, (dict, list)) else " "
                lines.append(f"{indent}{name}:{apart}{_yaml(each, indent + '  ')}")
        return "\n".join(lines)
    return json.dumps(told, ensure_ascii=False)
