"""`colorgan batch --overwrite`: results replace their frames, and no frame is coloured twice, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.sequence import worker_backend
from shots import draw, results, shot

# Ends a worker just before one of the calls that move files: call `number` of those called `name`; with `once`, only in the first worker.
KILL = """
import os, pathlib, shutil
count = 0
def deadly(name, work):
    def call(*words, **more):
        global count
        if (".staged" in str(words) or "in/.line" in str(words)) and {name!r} in ("any", name):
            count += 1
            if count == {number} and not ({once} and os.path.exists({mark!r})):
                open({mark!r}, "w").close()
                os._exit(9)
        return work(*words, **more)
    return call
os.replace, os.unlink, shutil.copyfile = (
    deadly(*pair) for pair in (("replace", os.replace), ("unlink", os.unlink), ("copyfile", shutil.copyfile))
)
pathlib.os.unlink = os.unlink
"""


@pytest.fixture
def work(tmp_path: Path, lively: Path) -> Callable[..., list[object]]:
    """Two frames in the folder in/, and a function for the arguments of a job that writes to another folder or in place."""

    def words(out: str, *more: object) -> list[object]:
        frames = tmp_path / "in/line.####.png"
        return ["batch", frames, "-o", tmp_path / out, "--weights", lively, "--workers", 1, "--seed", 3, *more]

    shot(tmp_path / "in", 2)
    return words


def test_results_replace_frames_once(
    run: Callable[..., Any], work: Callable[..., list[object]], tmp_path: Path
) -> None:
    assert run(*work("calm/line.####.png")).code == 0
    calm, drawings = results(tmp_path / "calm"), results(tmp_path / "in")
    ran = run(*work("in/line.####.png"))
    assert ran.code == 2 and "--overwrite" in ran.sentence and results(tmp_path / "in") == drawings
    assert run(*work("in/line.####.png", "--overwrite")).code == 0
    assert results(tmp_path / "in") == calm != drawings
    ran = run(*work("in/line.%04d.png", "--overwrite"))
    assert ran.code == 0 and "2 frames: 0 made, 2 up to date" in ran.out and ran.err == ""
    ran = run(*work("in/line.####.png", "--overwrite", "--palette", "#f00,#00f"))
    assert ran.code == 0 and "2 frames: 0 made, 2 up to date" in ran.out
    assert ran.sentence.startswith("0001, 0002: these frames were already replaced by results")
    assert results(tmp_path / "in") == calm
    draw(tmp_path / "in/line.0002.png", 2)  # the drawing comes back, and a new one after it
    draw(tmp_path / "in/line.0003.png", 1)
    ran = run(*work("in/line.####.png", "--overwrite"))
    assert ran.code == 0 and "3 frames: 2 made, 1 up to date" in ran.out
    after = results(tmp_path / "in")
    assert after.items() >= calm.items() and after["line.0003.png"] == calm["line.0001.png"]
    assert not [path for path in tmp_path.rglob("in/.colorgan/*.staged/*")]
    for more in (["--force"], ["--keys", tmp_path / "in/line.0001.png"]):
        ran = run(*work("in/line.####.png", "--overwrite", *more))
        assert ran.code == 2 and "already coloured" in ran.sentence and results(tmp_path / "in") == after


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [("replace", 1, 9), ("copyfile", 1, 9), ("replace", 3, 9), ("unlink", 4, 0)],
)
def test_a_job_that_was_killed_colours_nothing_twice(
    name: str, number: int, code: int, run: Callable[..., Any], work: Callable[..., list[object]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Before the result is complete, while it is copied, before it replaces the frame, and after that, when it counts as done."""
    drawing = remove_second_frame(tmp_path)
    assert run(*work("calm/line.####.png")).code == 0
    calm, plain = results(tmp_path / "calm"), worker_backend.START
    how = KILL.format(name=name, number=number, once=False, mark=str(tmp_path / "mark"))
    monkeypatch.setattr(worker_backend, "START", f"exec({how!r}); {plain}")
    assert run(*work("in/line.####.png", "--overwrite")).code == code
    assert (tmp_path / "mark").exists() and (results(tmp_path / "in") == calm) == (code == 0)
    assert code == 0 or (tmp_path / "in/line.0001.png").read_bytes() == drawing
    monkeypatch.setattr(worker_backend, "START", plain)
    assert run(*work("in/line.####.png", "--overwrite")).code == 0
    assert results(tmp_path / "in") == calm and not list(tmp_path.rglob("in/.colorgan/*.staged/*"))


def remove_second_frame(folder: Path) -> bytes:
    """Removes one frame; returns the other one."""
    (folder / "in/line.0002.png").unlink()
    return (folder / "in/line.0001.png").read_bytes()
