"""The processes that make frames, as their owner sees them: plain data to them and from them, and word of their end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeAlias

Told = dict[str, Any]
Mail: TypeAlias = "queue.Queue[tuple[Any, Told | None]]"  # who says what; None: it has ended
USUAL = 4  # processes at most, where nobody says how many: each has frames in memory
# -I: a picture's folder may hold anything, a torch.py too; what this process imports from, the others do.
START = f"import sys; sys.path = {[path for path in sys.path if path]!r}; from colorgan_core.sequence.worker import main; main()"
AHEAD = 3  # frames that one process has at a time: one is read, one painted, one written


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """Processes on this machine. size: how many there may be. usual: how many there are where nobody says. tries: of a frame in whose
    midst a process has ended."""

    tries = 2
    what = "cores"

    def __init__(self) -> None:
        self.size = cores()
        self.usual = min(USUAL, self.size)

    def hire(self, settings: Told, mail: Mail) -> Hand:
        return ProcessHand(settings, mail)

    def close(self) -> None:
        """There is nothing beside the processes."""


class Hand(ABC):
    """One that makes frames. frames: what it is at, by name. about: what it says of itself once it is ready. cause: why it has ended, where
    anybody knows. alone: whether it has a frame that may have ended another one, and gets no other meanwhile."""

    def __init__(self) -> None:
        self.frames: dict[str, Told] = {}
        self.about: Told | None = None
        self.cause: str | None = None
        self.alone = False

    @property
    def room(self) -> int:
        return 0 if self.about is None or self.alone else AHEAD - len(self.frames)

    def give(self, task: Told) -> None:
        self.frames[task["frame"]] = task
        self.send({"task": task})

    @abstractmethod
    def send(self, told: Mapping[str, Any]) -> None: ...

    @abstractmethod
    def end(self, seconds: float) -> None:
        """Waits for what it is writing, and no longer than that."""


class ProcessHand(Hand):
    """A process of this machine."""

    def __init__(self, settings: Told, mail: Mail) -> None:
        super().__init__()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        more: dict[str, Any] = {}
        if sys.platform == "win32":
            more["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            more["start_new_session"] = True  # Ctrl-C is the owner's, who stops the others in order
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", START],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            # libraries complain of pictures there; what matters comes as a sentence
            stderr=None if os.environ.get("COLORGAN_TRACEBACK") else subprocess.DEVNULL, **more,
        )  # fmt: skip
        self.send(settings)
        threading.Thread(target=self._listen, args=(mail,), daemon=True).start()

    def send(self, told: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended, which its mail says
            self.process.stdin.write(json.dumps(told).encode() + b"\n")
            self.process.stdin.flush()

    def end(self, seconds: float) -> None:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _listen(self, mail: Mail) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(b"\n"):
                mail.put((self, json.loads(line)))
        self.process.stdout.close()
        self.process.wait()
        mail.put((self, None))
