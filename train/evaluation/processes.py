"""Running a script of `workers/` in another interpreter, one answer a job."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from colorgan_core.errors import ColorganError

WORKERS = Path(__file__).parent / "workers"
PROCESSES = 2  # more gain little: the network's own rows take most of the time


def run_worker(
    python: str,
    script: str,
    jobs: Sequence[Sequence[str]],
    settings: Mapping[str, Any] | None = None,
    advance: Callable[[], None] = lambda: None,
    alone: bool = False,
) -> list[Any]:
    """The answers of `script` to `jobs`, in their order; `advance` is called after each. alone: one job at a time, on all cores.

    Raises ColorganError with the worker's last line of complaint when it fails or answers too little.
    """
    if not jobs:
        return []
    task = {
        "processes": 1 if alone else min(PROCESSES, len(jobs)),
        "jobs": [list(job) for job in jobs],
        **(settings or {}),
    }
    # Nothing of this interpreter's own packages; several processes have one thread each.
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    if not alone:
        environment["OMP_NUM_THREADS"] = "1"
    answers: dict[int, Any] = {}
    with (
        tempfile.TemporaryFile("w+") as orders,
        tempfile.TemporaryFile("w+") as complaints,
    ):  # files cannot fill up like pipes
        json.dump(task, orders)
        orders.seek(0)
        worker = subprocess.Popen(
            [python, "-I", str(WORKERS / script)],
            stdin=orders,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env=environment,
        )
        assert worker.stdout is not None
        with worker:
            try:
                for line in worker.stdout:
                    index, answer = json.loads(line)
                    answers[index] = answer
                    advance()
            except BaseException:
                worker.kill()
                raise
        if worker.returncode or len(answers) < len(jobs):
            complaints.seek(0)
            said = complaints.read().strip().splitlines()
            reason = said[-1] if said else f"exit status {worker.returncode}"
            raise ColorganError(f"The helper {script} stopped after {len(answers)} of {len(jobs)} jobs: {reason}")
    return [answers[index] for index in range(len(jobs))]
