"""Jobs that run at the same time: none writes or removes the files of another one."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write, sweep
from colorgan_core.sequence.job import Job, build_job
from colorgan_core.sequence.manifest import Manifest, sidecar_path
from colorgan_core.sequence.output_lock import output_lock
from engines import wait_for
from shots import results, sentences, shot, start

# All stand for the same files if the frames are line.0001.png and line.0002.png.
NOTATIONS = (
    "out/line.####.png", "out/line.%04d.png", "out/line.@@@@.png", "out/line.$F4.png", "out/line.1-2####.png", "out/line.@.png",
    "out/*.png", "out/", "out/../out/line.####.png", "link/line.####.png", "OUT/line.%04d.png",
)  # fmt: skip


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    shot(tmp_path, 2)
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    return tmp_path


def job_of(folder: Path, output: str, **more: str) -> Job:
    if output.startswith("OUT"):
        output = f"{folder}/{output.lower()}"
    return build_job({"input": "line.####.png", "output": output, **more}, folder)


def holding(job: Job) -> Any:
    return output_lock(sidecar_path(job.output, ".jsonl"), job.output_names)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(NOTATIONS, 2)))
def test_two_notations_of_the_same_files_are_not_written_at_once(first: str, second: str, frames: Path) -> None:
    one, other = (job_of(frames, each, frames="1000-1001") for each in (first, second))  # whose padding does not matter
    with holding(one), pytest.raises(UsageError, match=r"batch is working on .*line"), holding(other):
        pytest.fail("both are at work")
    with holding(other):
        pass


def test_one_sequence_has_one_manifest_in_every_notation(frames: Path) -> None:
    places = {
        sidecar_path(job_of(frames, name).output, ".jsonl").resolve() for name in NOTATIONS if "@.png" not in name[-6:]
    }
    assert len([place for place in places if "line" in place.name]) == 1


def test_jobs_of_other_files_run_together(frames: Path) -> None:
    one = job_of(frames, "out/line.####.png", frames="1")
    for output, more in (
        ("out/*.png", {"frames": "2"}),
        ("out/line-*.png", {}),
        ("out/line.####.psd", {}),
        ("new/", {}),
    ):
        with holding(one), holding(job_of(frames, output, **more)):
            pass


def test_a_killed_process_releases_its_lock(frames: Path) -> None:
    code = (
        "import os; from pathlib import Path; from colorgan_core.sequence.output_lock import output_lock\n"
        f"with output_lock(Path({str(frames / 'out/.colorgan/a.jsonl')!r}), ['line.0001.png']): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    assert (frames / "out/.colorgan/a.names").exists()
    with holding(job_of(frames, "out/line.####.png")):
        assert not (frames / "out/.colorgan/a.names").exists()


def test_the_second_command_is_refused_while_the_first_works(untrained: Path, tmp_path: Path) -> None:
    words = [shot(tmp_path, 40, 200), "--weights", untrained, "--palette", "#f00", "--workers", 1]
    first = start(*words, "-o", tmp_path / "out/line.####.png")
    wait_for(lambda: len(list(tmp_path.glob("out/line.*.png"))) > 0, 120)
    second = start(*words, "-o", tmp_path / "out/line.%04d.png")
    _, err = second.communicate(timeout=60)
    alone = first.poll() is None
    first.terminate()
    first.communicate(timeout=60)
    assert alone and second.returncode == 2, err
    assert err.startswith("colorgan: Another colorgan batch is working on ") and len(sentences(err)) == 1


def test_a_job_removes_nothing_that_is_not_its_own(run: Callable[..., Any], untrained: Path, frames: Path) -> None:
    """Neither the user's files with names like temporary files, nor files that another process is writing."""
    names = (
        "0001_mine-12345678.txt",
        "0001-12345678.png",
        "0001-colorgan-12345678.png",
        "0002-0123456789abcdef-12345678.png",
    )
    own = [f".line.{name}" for name in names]
    for name in own:
        (frames / "out" / name).write_text("mine")
    with atomic_write(frames / "out/line.0001_extra.png") as beside:
        ran = run("batch", frames / "line.####.png", "-o", frames / "out/*.png", "--weights", untrained, "--workers", 1)
        assert ran.code == 0, ran.err
        beside.write_text("of another job")
    assert (frames / "out/line.0001_extra.png").read_text() == "of another job"
    assert all((frames / "out" / name).read_text() == "mine" for name in own)


@pytest.mark.skipif(sys.platform != "linux", reason="kills processes")
def test_the_next_run_removes_files_of_a_killed_run(untrained: Path, tmp_path: Path) -> None:
    """In a folder that has been renamed, by a run of other frames. Nothing is left to remove after it."""
    words = [shot(tmp_path, 60, 200), "--weights", untrained, "--palette", "#f00", "--workers", 1, "--report"]
    words.append(tmp_path / "out/notes/r.####.json")
    job = start(*words, "-o", tmp_path / "out/c.####.png")
    wait_for(lambda: len(list(tmp_path.glob("out/c.*.png"))) > 1, 120)
    workers = [int(each) for each in Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text().split()]
    for pid in (job.pid, *workers):
        os.kill(pid, signal.SIGKILL)
    job.communicate()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 60)
    kept = tmp_path / "out/.colorgan/c.____.png.jsonl"
    (token,) = Manifest(kept, repair=False).writers
    left = [
        ".c.0003-{}-0123abcd.png",
        "notes/.r.0003-{}-0123abcd.json",
        ".colorgan/c.____.png.thumbnails/.0003-{}-0123abcd.jpg",
    ]
    for name in left:
        (tmp_path / "out" / name.format(token)).touch()
    (tmp_path / "out").rename(tmp_path / "moved")
    words[-1] = tmp_path / "moved/other/r.####.json"
    stdout, err = start(*words, "--frames", "1-2", "-o", tmp_path / "moved/c.%04d.png").communicate(timeout=120)
    assert "2 frames:" in stdout, err
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()], "nothing half written is left"
    assert Manifest(tmp_path / "moved/.colorgan/c.____.png.jsonl").writers == {}
    assert {"c.0001.png", "c.0002.png"} <= set(results(tmp_path / "moved"))


def test_a_temporary_file_is_swept_once_its_writer_is_gone(tmp_path: Path) -> None:
    target = tmp_path / ("ü" * 120 + ".bin")
    code = (
        "import os; from colorgan_core.files import atomic_write\n"
        f"with atomic_write({str(target)!r}) as beside: beside.write_text('half'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    with atomic_write(target) as beside:
        assert len(list(tmp_path.iterdir())) == 2
        sweep(target)
        assert list(tmp_path.iterdir()) == [beside], "the one that is being written stays"
        beside.write_text("whole")
    assert target.read_text() == "whole" and list(tmp_path.iterdir()) == [target]
