"""The worker process: receives messages as lines of JSON on stdin and sends messages as lines of JSON on stdout.

While one frame is rendered, the next one is read and the previous one is written, each in a thread. Queues of one frame between them bound
the memory. The process ends when its parent does, because stdin is closed then.
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
from functools import partial
from typing import Any, TypeVar

from ..errors import ColorganError, DiskFull, OutOfMemory, no_memory
from ..files import written_by
from ..progress import Cancelled
from .frame_processor import FrameProcessor, LoadedFrame, RenderedFrame
from .worker_backend import Message

T = TypeVar("T")


class Worker:
    """messages: lines of JSON from the parent. send: sends a message to it."""

    def __init__(self, processor: FrameProcessor, messages: Iterable[bytes], send: Callable[[Message], None]) -> None:
        self.processor, self.messages, self.send = processor, messages, send
        self.requests: queue.Queue[Message | None] = queue.Queue()
        self.loaded: queue.Queue[LoadedFrame | None] = queue.Queue(1)
        self.rendered: queue.Queue[RenderedFrame | None] = queue.Queue(1)
        self.stopping = threading.Event()
        self.seconds: defaultdict[str, float] = defaultdict(float)  # of work, by frame

    def run(self) -> None:
        """Returns after an "end" or "stop" message, when everything is written."""
        threads = [threading.Thread(target=each, daemon=True) for each in (self._receive, self._read, self._write)]
        for thread in threads:
            thread.start()
        while (frame := self.loaded.get()) is not None:
            rendered = self._try(frame.task["frame"], partial(self.processor.render, frame, self._check_stop))
            if rendered is not None:
                self.rendered.put(rendered)
        self.rendered.put(None)
        threads[-1].join()

    def _receive(self) -> None:
        for line in self.messages:
            message = json.loads(line)
            if message.get("stop"):
                self.stopping.set()
            if message.get("stop") or message.get("end"):
                self.requests.put(None)
                return
            self.requests.put(message)
        os._exit(1)  # the parent has ended; the next run renders unfinished frames again

    def _read(self) -> None:
        while (message := self.requests.get()) is not None and not self.stopping.is_set():
            if "choose_palette" in message:
                self._choose_palette(message["choose_palette"])
            elif "palette" in message:
                self.processor.set_palette(message["palette"])
            elif "interval" in message["task"]:
                self._propagate_keys(message["task"])
            else:
                task = message["task"]
                frame = self._try(task["frame"], partial(self.processor.read, task))
                if frame is not None:
                    self.loaded.put(frame)
        self.loaded.put(None)

    def _choose_palette(self, task: dict[str, Any]) -> None:
        palette = self._try(task["frame"], partial(self.processor.choose_palette, task))
        self.seconds.pop(task["frame"], None)
        if palette is not None:
            self.send({"palette": palette})

    def _propagate_keys(self, task: dict[str, Any]) -> None:
        records = self._try(task["frame"], partial(self.processor.propagate_keys, task, self._check_stop))
        self.seconds.pop(task["frame"], None)
        if records is not None:
            self.send({"done": task["frame"], "record": records})

    def _write(self) -> None:
        while (rendered := self.rendered.get()) is not None:
            frame = rendered.frame.task["frame"]
            record = self._try(frame, partial(self.processor.write, rendered))
            if record is not None:
                self.send({"done": frame, "record": {**record, "seconds": round(self.seconds.pop(frame), 3)}})

    def _try(self, frame: str, work: Callable[[], T]) -> T | None:
        """The result of `work`; None if it raises, after a "failed" message about the frame."""
        began = time.monotonic()
        try:
            result = work()
            self.seconds[frame] += time.monotonic() - began
            return result
        except Cancelled:
            return None
        except Exception as error:
            seconds = round(self.seconds.pop(frame, 0.0) + time.monotonic() - began, 3)
            if os.environ.get("COLORGAN_TRACEBACK"):
                traceback.print_exc()
            is_full = isinstance(error, DiskFull)
            self.send({"failed": frame, "error": error_message(error), "disk_full": is_full, "seconds": seconds})
            return None

    def _check_stop(self, share: float) -> None:
        if self.stopping.is_set():
            raise Cancelled


def error_message(error: Exception) -> str:
    if isinstance(error, ColorganError):
        return str(error)
    if no_memory(error):
        return str(OutOfMemory("There is not enough free memory for this frame."))
    return f"This is a bug: {type(error).__name__}: {' '.join(str(error).split()).rstrip('.')}."


def main() -> None:
    # Output of libraries goes to stderr, since stdout is reserved for messages.
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(message: Message) -> None:
        with lock:
            stdout.write(json.dumps(message).encode() + b"\n")
            stdout.flush()

    serve(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer, send)


def serve(config: dict[str, Any], messages: Iterable[bytes], send: Callable[[Message], None]) -> None:
    """Sends "environment", or "refused" if it cannot start, then processes messages. config: as of FrameProcessor, and `token`."""
    written_by(config["token"])
    try:
        processor = FrameProcessor(config)
    except ColorganError as error:
        send({"refused": str(error), "error_class": type(error).__name__})
        return
    send({"environment": processor.environment()})
    Worker(processor, messages, send).run()
