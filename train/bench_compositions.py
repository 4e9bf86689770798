"""`colorgan bench compositions`: what drawing costs a training that draws each composition anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from .bench_speed import training_jobs
from .compose.cache import open_compositions
from .compose.conditions import CONDITIONS, MORE, draw
from .memory import keep_freed_memory
from .settings import Settings
from .timing import timed_in_turns

SEED = 33
T = TypeVar("T")


def measure(console: Console, data: Path, drawings: int, rounds: int) -> None:
    """Prints seconds for reading, for drawing in each condition, and their sum relative to a training step; one thread each."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    keep_freed_memory()
    settings = Settings(size=256, batch=16)
    step = timed_in_turns({"step": training_jobs(settings)[settings.preset]}, rounds)["step"]
    compositions, rng = open_compositions(data), np.random.default_rng(SEED)
    reading: list[float] = []
    drawing: dict[str, list[float]] = {name: [] for name in (*CONDITIONS, *MORE)}
    for number in range(drawings):
        composition, seconds = timed(lambda: compositions[int(rng.integers(len(compositions)))])
        reading.append(seconds)
        name = list(drawing)[number % len(drawing)]
        drawing[name].append(timed(lambda: draw(composition, name, rng))[1])  # noqa: B023 - called at once
    table = Table("what", "ms", f"of a training step of {settings.batch}")
    means = {"reading": np.mean(reading), **{f"drawing, {name}": np.mean(each) for name, each in drawing.items()}}
    mean = float(np.mean(reading) + np.mean([each for every in drawing.values() for each in every]))
    for what, seconds in {**means, "reading and drawing one": mean, "training step": step}.items():
        table.add_row(what, f"{seconds * 1e3:.0f}", f"{seconds / step:.3f}")
    console.print(table)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began
