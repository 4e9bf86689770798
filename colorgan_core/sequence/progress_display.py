"""Progress on stderr: a bar on a terminal, otherwise a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..progress import duration, heartbeat, pace
from ..terminal import printable

LINE_INTERVAL_S = 10.0  # seconds between two lines


class ProgressCount:
    """The progress of the current step. total: of its items, None if it has none. what: the items, or the step itself, in words."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.stage("loading the weights")

    def stage(self, what: str) -> None:
        self.total: int | None = None
        self.what, self.count, self.failures, self.began = what, 0, 0, self.clock()

    def begin(self, total: int, what: str) -> None:
        self.stage(what)
        self.total = total

    def done(self, frame: str) -> None:
        self.count += 1

    def failed(self, frame: str, sentence: str) -> None:
        self.count += 1
        self.failures += 1

    @property
    def sentence(self) -> str:
        """ "14 of 240 frames, 1 failed, 1.9 a second, 2 min left."."""
        elapsed = self.clock() - self.began
        if self.total is None:
            return f"{self.what}, {duration(elapsed)} so far."
        words = [f"{self.count} of {self.total} {self.what}"]
        if self.failures:
            words.append(f"{self.failures} failed")
        if self.count:
            words += [pace(self.count, elapsed), f"{duration(elapsed / self.count * (self.total - self.count))} left"]
        else:
            words.append(f"{duration(elapsed)} so far")
        return ", ".join(words) + "."


class ProgressDisplay:
    """The progress of `colorgan batch`. notes: all notes so far. The bar disappears at the end."""

    def __init__(self, stream: TextIO | None = None, interval: float | None = None) -> None:
        self.notes: list[str] = []
        self.count, self.interval = ProgressCount(), interval or LINE_INTERVAL_S
        stream = stream or sys.stderr
        self.console = Console(file=stream, highlight=False, soft_wrap=True)
        # no bar on terminals that cannot move the cursor, nor in files, even with forced colours
        self.shows_bar = stream.isatty() and not self.console.is_dumb_terminal
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=self.console, transient=True, disable=not self.shows_bar,
        )  # fmt: skip
        self.task = self.bar.add_task(self.count.what, total=None)
        self.stack = ExitStack()

    def __enter__(self) -> ProgressDisplay:
        if self.shows_bar:
            self.stack.enter_context(self.bar)
        else:
            self.stack.enter_context(heartbeat(self.interval, lambda: self._print(self.count.sentence)))
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def stage(self, what: str) -> None:
        self.count.stage(what)
        self._reset_bar(None, what)

    def begin(self, total: int, what: str) -> None:
        self.count.begin(total, what)
        self._reset_bar(total, what)

    def _reset_bar(self, total: int | None, what: str) -> None:
        self.bar.remove_task(self.task)
        self.task = self.bar.add_task(what, total=total)

    def done(self, frame: str) -> None:
        self.count.done(frame)
        self.bar.advance(self.task)

    def failed(self, frame: str, sentence: str) -> None:
        self.count.failed(frame, sentence)
        self.bar.advance(self.task)
        self._print(f"frame {frame}: {sentence}")

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)
        self._print(sentence)

    def _print(self, sentence: str) -> None:
        self.console.print(printable(f"colorgan: {sentence}"), markup=False)
