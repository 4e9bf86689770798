"""`colorgan bench batch`: frames a second of a sequence, beside one call of the command line a frame."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from .bench_engine import rings

SINGLES = 4  # calls of the command line are all alike, and slow
SHIFT = 3  # px from frame to frame


def measure(console: Console, frames: int, size: int) -> None:
    """Prints the frames a second of single calls, of one process and of two, starts and ends included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawing = rings(size)
        for number in range(1, frames + 1):
            cv2.imwrite(str(folder / f"line.{number:04}.png"), np.roll(drawing, SHIFT * number, 1))
        alike = ["--task", "lineart", "--palette", "#e63946,#f1faee,#457b9d"]
        rates = {"single calls of colorgan colorize": _singles(folder, alike)}
        for workers in (1, 2):
            words = ["batch", folder / "line.####.png", "-o", folder / f"{workers}" / "*.png", "--workers", workers]
            rates[f"colorgan batch --workers {workers}"] = frames / _seconds(*words, *alike)
    table = Table(
        "what", "frames a second", "ratio to the first", title=f"{frames} frames of {size} px", title_justify="left"
    )
    first = next(iter(rates.values()))
    for what, rate in rates.items():
        table.add_row(what, f"{rate:.2f}", f"{rate / first:.1f}")
    console.print(table)


def _singles(folder: Path, options: list[str]) -> float:
    pictures = sorted(folder.glob("line.*.png"))[:SINGLES]
    seconds = sum(
        _seconds("colorize", path, "-o", path.with_name(f"single.{path.name}"), *options) for path in pictures
    )
    return len(pictures) / seconds


def _seconds(*words: object) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "colorgan_core", *map(str, words)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
