"""Progress for people, a line every ten seconds, and for scripts, every frame as JSON."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorgan_core.progress import heartbeat
from colorgan_core.sequence.progress_display import ProgressCount, ProgressDisplay
from engines import wait_for
from shots import sentences, shot, start

EVERY = 10.0  # s between lines of progress
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="stops processes, reads /proc and opens terminals")


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@LINUX
@pytest.mark.timeout(240)
def test_a_line_every_ten_seconds_even_if_the_worker_hangs(untrained: Path, tmp_path: Path) -> None:
    """The worker is paused twice: while it loads the weights, and during a frame."""
    words = [
        shot(tmp_path, 400, 96),
        "-o",
        tmp_path / "out/*.png",
        "--weights",
        untrained,
        "--palette",
        "#f00",
        "--workers",
        1,
    ]
    began = time.monotonic()
    with (tmp_path / "err.txt").open("wb") as err:
        job = subprocess.Popen(
            [sys.executable, "-m", "colorgan_core", "batch", *map(str, words)], stdout=subprocess.PIPE, stderr=err
        )

    def lines() -> list[str]:
        return (tmp_path / "err.txt").read_text("utf-8").splitlines()

    def held(count: int, pid: int) -> float:
        """Seconds until so many lines are there while this process stands still."""
        since = time.monotonic()
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: len(lines()) >= count, 3 * EVERY)
        os.kill(pid, signal.SIGCONT)
        return time.monotonic() - since

    wait_for(lambda: bool(children(job.pid)), 60)
    (worker,) = children(job.pid)
    born = time.monotonic() - began
    assert held(1, worker) < EVERY + born + 3
    assert lines()[0].startswith("colorgan: loading the weights, 1"), lines()
    wait_for(lambda: len(list(tmp_path.glob("out/*.png"))) > 3, 120)
    so_far = len(lines())
    assert held(so_far + 1, worker) < EVERY + 3
    assert held(so_far + 2, worker) < EVERY + 3
    words_of_last = lines()[so_far + 1]
    assert (
        words_of_last.startswith("colorgan: ")
        and " of 400 frames, " in words_of_last
        and words_of_last.endswith(" left.")
    )
    assert " a second, " in words_of_last or " each, " in words_of_last
    job.terminate()
    out, _ = job.communicate(timeout=60)
    assert job.returncode == 130 and out == b""
    assert not any("\x1b" in line or "\r" in line for line in lines())


def test_sentences_for_any_pace() -> None:
    now = 0.0
    count = ProgressCount(lambda: now)
    now = 40.0
    assert count.sentence == "loading the weights, 40 s so far."
    count.begin(240, "frames")
    assert count.sentence == "0 of 240 frames, 0 s so far."
    now = 50.0
    for number in range(19):
        count.done(f"{number}")
    assert count.sentence == "19 of 240 frames, 1.9 a second, 116 s left.".replace("116 s", "2 min")
    count.failed("20", "It is gone.")
    now = 50.0 + 60 * 30
    assert count.sentence == "20 of 240 frames, 1 failed, 2 min each, 5.5 h left."
    count.stage("writing the report")
    assert count.sentence == "writing the report, 0 s so far."


def test_stderr_is_closed() -> None:
    """A closed pipe ends the progress lines, not the job."""
    beats: list[float] = []

    def beat() -> None:
        beats.append(time.monotonic())
        raise BrokenPipeError

    with heartbeat(0.01, beat):
        wait_for(lambda: bool(beats), 10)
        time.sleep(0.1)
    assert len(beats) == 1


@LINUX
@pytest.mark.parametrize(("term", "bar"), [("xterm", True), ("dumb", False)])
def test_a_terminal_has_a_bar_if_it_can_show_one(term: str, bar: bool) -> None:
    import pty

    leader, follower = pty.openpty()
    before, os.environ["TERM"] = os.environ.get("TERM"), term
    try:
        with open(follower, "w", encoding="utf-8") as stream, ProgressDisplay(stream, interval=0.05) as progress:
            progress.begin(4, "frames")
            progress.done("0001")
            time.sleep(0.5)
            progress.stage("writing the report")
            time.sleep(0.5)
            output = os.read(leader, 100_000).decode()
    finally:
        os.close(leader)
        if before is None:
            del os.environ["TERM"]
        else:
            os.environ["TERM"] = before
    assert ("\x1b" in output) == bar
    assert bar != ("colorgan: 1 of 4 frames" in output) and bar != ("writing the report, 0 s so far." in output)


def test_a_file_that_wants_colours_gets_lines_and_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    with ProgressDisplay(stream, interval=0.05) as progress:
        progress.begin(4, "frames")
        wait_for(lambda: "0 of 4 frames" in stream.getvalue(), 10)
    assert "\r" not in stream.getvalue() and "\x1b[2K" not in stream.getvalue()


def document_of(job: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    """The JSON document on standard output, and standard error."""
    out, err = job.communicate(timeout=120)
    return json.loads(out), err


def test_every_frame_as_json(lively: Path, tmp_path: Path) -> None:
    frames, out = shot(tmp_path, 5), tmp_path / "out"
    words = ["--weights", lively, "--seed", 2, "--workers", 1, "--masks", "-o", out / "c.####.png", "--json"]
    document, err = document_of(start(frames, *words, "--frames", "1-2"))
    assert sentences(err) == [] and (document["total"], document["done"], document["exit_code"], document["error"]) == (
        2,
        2,
        0,
        None,
    )
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "line.0002.png")
    (tmp_path / "line.0004.png").write_bytes(b"no picture")
    job = start(frames, *words)
    document, err = document_of(job)
    assert job.returncode == document["exit_code"] == 9
    assert err.splitlines()[-1] == "colorgan: " + document["error"] == "colorgan: 1 of 5 frames failed: 0004."
    assert {name: document[name] for name in ("total", "done", "kept", "failed", "pending")} == {
        "total": 5, "done": 3, "kept": 1, "failed": 1, "pending": 0,
    }  # fmt: skip
    assert [frame["state"] for frame in document["frames"]] == ["kept", "done", "done", "failed", "done"]
    assert [frame["reason"] for frame in document["frames"]] == [None, "picture changed", "new", None, "new"]
    for number, frame in enumerate(document["frames"], 1):
        assert (frame["frame"], frame["number"]) == (f"{number:04}", number)
        assert frame["input"] == str(tmp_path / f"line.{number:04}.png") and frame["output"] == str(
            out / f"c.{number:04}.png"
        )
        has_result = frame["state"] != "failed"
        assert sorted(frame["files"]) == [
            str(out / f"c.{number:04}.{end}") for end in ("png", "regions.png") if has_result
        ]
        assert all(Path(path).is_file() for path in frame["files"])
        assert (frame["error"] is None) == has_result and 0 <= frame["seconds"] < document["seconds"] + 120
        assert isinstance(frame["findings"], dict) and isinstance(frame["notes"], list)
    assert document["frames"][3]["error"].startswith("line.0004.png is damaged")
    assert document["seconds"] > 0 and document["operation"] == "colorize" and document["notes"] == []


@LINUX
def test_an_interrupted_job_as_json(untrained: Path, tmp_path: Path) -> None:
    words = [
        shot(tmp_path, 60, 200),
        "-o",
        tmp_path / "out/*.png",
        "--weights",
        untrained,
        "--palette",
        "#f00",
        "--workers",
        1,
    ]
    job = start(*words, "--json")
    wait_for(lambda: len(list(tmp_path.glob("out/*.png"))) > 2, 120)
    job.send_signal(signal.SIGINT)
    document, err = document_of(job)
    assert job.returncode == document["exit_code"] == 130 and "the same command continues" in err
    made = len(list(tmp_path.glob("out/*.png")))
    assert document["done"] == made and document["pending"] == 60 - made > 0 and len(document["frames"]) == 60
    assert all(Path(frame["output"]).exists() == (frame["state"] == "done") for frame in document["frames"])


@LINUX
def test_a_full_disk_as_json(untrained: Path, tmp_path: Path) -> None:
    import resource

    frames = shot(tmp_path, 4)
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "line.0003.png")
    words = [
        frames,
        "-o",
        tmp_path / "out/*.tif",
        "--weights",
        untrained,
        "--palette",
        "#f00",
        "--workers",
        1,
        "--json",
    ]
    job = start(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)))
    document, err = document_of(job)
    assert (
        job.returncode == document["exit_code"] == 4
        and sentences(err) == [f"colorgan: {document['error']}"]
        and "disk is full" in err
    )
    states = [frame["state"] for frame in document["frames"]]
    assert states[0] == "done" and states[2] == "pending" and document["done"] == states.count("done")


@pytest.mark.parametrize(
    ("frames", "more", "code", "count"),
    [
        ("line.####.png", ["--weights", "none.safetensors"], 5, 2),
        ("gone.####.png", [], 3, 0),
        ("line.####.png", ["--paint", "--masks"], 2, 0),
    ],
)
def test_a_job_that_cannot_start_has_a_document(
    frames: str, more: list[str], code: int, count: int, tmp_path: Path
) -> None:
    shot(tmp_path, 2)
    job = start(tmp_path / frames, "-o", tmp_path / "out/*.png", *more, "--json")
    document, err = document_of(job)
    assert job.returncode == document["exit_code"] == code and sentences(err) == [f"colorgan: {document['error']}"]
    assert document["total"] == document["pending"] == count == len(document["frames"])


def test_json_is_not_for_farms(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("batch", shot(tmp_path, 2), "-o", tmp_path / "out/*.png", "--json", "--openjd", tmp_path / "t.json")
    assert ran.code == 2 and "--json" in ran.sentence and ran.out == ""
