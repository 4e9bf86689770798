"""Results that replace their own frames (`--overwrite`). No frame is ever coloured twice.

The result is first written to a staging file, with its record beside it, and then replaces the frame. After a kill at any moment the
record shows whether the frame is still the drawing or already the result.
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
from .frame import FrameTask
from .manifest import Record


def replace_frame(task: Mapping[str, Any], record: Record) -> None:
    """Replaces a frame with its staged result. record: of the frame. Raises OutputError."""
    staged, output = Path(task["staged"]), Path(task["output"])
    with atomic_write(_record_path(staged)) as beside:
        beside.write_text(json.dumps(record), "utf-8")
    with atomic_write(output) as beside:
        shutil.copyfile(staged, beside)
    staged.unlink()


def replaced_record(task: FrameTask) -> Record | None:
    """The record of a frame that has been replaced with its result but is not in the manifest yet; None if the frame is the drawing."""
    if task.staged is None:
        return None
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        record: Record = json.loads(_record_path(Path(task.staged)).read_text("utf-8"))
        if record["outputs"][task.output] == sha256_of(task.output):
            return record
    return None


def remove_staged(task: FrameTask) -> None:
    """Removes the staging file and its record, once the manifest has the record."""
    if task.staged is not None:
        for path in (_record_path(Path(task.staged)), Path(task.staged)):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _record_path(staged: Path) -> Path:
    return staged.with_name(f"{staged.name}.json")
