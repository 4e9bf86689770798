"""A frame of a sequence, and the task of rendering it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Frame:
    """name: as it is shown, "0012" or the file name without its suffix. number: None for a frame without a number."""

    name: str
    number: int | None = None


@dataclass(frozen=True)
class FrameTask:
    """What a worker needs to render one frame, as plain data.

    frame: the frame's name. inputs: its files by parameter; "picture" is the frame itself, None stands for a file that it lacks.
    output, report, thumbnail: the files to write. key: the file of its key. number: the frame's number.
    propagated_map: a region map with the colours propagated from keys, and propagated: what its record has of them; both are None
    in a job without keys, and until they are known. staged: where the result is stored before it replaces the frame itself.
    """

    frame: str
    inputs: dict[str, str | None]
    output: str
    report: str | None
    thumbnail: str
    key: str | None = None
    propagated_map: str | None = None
    propagated: dict[str, Any] | None = None
    number: int | None = None
    staged: str | None = None
