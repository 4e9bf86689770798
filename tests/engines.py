"""A real engine in a process of its own, and pictures to ask it for."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from colorgan_core.server.runtime_dir import Place
from colorgan_core.server.server import Server
from colorgan_plugin.client import Blob, EngineError, connect

Array = np.ndarray[Any, Any]


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def start(place: Path, weights: Path, *options: str) -> subprocess.Popen[bytes]:
    """`colorgan serve` for this folder; returns when it answers."""
    command = [sys.executable, "-m", "colorgan_core", "serve", "--weights", str(weights), *options]
    environment = {**os.environ, "COLORGAN_DATA": str(place.parent), "OMP_WAIT_POLICY": "PASSIVE"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def answers() -> bool:
        assert process.poll() is None, "the engine ended"
        try:
            connect(str(place)).close()
        except EngineError:
            return False
        return True

    wait_for(answers, 60)
    return process


def page(size: int = 160, seed: int = 0) -> Array:
    """A drawing of boxes, (size, size, 3)."""
    dice, picture = np.random.default_rng(seed), np.full((size, size, 3), 255, np.uint8)
    for _ in range(4):
        x, y = dice.integers(0, size // 2, 2)
        cv2.rectangle(
            picture, (int(x), int(y)), (int(x) + size // 3, int(y) + size // 3), (0, 0, 0), max(2, size // 100)
        )
    return picture


def blob(name: str, array: Array) -> Blob:
    return Blob(name, array.shape[1], array.shape[0], array.shape[2], str(array.dtype), array.tobytes())


def pixels(found: Blob) -> Array:
    return np.frombuffer(found.data, found.dtype).reshape(found.height, found.width, found.channels)


def hints(size: int, color: tuple[int, int, int]) -> Array:
    marks = np.zeros((size, size, 4), np.uint8)
    marks[size // 2 : size // 2 + 9, size // 2 : size // 2 + 9] = (*color, 255)
    return marks


@contextlib.contextmanager
def serving(place: Path, workshop: Any, **options: Any) -> Iterator[Server]:
    """A server with this workshop, in threads of this process. options: of Server."""
    here = Place(place)
    here.announce()
    ready, server = threading.Event(), Server(here, workshop, 3600, **options)
    thread = threading.Thread(target=server.serve, args=(ready.set,))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()
