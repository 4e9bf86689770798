"""Whose turn it is: requests of several clients, one at a time, fair between them."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from .protocol import Blob


@dataclass(eq=False)
class Job:
    """One request. client: whoever asked, told apart by identity. stopped: set when nobody wants the result any more."""

    client: Any
    number: int
    operation: str
    parameters: dict[str, Any]
    blobs: list[Blob]
    slot: str = ""
    preview: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    _ended: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self) -> bool:
        """True for the first caller only: a request has one final message."""
        with self._lock:
            first, self._ended = not self._ended, True
        return first


class Queue:
    """Waiting requests. For any number of threads."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Any, deque[Job]] = OrderedDict()  # the client whose turn is next comes first
        self._changed = threading.Condition()
        self._running: Job | None = None

    def put(self, job: Job) -> list[Job]:
        """Adds a request; returns those of the same client and slot whose place it takes, one that runs too. They are stopped."""
        with self._changed:
            replaced = [each for each in self._of(job.client) if job.slot and each.slot == job.slot]
            self._drop(replaced)
            self._waiting.setdefault(job.client, deque()).append(job)
            self._changed.notify()
        return replaced

    def take(self, seconds: float) -> Job | None:
        """The next request, which runs from now on until the next `take`; None where none comes in time."""
        with self._changed:
            self._running = None
            if not self._changed.wait_for(lambda: bool(self._waiting), seconds):
                return None
            client, jobs = next(iter(self._waiting.items()))
            self._running = jobs.popleft()
            del self._waiting[client]
            if jobs:
                self._waiting[client] = jobs  # behind the others
            return self._running

    def has(self, client: Any) -> bool:
        """Whether a request of a client waits or runs."""
        with self._changed:
            return bool(self._of(client))

    def waiting(self, client: Any) -> int:
        """How many requests of a client wait."""
        with self._changed:
            return len(self._waiting.get(client, ()))

    def stop(self, client: Any, number: int | None = None) -> list[Job]:
        """Stops one of a client's requests, or all, and returns what was waiting or running."""
        with self._changed:
            found = [job for job in self._of(client) if number is None or job.number == number]
            self._drop(found)
        return found

    def _of(self, client: Any) -> list[Job]:
        running = [self._running] if self._running is not None and self._running.client is client else []
        return running + list(self._waiting.get(client, ()))

    def _drop(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.stopped.set()
            waiting = self._waiting.get(job.client)
            if waiting is not None and job in waiting:
                waiting.remove(job)
                if not waiting:
                    del self._waiting[job.client]
