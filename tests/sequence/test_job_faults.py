"""Faults from which a job recovers: kills at any moment, a stop, a full disk; and constant memory over many frames."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from engines import wait_for
from shots import results, sentences, shot, start

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and sets limits of other processes"),
    pytest.mark.long,
    pytest.mark.timeout(0),
]
FULL = 1000  # rounds of `make soak`
GROWTH = 40_000  # kB that a process may grow between its 50th frame and its last: allocators keep some


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def resident(pid: int) -> int:
    """kB of memory, 0 for a process that has ended."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
    return 0


def alive(pid: int) -> bool:
    return resident(pid) > 0


def finish(job: subprocess.Popen[str]) -> str:
    """Its standard output. Fails if the job does."""
    stdout, err = job.communicate()
    assert job.returncode == 0, err
    return stdout


@pytest.mark.parametrize("keyed", [False, True])
def test_killed_at_random_moments_and_resumed(keyed: bool, lively: Path, tmp_path: Path, rounds: int) -> None:
    """The parent, a worker, or all are killed. The final files are those of an undisturbed run."""
    frames, dice, kills = shot(tmp_path, 24, 160), random.Random(1), max(5, rounds // 20)
    words = [frames, "--weights", lively, "--workers", 2, "--seed", 5, "--masks"]
    if keyed:
        for number in (1, 9, 20):
            key = np.zeros((160, 160, 4), np.uint8)
            cv2.circle(key, (77 + number % 7, 80), 53, (40, 90, 200, 255), -1)
            cv2.imwrite(str(tmp_path / f"key.{number:04}.png"), key)
        words += ["--keys", tmp_path / "key.####.png"]
    began = time.monotonic()
    finish(start(*words, "-o", tmp_path / "calm/c.####.psd"))
    whole, calm = time.monotonic() - began, results(tmp_path / "calm")
    out, done, finished = tmp_path / "out", 0, 0
    while done < kills:
        job = start(*words, "-o", out / "c.####.psd")
        time.sleep(dice.uniform(0.1, 1) * whole)
        workers = children(job.pid)
        target = dice.choice(["parent", "worker", "all"])
        if job.poll() is None:
            done += 1
            for pid in [job.pid] * (target != "worker") + (
                [dice.choice(workers)] if target == "worker" and workers else []
            ):
                os.kill(pid, signal.SIGKILL)
            for pid in workers if target == "all" else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        _, err = job.communicate()
        wait_for(lambda workers=workers: not any(map(alive, workers)), 60)  # type: ignore[misc]
        assert job.returncode in (0, -signal.SIGKILL), err
        for name, data in results(out).items() if out.exists() else ():
            if not Path(name).name.startswith("."):
                assert calm[name] == data, "a result is always complete"
        if job.returncode == 0:  # start again, with half of the results
            finished += 1
            for name in dice.sample(sorted(calm), len(calm) // 2):
                (out / name).unlink()
    finish(start(*words, "-o", out / "c.####.psd"))
    assert results(out) == calm and not list(tmp_path.rglob("out/.colorgan/.*")), "nothing half written is left"
    print(f"{done} kills, {finished} runs that ended between them, {len(calm)} files equal")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_in_order_and_the_job_continues(number: int, untrained: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [shot(tmp_path, 60, 120), "-o", out / "*.png", "--weights", untrained, "--palette", "#f00,#0f0"]
    job = start(*words)
    wait_for(lambda: out.exists() and len(list(out.glob("*.png"))) > 2, 60)
    workers = children(job.pid)
    job.send_signal(number)
    _, err = job.communicate(timeout=60)
    assert job.returncode == 130 and "the same command continues" in err, err
    assert not any(map(alive, workers)) and not list(out.rglob(".line*"))
    made = len(list(out.glob("*.png")))
    assert 2 < made < 60
    assert f"60 frames: {60 - made} made, {made} up to date" in finish(start(*words))
    before = results(out)
    assert "60 frames: 60 made" in finish(start(*words, "--force")) and results(out) == before


def test_a_full_disk_stops_the_job_which_can_continue(untrained: Path, tmp_path: Path) -> None:
    """A limit on file sizes simulates the disk: a result of noise exceeds it, the manifest does not."""
    frames = shot(tmp_path, 4)
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "line.0003.png"), noise)
    out = tmp_path / "out"
    words = [frames, "-o", out / "*.tif", "--weights", untrained, "--palette", "#f00", "--workers", 1]
    limit = 40_000
    job = start(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, err = job.communicate()
    assert job.returncode == 4 and "The disk is full" in err and "once there is room" in err, err
    assert len(sentences(err)) == 1
    assert not (out / "line.0003.tif").exists() and not list(out.rglob(".line*"))
    assert "0 failed" in finish(start(*words))
    assert len(list(out.glob("*.tif"))) == 4


def test_memory_is_flat_over_many_small_frames(untrained: Path, tmp_path: Path, rounds: int) -> None:
    count = 2000 if rounds >= FULL else 300
    out = tmp_path / "out"
    job = start(shot(tmp_path, count), "-o", out / "*.png", "--weights", untrained, "--palette", "#f00", "--workers", 1)

    def made(number: int) -> Callable[[], Any]:
        return lambda: (out / f"line.{number:04}.png").exists() or job.poll() is not None

    wait_for(made(50), 120)
    pids = [job.pid, *children(job.pid)]
    early = [resident(pid) for pid in pids]
    wait_for(made(count - 1), 60 + count)
    late = [resident(pid) for pid in pids]
    job.communicate()
    assert job.returncode == 0 and len(pids) == 2 and all(late)
    grown = [after - before for before, after in zip(early, late, strict=True)]
    assert max(grown) < GROWTH, f"parent and worker grew by {grown} kB from {early}"
    print(f"{count} frames; parent and worker grew by {grown} kB from {early}")
