"""The outcome of a job for scripts: one JSON document with every frame (`--json`)."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import click

from .. import __version__
from ..errors import ColorganError, OutOfMemory, no_memory
from .job import Job
from .outcome import FrameState, Outcome

STATES = {"made": "done", "kept": "kept", "failed": "failed", "missing": "pending"}
BUG, INTERRUPTED = 70, 130  # exit codes, the same as in cli.py


class Summary:
    """Collects the results while the command runs. `document` is valid at any time."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.job: Job | None = None
        self.outcome: Outcome | None = None
        self.notes: list[str] = []

    def document(self, error: BaseException | None) -> dict[str, Any]:
        """error: what ends the command, None for success.

        In the document: frames, in the job's order; the seconds for reading, rendering and writing a frame, in this run or in the one
        that rendered it; files, all those written for a frame. Paths are as given on the command line.
        """
        job = self.job
        states: tuple[FrameState, ...] = ()
        if self.outcome is not None:
            states = self.outcome.states
        elif job is not None:
            states = tuple(FrameState(task, "stopped", False, None) for task in job.tasks)
        frames = [] if job is None else [_frame(job, state) for state in states]
        counts = Counter(frame["state"] for frame in frames)
        return {
            "colorgan": __version__,
            "operation": None if job is None else job.operation,
            "total": len(frames),
            **{state: counts[state] for state in STATES.values()},
            "seconds": round(time.monotonic() - self.began, 3),
            "exit_code": _exit_code(error),
            "error": None if error is None else str(error) or "interrupted.",
            "notes": self.notes,
            "frames": frames,
        }

    def text(self, error: BaseException | None) -> str:
        return json.dumps(self.document(error), indent=1)


def _frame(job: Job, state: FrameState) -> dict[str, Any]:
    task, kind, record = state.task, state.kind, state.record or {}
    has_result = kind in ("made", "kept")
    return {
        "frame": task.frame,
        "number": task.number,
        "input": task.inputs["picture"],
        "output": task.output,
        "files": [str(job.output.folder / name) for name in record.get("outputs", {})] if has_result else [],
        "state": STATES[kind],
        "reason": state.reason if kind == "made" else None,
        "error": state.error if kind == "failed" else None,
        "seconds": None if kind == "missing" else record.get("seconds"),
        "findings": record.get("findings", {}) if has_result else {},
        "notes": record.get("notes", []) if has_result else [],
    }


def _exit_code(error: BaseException | None) -> int:
    if error is None:
        return 0
    if isinstance(error, ColorganError):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return INTERRUPTED
    return OutOfMemory.exit_code if no_memory(error) else BUG
