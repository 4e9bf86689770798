"""How a job went, frame by frame, and who is told of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..errors import ColorganError
from .job import Task
from .manifest import Record


class Watch(Protocol):
    """Who looks on. stage: what is done where nothing can be counted. begin: so many pieces of work are to be done, and are told
    one by one from now on."""

    def stage(self, what: str) -> None: ...
    def begin(self, total: int, what: str) -> None: ...
    def done(self, frame: str) -> None: ...
    def failed(self, frame: str, sentence: str) -> None: ...
    def note(self, sentence: str) -> None: ...


@dataclass(frozen=True)
class State:
    """How a frame stands at the end. reason: why it was to be made, "" where it was up to date. tried: whether it was come to, since
    a job can be stopped. record: what the manifest has of it. known: what it has of what keys say, None without keys."""

    task: Task
    reason: str
    tried: bool
    record: Record | None
    known: Record | None = None

    @property
    def kind(self) -> str:
        """ "made", "kept", "failed", or "missing" where it is still to be made."""
        if self.reason and not self.tried:
            return "missing"
        return "failed" if self.error is not None else "made" if self.reason else "kept"

    @property
    def error(self) -> str | None:
        return None if self.record is None else self.record.get("error")


@dataclass(frozen=True)
class Outcome:
    """error: what ended the job before its time, None where nothing did."""

    states: tuple[State, ...]
    error: ColorganError | None = None

    @property
    def stopped(self) -> bool:
        """Whether anything is left to be made."""
        return any(state.kind == "missing" for state in self.states)

    def finding(self, kind: str) -> dict[str, int]:
        """How many findings of a kind there are in each frame that is made and has any."""
        found = (
            (state.task.frame, (state.record or {}).get("findings", {}).get(kind, 0))
            for state in self.states
            if state.kind in ("made", "kept")
        )
        return {frame: count for frame, count in found if count}

    def of(self, kind: str) -> list[State]:
        return [state for state in self.states if state.kind == kind]


def frames_named(names: Iterable[str], most: int = 10) -> str:
    """ "0001, 0002 and 3 more"."""
    listed = list(names)
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most} more"
