"""Results that take the place of their own frames (`--overwrite`): none is ever coloured a second time.

A result is whole beside its place, and a note says what it is, before it replaces the frame. So after a kill at any moment it is
known whether the frame is still the drawing or its result already.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..files import atomic_write, sha256_of
from .job import Task
from .manifest import Record


def put_in_place(task: Mapping[str, Any], record: Record) -> None:
    """Puts the staged result of a task into the place of its frame. record: of the frame. Raises OutputError."""
    staged, output = Path(task["staged"]), Path(task["output"])
    with atomic_write(_note(staged)) as beside:
        beside.write_text(json.dumps(record), "utf-8")
    with atomic_write(output) as beside:
        shutil.copyfile(staged, beside)
    staged.unlink()


def replaced(task: Task) -> Record | None:
    """The record of a task whose result has taken its place and which no manifest has yet; None where the frame is the drawing."""
    if task.staged is None:
        return None
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        record: Record = json.loads(_note(Path(task.staged)).read_text("utf-8"))
        if record["outputs"][task.output] == sha256_of(task.output):
            return record
    return None


def forget(task: Task) -> None:
    """Removes what is left of putting a result in its place, once a manifest has its record or it is to be made again."""
    if task.staged is not None:
        for path in (_note(Path(task.staged)), Path(task.staged)):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _note(staged: Path) -> Path:
    return staged.with_name(f"{staged.name}.json")
