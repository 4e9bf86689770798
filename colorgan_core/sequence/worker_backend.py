"""Workers as the parent process sees them: where they run, and the messages to and from them."""

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
from typing import Any, Protocol, TypeAlias

Message = dict[str, Any]
Inbox: TypeAlias = "queue.Queue[tuple[WorkerHandle, Message | None]]"  # messages by sender; None: the worker has ended
DEFAULT_WORKERS = 4  # each holds frames in memory
# -I, since the working directory may hold a torch.py; the workers get the import path of this process instead.
START = f"import sys; sys.path = {[path for path in sys.path if path]!r}; from colorgan_core.sequence.worker import main; main()"
TASKS_AHEAD = 3  # tasks that one worker has at a time: one is read, one rendered, one written


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkerHandle(ABC):
    """A worker. tasks: those that it has, by frame. environment: what it has reported about itself, None until it is ready. cause: why it
    has ended, if that is known. is_isolated: it has a task that may have ended another worker, and gets no other one meanwhile."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.environment: dict[str, str] | None = None
        self.cause: str | None = None
        self.is_isolated = False

    @property
    def capacity(self) -> int:
        """The number of further tasks that it can take."""
        return 0 if self.environment is None or self.is_isolated else TASKS_AHEAD - len(self.tasks)

    def assign(self, task: dict[str, Any]) -> None:
        self.tasks[task["frame"]] = task
        self.send({"task": task})

    @abstractmethod
    def send(self, message: Mapping[str, Any]) -> None: ...

    @abstractmethod
    def close(self, timeout: float) -> None:
        """Waits at most `timeout` seconds until it ends by itself, then ends it."""


class Backend(Protocol):
    """Where workers run. capacity: the maximum number of workers. default_workers: how many there are unless a job sets it. attempts: for
    a task during which a worker has ended. unit: what limits the capacity, in words."""

    capacity: int
    default_workers: int
    attempts: int
    unit: str

    def start_worker(self, config: dict[str, Any], inbox: Inbox) -> WorkerHandle: ...
    def close(self) -> None: ...


class LocalBackend:
    """Worker processes on this machine."""

    attempts = 2
    unit = "cores"

    def __init__(self) -> None:
        self.capacity = cores()
        self.default_workers = min(DEFAULT_WORKERS, self.capacity)

    def start_worker(self, config: dict[str, Any], inbox: Inbox) -> WorkerHandle:
        return ProcessHandle(config, inbox)

    def close(self) -> None:
        """There is nothing to close besides the workers."""


class ProcessHandle(WorkerHandle):
    """A worker process on this machine."""

    def __init__(self, config: dict[str, Any], inbox: Inbox) -> None:
        super().__init__()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        options: dict[str, Any] = {}
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            options["start_new_session"] = True  # Ctrl-C only reaches the parent, which stops the workers in order
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", START],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            # warnings of libraries; errors arrive as messages
            stderr=None if os.environ.get("COLORGAN_TRACEBACK") else subprocess.DEVNULL, **options,
        )  # fmt: skip
        self.send(config)
        threading.Thread(target=self._receive, args=(inbox,), daemon=True).start()

    def send(self, message: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended, which the inbox reports
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def close(self, timeout: float) -> None:
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _receive(self, inbox: Inbox) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(b"\n"):
                inbox.put((self, json.loads(line)))
        self.process.stdout.close()
        self.process.wait()
        inbox.put((self, None))
