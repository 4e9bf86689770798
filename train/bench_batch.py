"""`colorgan bench batch` and `cluster`: frames a second of a sequence, on one machine and on several."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from .bench_engine import rings

SINGLES = 4  # calls of the command line are all alike, and slow
SHIFT = 3  # px from frame to frame
ALIKE = ["--task", "lineart", "--palette", "#e63946,#f1faee,#457b9d"]
FARM = 100  # machines of the model
LONG = 4  # times as many frames as in the short job: what differs is the frames' own
MANY, SMALL = 200, 128  # frames and pixels by which the owner is timed, whose work does not depend on their size


def measure(console: Console, frames: int, size: int) -> None:
    """Prints the frames a second of single calls, of one process and of two, starts and ends included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _draw(folder, frames, size)
        rates = {"single calls of colorgan colorize": _singles(folder)}
        for workers in (1, 2):
            words = [folder / "line.####.png", "-o", folder / f"{workers}" / "*.png", "--workers", workers]
            rates[f"colorgan batch --workers {workers}"] = frames / _seconds("batch", *words)
    table = Table(
        "what", "frames a second", "ratio to the first", title=f"{frames} frames of {size} px", title_justify="left"
    )
    first = next(iter(rates.values()))
    for what, rate in rates.items():
        table.add_row(what, f"{rate:.2f}", f"{rate / first:.1f}")
    console.print(table)


class Run(NamedTuple):
    """seconds: by the clock. owner: of the owner's processor time. megabytes: read and written, by all."""

    frames: int
    seconds: float
    owner: float
    megabytes: float

    def beyond(self, other: Run) -> Run:
        """What one frame more costs."""
        frames = self.frames - other.frames
        return Run(1, *((ours - theirs) / frames for ours, theirs in zip(self[1:], other[1:], strict=True)))


def measure_cluster(console: Console, frames: int, size: int) -> None:
    """Prints what a Ray cluster of one, two and three nodes of this machine makes, and from it what a farm would.

    Every node has one processor; a short and a long job tell what a job costs from what a frame costs.
    """
    table = Table(
        "nodes", "start, s", "frames a second", "ratio",
        title=f"frames of {size} px, beyond the first {frames}", title_justify="left",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as large, tempfile.TemporaryDirectory() as small:
        _draw(Path(large), LONG * frames, size)
        _draw(Path(small), LONG * MANY, SMALL)
        alone = None
        for nodes in (1, 2, 3):
            with _cluster(nodes) as address:
                short, long = (_clustered(Path(large), count, address) for count in (frames, LONG * frames))
            each = long.beyond(short)
            alone = alone or each
            start, ratio = short.seconds - short.frames * each.seconds, alone.seconds / each.seconds
            table.add_row(f"{nodes}", f"{start:.1f}", f"{1 / each.seconds:.2f}", f"{ratio:.2f}")
        with _cluster(2) as address:
            short, long = (_clustered(Path(small), count, address) for count in (MANY, LONG * MANY))
    owner, rate = long.beyond(short).owner, FARM / alone.seconds
    console.print(table)
    console.print(
        f"A frame is {alone.megabytes:.2f} MB to and from storage, and takes {owner * 1e3:.2f} ms of the owner's processor "
        f"({(LONG - 1) * MANY} frames of {SMALL} px). {FARM} nodes like the one above would make {rate:.0f} frames a second, if "
        f"storage gives {rate * alone.megabytes:.0f} MB and the owner's processor {rate * owner:.2f} s a second. One owner keeps up "
        f"with {1 / owner:.0f} frames a second, which is {alone.seconds / owner:.0f} nodes."
    )


@contextlib.contextmanager
def _cluster(nodes: int) -> Iterator[str]:
    """Its address."""
    from ray.cluster_utils import Cluster

    made: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(nodes):
            made.add_node(num_cpus=1)
        yield made.address
    finally:
        made.shutdown()


def _clustered(folder: Path, frames: int, address: str) -> Run:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = [folder / "line.####.png", "--frames", f"1-{frames}", "-o", f"{name}/*.png", "--cluster", "auto"]
        seconds = _seconds("batch", *words, RAY_ADDRESS=address)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        owner = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        written = sum(path.stat().st_size for path in Path(name).rglob("*") if path.is_file())
    read = sum((folder / f"line.{number:04}.png").stat().st_size for number in range(1, frames + 1))
    return Run(frames, seconds, owner, (read + written) / 1e6)


def _draw(folder: Path, frames: int, size: int) -> None:
    drawing = rings(size)
    for number in range(1, frames + 1):
        cv2.imwrite(str(folder / f"line.{number:04}.png"), np.roll(drawing, SHIFT * number, 1))


def _singles(folder: Path) -> float:
    pictures = sorted(folder.glob("line.*.png"))[:SINGLES]
    seconds = sum(_seconds("colorize", path, "-o", path.with_name(f"single.{path.name}")) for path in pictures)
    return len(pictures) / seconds


def _seconds(command: str, *words: object, **environment: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "colorgan_core", command, *map(str, words), *ALIKE],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment},
    )  # fmt: skip
    return time.perf_counter() - started
