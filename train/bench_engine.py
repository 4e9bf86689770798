"""`colorgan bench engine`: what it costs to let another process do the work."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.operations import check
from colorgan_core.server.ask import ask
from colorgan_core.server.runtime_dir import Place
from colorgan_core.server.serve_command import end

from .timing import timed_in_turns

SIZES = (512, 1024, 2048, 4096)

UInt8 = NDArray[np.uint8]


def rings(size: int) -> UInt8:
    """(size, size, 3) line art: circles around the middle."""
    y, x = np.mgrid[0:size, 0:size]
    ring = np.abs(np.hypot(y - size / 2, x - size / 2) % (size / 5) - size / 10) < size / 256
    return np.repeat(np.where(ring, 0, 255).astype(np.uint8)[..., None], 3, 2)


def measure(console: Console, rounds: int) -> None:
    """Prints cold start, then for each size the time in this process, by the engine, and with another hint on the same picture."""
    with own_engine():
        started = time.perf_counter()
        asked(rings(64), {})
        console.print(f"cold start to the first result, 64 px: {time.perf_counter() - started:.1f} s")
        colorizer = Colorizer(Loaded())
        table = Table(
            "size", "in-process, ms", "engine, ms", "ratio", "another hint, ms", "ratio to the engine's first"
        )
        for size in SIZES:
            picture, marks = rings(size), hints(size)

            def here(picture: UInt8 = picture, marks: UInt8 = marks) -> None:
                colorizer.kept.clear()
                colorizer.cleaned.clear()
                _ = colorizer.colorize(build_request(picture, hints=marks, task="lineart")).picture

            def there(picture: UInt8 = picture, marks: UInt8 = marks) -> None:
                picture[0, 0] -= 1  # another picture, of which nothing is kept
                asked(picture, {"hints": [marks]})

            def again(picture: UInt8 = picture, marks: UInt8 = marks) -> None:
                marks[marks[..., 3] > 0, 0] += 1
                asked(picture, {"hints": [marks]})

            times = timed_in_turns({"here": here, "there": there, "again": again}, rounds)
            table.add_row(
                f"{size} x {size}", *(f"{times[name] * 1e3:.0f}" for name in ("here", "there")),
                f"{times['there'] / times['here']:.2f}", f"{times['again'] * 1e3:.0f}", f"{times['again'] / times['there']:.2f}",
            )  # fmt: skip
        console.print(table)
        large = rings(SIZES[-1])
        values = check("stylize", {"style": ["pixels"], "strength": 0.0})
        job = {"there and back": lambda: ask("stylize", values, {"picture": [large], "style": [rings(64)]})}
        seconds = timed_in_turns(job, rounds)["there and back"]
        console.print(f"transfer, there and back: {2 * large.nbytes / 1e6 / seconds:.0f} MB/s")


def hints(size: int) -> UInt8:
    marks = np.zeros((size, size, 4), np.uint8)
    marks[size // 2 : size // 2 + size // 20, size // 2 : size // 2 + size // 20] = 10, 120, 200, 255
    return marks


def asked(picture: UInt8, pixels: dict[str, list[Any]]) -> None:
    ask("colorize", check("colorize", {"task": "lineart"}), {"picture": [picture], **pixels})


@contextmanager
def own_engine() -> Iterator[None]:
    """An engine's folder for this alone; its engine ends with it."""
    before = os.environ.get("COLORGAN_DATA")
    with tempfile.TemporaryDirectory(prefix="cg") as folder:
        os.environ["COLORGAN_DATA"] = folder
        Place(Path(folder) / "engine").announce()
        try:
            yield
        finally:
            end(Place())
            os.environ.pop("COLORGAN_DATA")
            if before is not None:
                os.environ["COLORGAN_DATA"] = before
