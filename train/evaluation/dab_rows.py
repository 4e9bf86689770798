"""The rows of the dabs table that run a program: colorgan, and G'MIC in an environment of its own.

Both are judged by their paint alone, on white: a scan's tinted paper shines through everything that is laid under it, and would count as
paint.

In dense screentone G'MIC takes up to 100 s for one result, and a drawing has up to 19 of them. So it gets TIME_LIMIT for each drawing;
when that is used up, its last result stays.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.errors import ColorganError
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.flats import Flats

from .dabs import Case, Dab, planes
from .processes import WORKERS

NEAR_INK = 150  # of 255: G'MIC takes every spot at its word, so hints beside ink darker than this are taken away
REACH = 2  # px around such ink
TIME_LIMIT = 180  # s of processor time that G'MIC gets for a drawing, so that the table of 200 drawings takes less than 100 minutes
RGB = NDArray[np.uint8]
Paint = Callable[[Sequence[Dab]], RGB]


def colorgan_row(case: Case, colorizer: Any) -> Paint:
    """Exact flats without shade, in the task that the program finds by itself. colorizer: a `Colorizer`."""

    def paint(dabs: Sequence[Dab]) -> RGB:
        hints, bare = planes(dabs, case.off.shape)
        request = build_request(
            case.picture,
            hints=hints if hints[..., 3].any() else None,
            bare=bare if bare.any() else None,
            shade=False,
        )
        painting = colorizer.colorize(request)
        return on_white(painting.picture) if painting.flats is None else paint_of(painting.flats)

    return paint


def paint_of(flats: Flats) -> RGB:
    """(h, w, 3) what is painted, white elsewhere."""
    return np.where(flats.painted[:, None], flats.colors, 255).astype(np.uint8)[flats.regions.labels]


class OutOfTime(Exception):
    """G'MIC was ended in the middle of a drawing."""


class Gmic:
    """A process with G'MIC that colours one drawing after the other. Use it with `with`.

    python: an interpreter that has G'MIC. folder: for its pictures; whoever made it takes it away.
    """

    def __init__(self, python: str, folder: Path) -> None:
        self.python, self.folder = python, folder

    def __enter__(self) -> Gmic:
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        self.process = subprocess.Popen(
            [self.python, "-I", str(WORKERS / "gmic_worker.py"), "lines"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # a job that was not read any more
                    stream.close()

    def row(self, case: Case, limit: float | None = None) -> GmicPaint:
        """limit: seconds of processor time for the whole drawing."""
        window = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
        return GmicPaint(self, case, cv2.erode(case.gray, window) < NEAR_INK, limit)

    def colored(
        self, gray: NDArray[np.uint8], hints: NDArray[np.uint8], limit: float | None = None
    ) -> tuple[RGB, float]:
        """Line art (h, w) with hints (h, w, 4), coloured, and the processor time in seconds that it took.

        Raises OutOfTime where it would take more than `limit`, ColorganError where G'MIC ends by itself.
        """
        paths = [self.folder / f"{name}.png" for name in ("lines", "hints", "result")]
        Image.fromarray(gray).save(paths[0], compress_level=1)
        Image.fromarray(hints).save(paths[1], compress_level=1)
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([[*map(str, paths), "alone"], limit]) + "\n")
            self.process.stdin.flush()
            answered = self.process.stdout.readline()
        except OSError:
            answered = ""
        if not answered:
            if limit is not None and self.process.wait() == -signal.SIGXCPU:
                self.__exit__()
                self.__enter__()
                raise OutOfTime
            raise ColorganError("G'MIC has stopped in the middle of a drawing.")
        with Image.open(paths[2]) as picture:
            return on_white(np.array(picture)), float(answered)


@dataclass
class GmicPaint:
    """G'MIC's row on one drawing. near: (h, w) pixels beside ink, where it gets no hints. limit, seconds: of processor time, allowed and
    used. timed_out: whether a result is missing for that."""

    gmic: Gmic
    case: Case
    near: NDArray[np.bool_]
    limit: float | None
    seconds: float = 0.0
    timed_out: bool = False
    last: list[NDArray[np.uint8]] = field(
        default_factory=list
    )  # hints and result: a dab in dense tone leaves no new hint

    def __call__(self, dabs: Sequence[Dab]) -> RGB:
        hints, bare = planes(dabs, self.case.off.shape)
        hints[bare] = 255
        hints[self.near] = 0
        if not hints[..., 3].any():
            return np.full((*self.case.off.shape, 3), 255, np.uint8)
        if not self.timed_out and not (self.last and np.array_equal(hints, self.last[0])):
            left = None if self.limit is None else self.limit - self.seconds
            try:
                result, seconds = self.gmic.colored(self.case.gray, hints, left)
                self.seconds += seconds
                self.last = [hints, result]
            except OutOfTime:
                self.timed_out = True
        return self.last[1] if self.last else np.full((*self.case.off.shape, 3), 255, np.uint8)


def on_white(picture: NDArray[np.uint8]) -> RGB:
    """(h, w, 3) of a result with or without transparency."""
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.rint(picture[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
