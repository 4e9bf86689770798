"""The thread that talks to the engine, so that Krita never waits."""

from __future__ import annotations

import queue
import threading

from .bridge import Cancelled, Engine, EngineError, connect_or_start
from .jobs import Job, bug
from .qt import QtCore


class Worker(QtCore.QObject):  # type: ignore[misc]
    """Runs one job at a time; a newer one takes the place of an older. Signals arrive in the thread that made the worker."""

    progress = QtCore.pyqtSignal(object, float)  # the job, share of the work 0..1
    done = QtCore.pyqtSignal(object)  # the job, with its result
    failed = QtCore.pyqtSignal(object, str)  # the job, sentences
    cancelled = QtCore.pyqtSignal(object)  # the job

    def __init__(self) -> None:
        super().__init__()
        self._jobs: queue.Queue[Job] = queue.Queue()
        self._current: Job | None = None  # what is wanted; any other is to end
        self._engine: Engine | None = None
        self._thread: threading.Thread | None = None

    def start(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="colorgan", daemon=True)
            self._thread.start()
        self._current = job
        self._jobs.put(job)

    def cancel(self) -> None:
        self._current = None

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is not self._current:
                self.cancelled.emit(job)
                continue
            try:
                if self._engine is None:
                    self._engine = connect_or_start()
                engine = self._engine
                job.ask(
                    engine,
                    lambda progress, job=job: self.progress.emit(job, progress.share),  # type: ignore[misc]
                    lambda job=job: job is not self._current,  # type: ignore[misc]
                    "krita",
                )
            except Cancelled:
                self.cancelled.emit(job)
            except EngineError as error:
                self._close_if_gone()
                self.failed.emit(job, str(error))
            except Exception as error:
                self._close_if_gone()
                self.failed.emit(job, bug(error))
            else:
                self.done.emit(job)

    def _close_if_gone(self) -> None:
        """After an error the connection is used again only if the engine still answers on it."""
        if self._engine is not None:
            try:
                self._engine.ping()
            except EngineError:
                self._engine.close()
                self._engine = None
