"""The outcome of a job, frame by frame, and the interface for its progress."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..errors import ColorganError
from .frame import FrameTask
from .manifest import Record


class ProgressListener(Protocol):
    """stage: a step begins that has no items to count. begin: a step with `total` items begins; each is reported with `done` or `failed`.
    what: the step or its items, in words."""

    def stage(self, what: str) -> None: ...
    def begin(self, total: int, what: str) -> None: ...
    def done(self, frame: str) -> None: ...
    def failed(self, frame: str, sentence: str) -> None: ...
    def note(self, sentence: str) -> None: ...


@dataclass(frozen=True)
class FrameState:
    """The state of a frame at the end. reason: why it was out of date, "" if it was not. is_attempted: False for frames that a stopped job
    did not reach. record: from the manifest. propagated: the record of its colours from keys, None without keys."""

    task: FrameTask
    reason: str
    is_attempted: bool
    record: Record | None
    propagated: Record | None = None

    @property
    def kind(self) -> str:
        """ "made" in this run, "kept" if it was up to date, "failed", or "missing" if it was not attempted."""
        if self.reason and not self.is_attempted:
            return "missing"
        return "failed" if self.error is not None else "made" if self.reason else "kept"

    @property
    def error(self) -> str | None:
        return None if self.record is None else self.record.get("error")


@dataclass(frozen=True)
class Outcome:
    """error: what ended the job early, None if nothing did."""

    states: tuple[FrameState, ...]
    error: ColorganError | None = None

    @property
    def stopped(self) -> bool:
        """Whether any frame is still to be rendered."""
        return any(state.kind == "missing" for state in self.states)

    def findings(self, kind: str) -> dict[str, int]:
        """The number of findings of a kind in each frame that has any."""
        counts = (
            (state.task.frame, (state.record or {}).get("findings", {}).get(kind, 0))
            for state in self.states
            if state.kind in ("made", "kept")
        )
        return {frame: count for frame, count in counts if count}

    def of(self, kind: str) -> list[FrameState]:
        return [state for state in self.states if state.kind == kind]


def frames_named(names: Iterable[str], limit: int = 10) -> str:
    """ "0001, 0002 and 3 more"."""
    listed = list(names)
    shown = ", ".join(listed[:limit])
    return shown if len(listed) <= limit else f"{shown} and {len(listed) - limit} more"
