"""A process that makes frames: tasks come as lines of JSON on stdin, results go as lines of JSON to stdout.

While one frame is painted, the next is read and the last one written, each in a thread; a place for one frame lies between
them, so memory does not grow. The process ends when its owner does, however that ends: then stdin is at its end.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..errors import ColorganError, DiskFull, OutOfMemory, no_memory
from ..files import written_by
from ..progress import Cancelled
from .frame_processor import Made, Read, Studio

T = TypeVar("T")


class Worker:
    def __init__(self, studio: Studio, source: Iterable[bytes], say: Callable[[dict[str, Any]], None]) -> None:
        self.studio, self.source, self.say = studio, source, say
        self.asked: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.ready: queue.Queue[Read | None] = queue.Queue(1)
        self.made: queue.Queue[Made | None] = queue.Queue(1)
        self.stopping = threading.Event()
        self.seconds: defaultdict[str, float] = defaultdict(float)  # of work, by frame

    def run(self) -> None:
        """Returns when the owner wants no more and all is written."""
        threads = [threading.Thread(target=each, daemon=True) for each in (self._listen, self._read, self._write)]
        for thread in threads:
            thread.start()
        while (read := self.ready.get()) is not None:
            made = self._try(read.task["frame"], lambda read=read: self.studio.paint(read, self._advance))  # type: ignore[misc]
            if made is not None:
                self.made.put(made)
        self.made.put(None)
        threads[-1].join()

    def _listen(self) -> None:
        for line in self.source:
            told = json.loads(line)
            if told.get("stop"):
                self.stopping.set()
            if told.get("stop") or told.get("end"):
                self.asked.put(None)
                return
            self.asked.put(told)
        os._exit(1)  # the owner is gone; what was begun is begun anew by the next one

    def _read(self) -> None:
        while (told := self.asked.get()) is not None and not self.stopping.is_set():
            if "choose" in told:
                task = told["choose"]
                look = self._try(task["frame"], lambda task=task: self.studio.choose(task))  # type: ignore[misc]
                self.seconds.pop(task["frame"], None)
                if look is not None:
                    self.say({"look": look})
            elif "look" in told:
                self.studio.wear(told["look"])
            else:
                task = told["task"]
                if "stretch" in task:
                    self._follow(task)
                    continue
                read = self._try(task["frame"], lambda task=task: self.studio.read(task))  # type: ignore[misc]
                if read is not None:
                    self.ready.put(read)
        self.ready.put(None)

    def _follow(self, task: dict[str, Any]) -> None:
        records = self._try(task["frame"], lambda: self.studio.follow(task, self._advance))
        self.seconds.pop(task["frame"], None)
        if records is not None:
            self.say({"done": task["frame"], "record": records})

    def _write(self) -> None:
        while (made := self.made.get()) is not None:
            frame = made.read.task["frame"]
            record = self._try(frame, lambda made=made: self.studio.write(made))  # type: ignore[misc]
            if record is not None:
                self.say({"done": frame, "record": {**record, "seconds": round(self.seconds.pop(frame), 3)}})

    def _try(self, frame: str, work: Callable[[], T]) -> T | None:
        """What `work` gives; what it raises is said of the frame, and None given."""
        began = time.monotonic()
        try:
            made = work()
            self.seconds[frame] += time.monotonic() - began
            return made
        except Cancelled:
            return None
        except Exception as error:
            seconds = round(self.seconds.pop(frame, 0.0) + time.monotonic() - began, 3)
            if os.environ.get("COLORGAN_TRACEBACK"):
                traceback.print_exc()
            told = {
                "failed": frame,
                "sentence": sentence_of(error),
                "full": isinstance(error, DiskFull),
                "seconds": seconds,
            }
            self.say(told)
            return None

    def _advance(self, share: float) -> None:
        if self.stopping.is_set():
            raise Cancelled


def sentence_of(error: Exception) -> str:
    if isinstance(error, ColorganError):
        return str(error)
    if no_memory(error):
        return str(OutOfMemory("There is not enough free memory for this frame."))
    return f"This is a bug: {type(error).__name__}: {' '.join(str(error).split()).rstrip('.')}."


def main() -> None:
    # stdout is the owner's; what a library prints must not come between
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    turn = threading.Lock()

    def say(told: dict[str, Any]) -> None:
        with turn:
            channel.write(json.dumps(told).encode() + b"\n")
            channel.flush()

    work(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer, say)


def work(settings: dict[str, Any], source: Iterable[bytes], say: Callable[[dict[str, Any]], None]) -> None:
    """Says what it is, or why it cannot begin, then does what the lines of `source` tell."""
    written_by(settings["token"])
    try:
        studio = Studio(settings)
    except ColorganError as error:
        say({"refused": str(error), "kind": type(error).__name__})
        return
    say({"about": studio.about()})
    Worker(studio, source, say).run()
