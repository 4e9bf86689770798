"""Open Job Description templates, checked and run by openjd; chunks as parallel processes."""

from __future__ import annotations

import json
import os
import re
import secrets
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
from hypothesis import given
from hypothesis import strategies as st
from openjd.model import IntRangeExpr

from colorgan_core.errors import UsageError
from colorgan_core.sequence.job import build_job
from colorgan_core.sequence.manifest import Manifest
from colorgan_core.sequence.openjd_template import numbers_of, range_of, template
from colorgan_core.sequence.output_lock import output_lock
from colorgan_core.sequence.worker_pool import SHUTDOWN_TIMEOUT_S
from engines import wait_for
from shots import SIDE, draw, results, sentences, shot, start

BIN = Path(sys.executable).parent
OPENJD = (sys.executable, "-c", "from openjd.cli import main; main()")
FRAMES = ("--openjd-task", "frames", "--openjd-frames")


def openjd(*words: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(
        [*OPENJD, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )


def ended(job: subprocess.Popen[str]) -> tuple[int, str]:
    output = job.communicate(timeout=200)[0]
    return job.returncode, output


def done(job: subprocess.Popen[str]) -> str:
    """The standard output of a run, which must print nothing on stderr."""
    output, err = job.communicate(timeout=200)
    assert job.returncode == 0 and sentences(err) == [], err
    return output


def manifests(out: Path) -> list[str]:
    """The manifests, and other files beside them except thumbnails, region maps of keys and locks."""
    names = (str(path.relative_to(out / ".colorgan")) for path in (out / ".colorgan").rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith((".jpg", ".png", ".lock")))


@given(st.sets(st.integers(-300, 3000), min_size=1, max_size=80))
def test_ranges_are_those_of_openjd(numbers: set[int]) -> None:
    text = range_of(numbers)
    assert sorted(IntRangeExpr.from_str(text)) == sorted(numbers) == numbers_of(text)
    assert sorted(numbers_of(str(IntRangeExpr.from_list(list(numbers))))) == sorted(numbers)


def test_ranges_written_by_people() -> None:
    assert range_of([1, 2, 3, 4, 9]) == "1-4,9" and range_of(range(1, 10, 2)) == "1-9:2" and range_of([3, 7]) == "3,7"
    assert numbers_of(" 1 - 10 : 3 ,-5--3") == [1, 4, 7, 10, -5, -4, -3] and numbers_of("5-1:-2") == [5, 3, 1]
    for text in ("", "1-", "a", "1-10x2", "5-1", "1-5:0", "1-999999999999", "1,,2"):
        with pytest.raises(UsageError, match="is not a range of Open Job Description"):
            numbers_of(text)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_openjd_accepts_a_template(suffix: str, run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    """With names that have a meaning in templates or YAML. The job in the template is the given job."""
    folder = tmp_path / 'a {{Param.X}} "ü\x7f: #'
    shot(folder, 5)
    (folder / "job.toml").write_text('input = "line.####.png"\noutput = "o/*.psd"\nframes = "5,1-3x2"\n', "utf-8")
    path = tmp_path / f"farm.{suffix}"
    ran = run("batch", folder / "job.toml", "--weights", untrained, "--openjd", path, "--sheet", tmp_path / "sheet.png")
    assert ran.code == 0 and ran.err == "" and not (folder / "o").exists() and not (tmp_path / "sheet.png").exists()
    code, output = ended(openjd("check", path))
    assert code == 0, output
    code, output = ended(openjd("summary", path))
    assert code == 0 and "'frames' (3 total Tasks)" in output, output
    if suffix == "json":
        made = json.loads(path.read_text("utf-8"))
        file = made["steps"][1]["script"]["embeddedFiles"][0]["data"]
        (tmp_path / "again.toml").write_text(file, "utf-8")
        assert run("batch", tmp_path / "again.toml", "--openjd", tmp_path / "again.json").code == 0
        assert json.loads((tmp_path / "again.json").read_text("utf-8")) == made
        frames = made["steps"][1]["parameterSpace"]["taskParameterDefinitions"][0]
        assert made["parameterDefinitions"][0]["default"] == "1-5:2"
        assert frames["chunks"]["rangeConstraint"] == "NONCONTIGUOUS"
        for step in made["steps"]:
            assert step["script"]["actions"]["onRun"]["cancelation"]["notifyPeriodInSeconds"] > SHUTDOWN_TIMEOUT_S


def test_jobs_without_template(run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    frames, path = shot(tmp_path / "in", 2), tmp_path / "t.json"
    words = ["batch", frames, "-o", tmp_path / "o/*.png"]
    draw(tmp_path / "named/alice.png", 1)
    for more, code, output in (
        (["--openjd", tmp_path / "t.txt"], 2, "t.txt is not the name of a template"),
        (["--openjd", path, "--openjd-task", "settle"], 2, "give one of them"),
        (["--openjd-frames", "1-2"], 2, "--openjd-frames is for --openjd-task"),
        (["--openjd", tmp_path / "none/t.json"], 4, "its folder does not exist"),
        (["--openjd-task", "frames", "--openjd-frames", "1-3"], 2, "The job has no frame 3."),
    ):
        ran = run(*words, *more)
        assert ran.code == code and output in ran.sentence
        assert ("openjd_fail: " + ran.sentence in ran.out) == ("--openjd-task" in more and "--openjd" not in more)
    ran = run("batch", f"{tmp_path / 'named'}{os.sep}", "-o", tmp_path / "o/*.png", "--openjd", path)
    assert ran.code == 2 and ran.sentence.startswith("alice has no number, and a farm needs frame numbers")
    job = build_job({"input": str(tmp_path / "in/line.####.png"), "output": str(tmp_path / "o/*.png"),
                     "frames": ",".join(str(n * n) for n in range(1, 400))})  # fmt: skip
    with pytest.raises(UsageError, match="too many ranges for one template"):
        template(job, {})
    assert not path.exists() and not (tmp_path / "o").exists()


@pytest.mark.long
def test_chunks_after_settle(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    """Refused before settle, rendered after it, and merged by the next run; the results are those of a plain run."""
    frames, out = shot(tmp_path / "in", 4), tmp_path / "out"
    words = ["batch", frames, "--weights", lively, "--seed", 2, "--workers", 1]
    assert run(*words, "-o", tmp_path / "plain/c.#.png").code == 0
    words += ["-o", out / "c.#.png"]
    ran = run(*words, *FRAMES, "1-2")
    assert ran.code == 2 and "run colorgan batch with --openjd-task settle first" in ran.sentence
    ran = run(*words, "--openjd-task", "settle")
    assert ran.code == 0 and ran.err == "" and results(out) == {}
    ran = run(*words, *FRAMES, "1-3:2", "--seed", 3)
    assert ran.code == 2 and "not decided for this version of the job" in ran.sentence and results(out) == {}
    ran = run(*words, *FRAMES, "1-3:2")
    assert ran.code == 0 and sorted(results(out)) == ["c.0001.png", "c.0003.png"]
    reported = [re.sub(r", .*", ".", line) for line in ran.out.splitlines() if line.startswith("openjd_")]
    assert reported == [
        "openjd_progress: 50.0", "openjd_status: 1 of 2 frames.",
        "openjd_progress: 100.0", "openjd_status: 2 of 2 frames.", "openjd_progress: 100",
    ]  # fmt: skip
    assert "2 frames: 0 made, 2 up to date, 0 failed." in run(*words, *FRAMES, "1,3").out
    assert "1 made, 0 up to date" in run(*words, *FRAMES, "4").out and len(manifests(out)) == 3
    ran = run(*words, "--openjd-task", "finish")
    assert ran.code == 0 and "4 frames: 1 made, 3 up to date, 0 failed." in ran.out and "Made: 0002 (new)." in ran.out
    assert results(out) == results(tmp_path / "plain") and manifests(out) == ["c.____.png.jsonl"]
    ran = run(*words, "--openjd-task", "settle", "--openjd-frames", "1-2", "--force")
    assert ran.code == 0
    assert "2 frames: 2 made" in run(*words, *FRAMES, "1-2", "--force").out
    assert "4 frames: 0 made, 4 up to date" in run(*words, "--openjd-task", "finish", "--force").out


def test_a_chunk_needs_settle_and_excludes_the_whole_job(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    """Chunks may run together but not with the whole job, whose next run has their results."""
    words = ["batch", shot(tmp_path, 1), "-o", tmp_path / "o/*.png", "--weights", lively, "--workers", 1]
    place = tmp_path / "o/.colorgan/_.png.jsonl"
    ran = run(*words, *FRAMES, "1")
    assert ran.code == 2 and "run colorgan batch with --openjd-task settle first" in ran.sentence
    assert run(*words, "--openjd-task", "settle").code == 0 and results(tmp_path / "o") == {}
    with output_lock(place):
        ran = run(*words, *FRAMES, "1")
        assert ran.code == 2 and "working on _.png" in ran.sentence and f"openjd_fail: {ran.sentence}" in ran.out
    with output_lock(place, shared=True):
        assert "working on _.png" in run(*words).sentence
        assert run(*words, *FRAMES, "1").code == 0 and list(results(tmp_path / "o")) == ["line.0001.png"]
    assert "1 frame: 0 made, 1 up to date" in run(*words, "--openjd-task", "finish").out
    assert manifests(tmp_path / "o") == ["_.png.jsonl"]


@pytest.mark.long
def test_chunks_of_a_stylize_job(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    frames = shot(tmp_path / "in", 2)
    draw(tmp_path / "style.png", 5)
    words = ["batch", frames, "-o", tmp_path / "o/*.png", "--style", tmp_path / "style.png", "--weights", lively]
    for more in (["settle"], ["frames", "--openjd-frames", "1"], ["frames", "--openjd-frames", "2"], ["finish"]):
        ran = run(*words, "--openjd-task", *more)
        assert ran.code == 0
    assert "2 up to date" in ran.out and manifests(tmp_path / "o") == ["_.png.jsonl"]


def test_settle_without_a_readable_frame(run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    (tmp_path / "line.0001.png").write_bytes(b"no picture")
    words = ["batch", tmp_path / "line.####.png", "-o", tmp_path / "o/*.png", "--weights", untrained]
    ran = run(*words, "--openjd-task", "settle")
    assert ran.code == 9 and f"openjd_fail: {ran.sentence}" in ran.out


def keyed(folder: Path, count: int) -> list[object]:
    """The arguments for a shot with two keys."""
    for number in (1, count):
        key = np.zeros((SIDE, SIDE, 4), np.uint8)
        cv2.circle(key, (SIDE // 2 + number % 7 - 3, SIDE // 2), SIDE // 3, (40, 90, 200, 255), -1)
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"keys/key.{number:04}.png"), key)
    return [shot(folder, count), "--keys", folder / "keys/key.####.png"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("more", "chunks"),
    [([], ["1-3", "4-5", "6-7"]), (["--frames", "1-7x2,6"], ["1-5:2", "6,7"]), (["keys"], ["1-3", "4-5", "6-7"])],
)
def test_openjd_runs_it_to_the_same_bytes(more: list[str], chunks: list[str], lively: Path, tmp_path: Path) -> None:
    words = keyed(tmp_path / "in", 7) if more == ["keys"] else [shot(tmp_path / "in", 7), *more]
    words += ["--weights", lively, "--seed", 4, "--masks"]
    done(start(*words, "-o", tmp_path / "plain/c.####.psd"))
    path, page = tmp_path / "t.yaml", tmp_path / "report.html"
    done(start(*words, "-o", tmp_path / "farm/c.####.psd", "--html", page, "--openjd", path))
    code, output = ended(openjd("run", path, "-p", "ChunkSize=3"))
    assert code == 0, output
    assert re.findall(r"Frames\(CHUNK\[INT\]\) = (\S+)", output) == chunks
    count = 7 if chunks[0] == "1-3" else 5
    assert f"{count} frames: 0 made, {count} up to date, 0 failed." in output and page.exists()
    assert results(tmp_path / "farm") == results(tmp_path / "plain") and manifests(tmp_path / "farm") == [
        "c.____.psd.jsonl"
    ]


@pytest.mark.long
def test_parallel_chunks(lively: Path, tmp_path: Path) -> None:
    """With numbers of the same prefix. The last step removes the temporary files of a killed chunk."""
    words = [shot(tmp_path / "in", 20), "--weights", lively, "--seed", 4, "--workers", 1]
    done(start(*words, "-o", tmp_path / "plain/c.@.png"))
    words += ["-o", tmp_path / "farm/c.@.png"]
    done(start(*words, "--openjd-task", "settle"))
    token = secrets.token_hex(8)
    killed = tmp_path / "farm/.colorgan/c._.png.chunks/1-1.0123abcd.jsonl"
    killed.parent.mkdir()
    Manifest(killed).add_writer(token, ["."])
    left = tmp_path / f"farm/.c.1-{token}-01234567.png"
    left.touch()
    jobs = [start(*words, *FRAMES, each) for each in ("1-9", "10-20")]
    assert all("0 failed" in done(job) for job in jobs)
    assert left.exists()
    output = done(start(*words, "--openjd-task", "finish"))
    assert "20 frames: 0 made, 20 up to date" in output and results(tmp_path / "farm") == results(tmp_path / "plain")


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGTERM")
def test_a_canceled_chunk_stops_in_order_and_continues(untrained: Path, tmp_path: Path) -> None:
    """openjd forwards the signal; finished frames are kept."""
    out, path = tmp_path / "out", tmp_path / "t.json"
    words = [shot(tmp_path / "in", 60, 120), "-o", out / "*.png", "--weights", untrained, "--palette", "#f00"]
    done(start(*words, "--openjd", path))
    job = openjd("run", path, "-p", "ChunkSize=60")
    wait_for(lambda: len(list(out.glob("*.png"))) > 2, 120)
    began = time.monotonic()
    job.send_signal(signal.SIGTERM)
    code, output = ended(job)
    assert code != 0 and "the same command continues" in output and time.monotonic() - began < SHUTDOWN_TIMEOUT_S, (
        output
    )
    made = len(list(out.glob("*.png")))
    assert 2 < made < 60 and not list(out.glob(".*.png"))
    code, output = ended(openjd("run", path, "--step", "frames", "-p", "ChunkSize=60"))
    assert code == 0 and f"60 frames: {60 - made} made, {made} up to date" in output, output


@pytest.mark.long
def test_a_failed_frame_fails_its_step(lively: Path, tmp_path: Path) -> None:
    words = [shot(tmp_path / "in", 4), "-o", tmp_path / "o/*.png", "--weights", lively]
    path = tmp_path / "t.yml"
    done(start(*words, "--openjd", path))
    (tmp_path / "in/line.0002.png").unlink()
    (tmp_path / "in/line.0003.png").write_bytes(b"no picture")
    code, output = ended(openjd("run", path, "-p", "ChunkSize=4"))
    assert code != 0 and "exited with code: 9" in output and "Running step 'finish'" not in output
    assert "openjd_fail: 2 of 4 frames failed: 0002, 0003." in output and "line.0002.png does not exist." in output
    assert len(results(tmp_path / "o")) == 2
    code, output = ended(openjd("run", path, "--step", "finish", "--no-run-dependencies"))
    assert code != 0 and "2 of 4 frames failed: 0002, 0003." in output
