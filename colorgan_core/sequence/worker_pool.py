"""A pool of workers: starts them, gives them tasks, and repeats the tasks of workers that have ended unexpectedly."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import errors
from ..errors import ColorganError, DiskFull, WeightsError
from .manifest import Record
from .worker_backend import Backend, Inbox, Message, WorkerHandle, cores

MAX_FAILED_STARTS = 3  # in a row
SHUTDOWN_TIMEOUT_S = 20.0  # for files that are being written when a job is stopped
POLL_S = 0.2  # seconds between checks whether to stop
CRASHED = "The worker process ended while it rendered this frame, more than once: it was killed, or memory ran out."

Task = dict[str, Any]  # identified by "frame"


class TaskCallbacks(NamedTuple):
    """Called for each task at its end. done: with its name, its record and the worker's environment. failed: with its name, the task, a
    sentence and the seconds that it took. recover: the record of a task whose worker has ended, if it was done before."""

    done: Callable[[str, Record, dict[str, str]], None]
    failed: Callable[[str, Task, str, float | None], None]
    recover: Callable[[str], Record | None] = lambda name: None


class WorkerPool:
    """size: the maximum number of workers. environment: of the first worker; all must have the same weights and version."""

    def __init__(
        self, backend: Backend, size: int, config: dict[str, Any], stop: threading.Event, note: Callable[[str], None]
    ) -> None:
        """config: of the workers. stop: ends everything early once it is set. note: receives sentences for the person."""
        self.backend, self.size, self.stop, self.note = backend, size, stop, note
        self.config = {**config, "threads": max(1, cores() // size)}
        self.inbox: Inbox = queue.Queue()
        self.workers: list[WorkerHandle] = []
        self.failed_starts = 0
        self.environment: dict[str, str] = {}
        self.has_noted_difference = False
        self.palette: Message | None = None
        self.pending: deque[Task] = deque()
        self.suspects: deque[Task] = deque()  # tasks during which a worker has ended; each is repeated alone
        self.attempts: Counter[str] = Counter()

    def start_worker(self) -> None:
        worker = self.backend.start_worker(self.config, self.inbox)
        if self.palette is not None:
            worker.send({"palette": self.palette})
        self.workers.append(worker)

    def wait_until_ready(self) -> bool:
        """Waits for the first worker; False if the job is stopped before."""
        while not self.stop.is_set():
            if any(worker.environment for worker in self.workers):
                return True
            if not self.workers:
                self.start_worker()
            self._receive()
        return False

    def set_palette(self, palette: Message | None) -> None:
        """Sets the palette of all current and future workers."""
        self.palette = palette
        for worker in self.workers:
            worker.send({"palette": palette})

    def choose_palette(self, task: Task) -> Message | None:
        """Has a worker choose the palette from one frame. None if the frame cannot be read, or the job is stopped."""
        for _ in range(self.backend.attempts):
            if not self.wait_until_ready():
                return None
            worker = next(worker for worker in self.workers if worker.environment)
            worker.send({"choose_palette": task})
            while not self.stop.is_set():
                received = self._receive()
                if received is None or received[0] is not worker:
                    continue
                message = received[1]
                if message is None:
                    break  # it has ended; another worker repeats the task
                if "failed" in message:
                    return None
                if "palette" in message:
                    return dict(message["palette"])
        return None

    def process(self, tasks: list[Task], callbacks: TaskCallbacks) -> None:
        """Processes all tasks, until `stop` is set. Raises DiskFull."""
        self.pending.extend(tasks)
        while self.pending or self.suspects or any(worker.tasks for worker in self.workers):
            if self.stop.is_set():
                self._finish_writing(callbacks)
                return
            self._assign_tasks()
            received = self._receive()
            if received is not None:
                self._handle(*received, callbacks)

    def finish(self) -> None:
        """Lets the workers end: there are no more tasks."""
        for worker in self.workers:
            worker.send({"end": True})

    def close(self) -> None:
        """Ends all workers, those that do not end by themselves by force."""
        for worker in self.workers:
            worker.send({"stop": True})
        for worker in self.workers:
            worker.close(0 if self.stop.is_set() else SHUTDOWN_TIMEOUT_S)
        self.backend.close()

    def _receive(self) -> tuple[WorkerHandle, Message | None] | None:
        """The next message of any worker, None if there is none for a moment.

        Raises the error with which a worker refuses to start, and ColorganError after several failed starts.
        """
        try:
            worker, message = self.inbox.get(timeout=POLL_S)
        except queue.Empty:
            return None
        if message is None:
            self.workers.remove(worker)
            worker.close(0)
            if worker.environment is None:
                self.failed_starts += 1
                if self.failed_starts >= MAX_FAILED_STARTS:
                    cause = worker.cause or "memory may be low"
                    raise ColorganError(f"The worker processes end before they can start ({cause}).")
        elif "refused" in message:
            raise getattr(errors, message["error_class"], ColorganError)(message["refused"])
        elif "environment" in message:
            worker.environment, self.failed_starts = message["environment"], 0
            self.environment = self.environment or message["environment"]
            self._compare(message["environment"])
        return worker, message

    def _compare(self, environment: dict[str, str]) -> None:
        """Raises WeightsError if workers would render different pixels; notes other differences once."""
        for name in ("weights", "version"):
            if environment[name] != self.environment[name]:
                raise WeightsError(
                    f"The machines of the cluster have different {name}, and frames would not match; install the same on all."
                )
        if environment != self.environment and not self.has_noted_difference:
            self.has_noted_difference = True
            processors = f"{environment['processor']}, {self.environment['processor']}"
            self.note(f"Machines differ ({processors}): flat colours are the same, shade may differ by a unit.")

    def _assign_tasks(self) -> None:
        unfinished = len(self.pending) + len(self.suspects) + sum(len(worker.tasks) for worker in self.workers)
        if len(self.workers) < min(self.size, unfinished):
            self.start_worker()
        for worker in self.workers:  # a suspect task needs a worker without other tasks
            if self.suspects and worker.capacity and not worker.tasks:
                worker.is_isolated = True
                worker.assign(self.suspects.popleft())
        while self.pending and not self.suspects:
            worker = max(self.workers, key=lambda worker: worker.capacity)
            if not worker.capacity:
                return
            worker.assign(self.pending.popleft())

    def _handle(self, worker: WorkerHandle, message: Message | None, callbacks: TaskCallbacks) -> None:
        if message is None:
            self._repeat_tasks(worker, callbacks)
        elif "done" in message:
            worker.is_isolated = False
            if worker.tasks.pop(message["done"], None) is not None:
                callbacks.done(message["done"], message["record"], worker.environment or {})
        elif "failed" in message:
            worker.is_isolated = False
            task = worker.tasks.pop(message["failed"], None)
            if message["disk_full"]:
                raise DiskFull(message["error"])
            if task is not None:
                callbacks.failed(message["failed"], task, message["error"], message["seconds"])

    def _repeat_tasks(self, worker: WorkerHandle, callbacks: TaskCallbacks) -> None:
        """After a worker has ended: repeats its tasks, unless they were done or were repeated too often."""
        for name, task in worker.tasks.items():
            record = callbacks.recover(name)
            if record is not None:
                callbacks.done(name, record, worker.environment or {})
                continue
            self.attempts[name] += 1
            if self.attempts[name] < self.backend.attempts:
                self.suspects.append(task)
            else:
                callbacks.failed(name, task, CRASHED, None)

    def _finish_writing(self, callbacks: TaskCallbacks) -> None:
        """Stops the workers. Frames that are being written are finished, those that are being rendered are dropped."""
        for worker in self.workers:
            worker.send({"stop": True})
        deadline = time.monotonic() + SHUTDOWN_TIMEOUT_S
        while self.workers and time.monotonic() < deadline:
            received = self._receive()
            if received is not None and received[1] is not None and "done" in received[1]:
                self._handle(*received, callbacks)
