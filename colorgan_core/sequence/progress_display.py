"""Who is told how far a job is: a bar on a terminal; elsewhere, a line every ten seconds. Both on stderr."""

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

EVERY = 10.0  # s between two lines


class Count:
    """How far a job is. what: the pieces that are counted, or, where `total` is None, what is done before any can be."""

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
        passed = self.clock() - self.began
        if self.total is None:
            return f"{self.what}, {duration(passed)} so far."
        words = [f"{self.count} of {self.total} {self.what}"]
        if self.failures:
            words.append(f"{self.failures} failed")
        if self.count:
            words += [pace(self.count, passed), f"{duration(passed / self.count * (self.total - self.count))} left"]
        else:
            words.append(f"{duration(passed)} so far")
        return ", ".join(words) + "."


class Onlooker:
    """Of `colorgan batch`. notes: all that was said beside progress and failures. The bar goes when all is done."""

    def __init__(self, stream: TextIO | None = None, every: float | None = None) -> None:
        self.notes: list[str] = []
        self.count, self.every = Count(), every or EVERY
        stream = stream or sys.stderr
        self.console = Console(file=stream, highlight=False, soft_wrap=True)
        # a terminal that cannot move its cursor shows no bar, and neither does a file that was told to be in colour
        self.is_watched = stream.isatty() and not self.console.is_dumb_terminal
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=self.console, transient=True, disable=not self.is_watched,
        )  # fmt: skip
        self.task = self.bar.add_task(self.count.what, total=None)
        self.stack = ExitStack()

    def __enter__(self) -> Onlooker:
        if self.is_watched:
            self.stack.enter_context(self.bar)
        else:
            self.stack.enter_context(heartbeat(self.every, lambda: self._say(self.count.sentence)))
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def stage(self, what: str) -> None:
        self.count.stage(what)
        self._show(None, what)

    def begin(self, total: int, what: str) -> None:
        self.count.begin(total, what)
        self._show(total, what)

    def _show(self, total: int | None, what: str) -> None:
        self.bar.remove_task(self.task)
        self.task = self.bar.add_task(what, total=total)

    def done(self, frame: str) -> None:
        self.count.done(frame)
        self.bar.advance(self.task)

    def failed(self, frame: str, sentence: str) -> None:
        self.count.failed(frame, sentence)
        self.bar.advance(self.task)
        self._say(f"frame {frame}: {sentence}")

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.console.print(printable(f"colorgan: {sentence}"), markup=False)
