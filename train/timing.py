"""Fair timings: what is compared takes turns in one process."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

Job = Callable[[], object]
REST = 0.1  # seconds before each: threads of the job before spin for a while, and would hold the processor


def timed_in_turns(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    """Median seconds of each job; the jobs take turns, so that a slow moment of the machine meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            time.sleep(REST)
            started = time.perf_counter()
            job()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn:  # the first turn warms caches and is not counted
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in times.items()}


def processor() -> str:
    """The processor's name, as far as the system says it."""
    said = Path("/proc/cpuinfo")
    lines = said.read_text().splitlines() if said.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
