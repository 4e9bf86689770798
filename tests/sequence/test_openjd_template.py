"""Templates of Open Job Description: openjd's own checks and runs, and chunks as processes beside each other."""

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
from colorgan_core.sequence.chunk import take_over
from colorgan_core.sequence.job import Job, build_job
from colorgan_core.sequence.manifest import Manifest, kept_by
from colorgan_core.sequence.openjd_template import numbers_of, range_of, template
from colorgan_core.sequence.output_lock import owned
from colorgan_core.sequence.scheduler import PATIENCE
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
    said = job.communicate(timeout=200)[0]
    return job.returncode, said


def done(job: subprocess.Popen[str]) -> str:
    """What a run of colorgan says, which must say nothing on stderr."""
    said, err = job.communicate(timeout=200)
    assert job.returncode == 0 and sentences(err) == [], err
    return said


def kept(out: Path) -> list[str]:
    """What lies beside the manifest, but thumbnails and regions of keys, and its lock."""
    names = (str(path.relative_to(out / ".colorgan")) for path in (out / ".colorgan").rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith((".jpg", ".png", ".lock")))


@given(st.sets(st.integers(-300, 3000), min_size=1, max_size=80))
def test_ranges_are_those_of_openjd(numbers: set[int]) -> None:
    text = range_of(numbers)
    assert sorted(IntRangeExpr.from_str(text)) == sorted(numbers) == numbers_of(text)
    assert sorted(numbers_of(str(IntRangeExpr.from_list(list(numbers))))) == sorted(numbers)


def test_ranges_that_people_write() -> None:
    assert range_of([1, 2, 3, 4, 9]) == "1-4,9" and range_of(range(1, 10, 2)) == "1-9:2" and range_of([3, 7]) == "3,7"
    assert numbers_of(" 1 - 10 : 3 ,-5--3") == [1, 4, 7, 10, -5, -4, -3] and numbers_of("5-1:-2") == [5, 3, 1]
    for text in ("", "1-", "a", "1-10x2", "5-1", "1-5:0", "1-999999999999", "1,,2"):
        with pytest.raises(UsageError, match="is not a range of Open Job Description"):
            numbers_of(text)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_template_is_one_to_openjd(suffix: str, run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    """Names that a template or YAML would take for something else included; the job in it is the job that was given."""
    folder = tmp_path / 'a {{Param.X}} "ü\x7f: #'
    shot(folder, 5)
    (folder / "job.toml").write_text('input = "line.####.png"\noutput = "o/*.psd"\nframes = "5,1-3x2"\n', "utf-8")
    path = tmp_path / f"farm.{suffix}"
    ran = run("batch", folder / "job.toml", "--weights", untrained, "--openjd", path, "--sheet", tmp_path / "sheet.png")
    assert ran.code == 0 and ran.err == "" and not (folder / "o").exists() and not (tmp_path / "sheet.png").exists()
    code, said = ended(openjd("check", path))
    assert code == 0, said
    code, said = ended(openjd("summary", path))
    assert code == 0 and "'frames' (3 total Tasks)" in said, said
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
            assert step["script"]["actions"]["onRun"]["cancelation"]["notifyPeriodInSeconds"] > PATIENCE


def test_what_has_no_template(run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    frames, path = shot(tmp_path / "in", 2), tmp_path / "t.json"
    words = ["batch", frames, "-o", tmp_path / "o/*.png"]
    draw(tmp_path / "named/alice.png", 1)
    for more, code, said in (
        (["--openjd", tmp_path / "t.txt"], 2, "t.txt is not the name of a template"),
        (["--openjd", path, "--openjd-task", "settle"], 2, "give one of them"),
        (["--openjd-frames", "1-2"], 2, "--openjd-frames is for --openjd-task"),
        (["--openjd", tmp_path / "none/t.json"], 4, "its folder does not exist"),
        (["--openjd-task", "frames", "--openjd-frames", "1-3"], 2, "The job has no frame 3."),
    ):
        ran = run(*words, *more)
        assert ran.code == code and said in ran.sentence
        assert ("openjd_fail: " + ran.sentence in ran.out) == ("--openjd-task" in more and "--openjd" not in more)
    ran = run("batch", f"{tmp_path / 'named'}{os.sep}", "-o", tmp_path / "o/*.png", "--openjd", path)
    assert ran.code == 2 and ran.sentence.startswith("alice has no number, and a farm needs frame numbers")
    job = build_job({"input": str(tmp_path / "in/line.####.png"), "output": str(tmp_path / "o/*.png"),
                     "frames": ",".join(str(n * n) for n in range(1, 400))})  # fmt: skip
    with pytest.raises(UsageError, match="too many ranges for one template"):
        template(job, {})
    assert not path.exists() and not (tmp_path / "o").exists()


@pytest.mark.long
def test_chunks_and_what_settles_them(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    """Refused before it is settled, made after it, taken over by the next run, and the bytes of a plain run."""
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
    told = [re.sub(r", .*", ".", line) for line in ran.out.splitlines() if line.startswith("openjd_")]
    assert told == [
        "openjd_progress: 50.0", "openjd_status: 1 of 2 frames.",
        "openjd_progress: 100.0", "openjd_status: 2 of 2 frames.", "openjd_progress: 100",
    ]  # fmt: skip
    assert "2 frames: 0 made, 2 up to date, 0 failed." in run(*words, *FRAMES, "1,3").out
    assert "1 made, 0 up to date" in run(*words, *FRAMES, "4").out and len(kept(out)) == 3
    ran = run(*words, "--openjd-task", "finish")
    assert ran.code == 0 and "4 frames: 1 made, 3 up to date, 0 failed." in ran.out and "Made: 0002 (new)." in ran.out
    assert results(out) == results(tmp_path / "plain") and kept(out) == ["c.____.png.jsonl"]
    ran = run(*words, "--openjd-task", "settle", "--openjd-frames", "1-2", "--force")
    assert ran.code == 0
    assert "2 frames: 2 made" in run(*words, *FRAMES, "1-2", "--force").out
    assert "4 frames: 0 made, 4 up to date" in run(*words, "--openjd-task", "finish", "--force").out


def test_a_chunk_is_settled_first_and_keeps_apart_from_the_whole(
    run: Callable[..., Any], lively: Path, tmp_path: Path
) -> None:
    """Nobody sweeps what another is writing; chunks do not mind each other, and the next run of the whole has what they made."""
    words = ["batch", shot(tmp_path, 1), "-o", tmp_path / "o/*.png", "--weights", lively, "--workers", 1]
    place = tmp_path / "o/.colorgan/_.png.jsonl"
    ran = run(*words, *FRAMES, "1")
    assert ran.code == 2 and "run colorgan batch with --openjd-task settle first" in ran.sentence
    assert run(*words, "--openjd-task", "settle").code == 0 and results(tmp_path / "o") == {}
    with owned(place):
        ran = run(*words, *FRAMES, "1")
        assert ran.code == 2 and "working on _.png" in ran.sentence and f"openjd_fail: {ran.sentence}" in ran.out
    with owned(place, shared=True):
        assert "working on _.png" in run(*words).sentence
        assert run(*words, *FRAMES, "1").code == 0 and list(results(tmp_path / "o")) == ["line.0001.png"]
    assert "1 frame: 0 made, 1 up to date" in run(*words, "--openjd-task", "finish").out
    assert kept(tmp_path / "o") == ["_.png.jsonl"]


def whole(folder: Path) -> tuple[Job, Path, Path]:
    """A job of three frames, the place of its manifest and the folder of its chunks'."""
    job = build_job({"input": shot(folder, 3), "output": str(folder / "o/*.png")})
    place, chunks = kept_by(job.output, ".jsonl"), kept_by(job.output, ".chunks")
    chunks.mkdir(parents=True)
    return job, place, chunks


def record(number: int, year: int, error: str = "") -> dict[str, Any]:
    return {"frame": f"{number:04}", "time": f"{year}-01-01T00:00:00Z", "error": error}


def test_a_kill_while_chunks_are_taken_over(tmp_path: Path) -> None:
    """After any of the bytes that it writes, and with any of the chunks' manifests gone after that."""
    job, place, folder = whole(tmp_path)
    Manifest(place).add(record(3, 2000))
    before = place.read_bytes()
    parts = {f"{n}.jsonl": json.dumps(record(n, 2001)).encode() + b"\n" for n in (1, 2)}
    after = b"".join(parts.values())
    states = [(before + after[:cut], 2) for cut in range(len(after) + 1)] + [(before + after, 1), (before + after, 0)]
    for had, count in states:
        place.write_bytes(had)
        folder.mkdir(exist_ok=True)
        for name, data in list(parts.items())[:count]:
            (folder / name).write_bytes(data)
        take_over(job, Manifest(place))
        records = Manifest(place, mend=False).records
        assert records == {f"{n:04}": record(n, 2001 if n < 3 else 2000) for n in (1, 2, 3)} and not folder.exists()


def test_the_newest_record_of_a_frame_is_taken(tmp_path: Path) -> None:
    job, place, folder = whole(tmp_path)
    manifest = Manifest(place)
    manifest.take_over({each["frame"]: each for each in (record(1, 2000), record(2, 2000))})
    for name, told in (("a", record(1, 2002)), ("b", record(1, 2001)), ("c", record(2, 1999)), ("d", record(3, 1999))):
        (folder / f"{name}.jsonl").write_text(json.dumps(told) + "\n{torn", "utf-8")
    take_over(job, manifest)
    assert {name: each["time"][:4] for name, each in manifest.records.items()} == {
        "0001": "2002", "0002": "2000", "0003": "1999",
    }  # fmt: skip


@pytest.mark.long
def test_a_style_has_chunks_too(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    frames = shot(tmp_path / "in", 2)
    draw(tmp_path / "style.png", 5)
    words = ["batch", frames, "-o", tmp_path / "o/*.png", "--style", tmp_path / "style.png", "--weights", lively]
    for more in (["settle"], ["frames", "--openjd-frames", "1"], ["frames", "--openjd-frames", "2"], ["finish"]):
        ran = run(*words, "--openjd-task", *more)
        assert ran.code == 0
    assert "2 up to date" in ran.out and kept(tmp_path / "o") == ["_.png.jsonl"]


def test_nothing_to_settle_by(run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    (tmp_path / "line.0001.png").write_bytes(b"no picture")
    words = ["batch", tmp_path / "line.####.png", "-o", tmp_path / "o/*.png", "--weights", untrained]
    ran = run(*words, "--openjd-task", "settle")
    assert ran.code == 9 and f"openjd_fail: {ran.sentence}" in ran.out


def keyed(folder: Path, count: int) -> list[object]:
    """A shot with two keys, as words."""
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
    code, said = ended(openjd("run", path, "-p", "ChunkSize=3"))
    assert code == 0, said
    assert re.findall(r"Frames\(CHUNK\[INT\]\) = (\S+)", said) == chunks
    count = 7 if chunks[0] == "1-3" else 5
    assert f"{count} frames: 0 made, {count} up to date, 0 failed." in said and page.exists()
    assert results(tmp_path / "farm") == results(tmp_path / "plain") and kept(tmp_path / "farm") == ["c.____.psd.jsonl"]


@pytest.mark.long
def test_chunks_side_by_side(lively: Path, tmp_path: Path) -> None:
    """With numbers that begin alike, and files that a killed chunk has left half written, which the last step removes."""
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
    said = done(start(*words, "--openjd-task", "finish"))
    assert "20 frames: 0 made, 20 up to date" in said and results(tmp_path / "farm") == results(tmp_path / "plain")


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGTERM")
def test_a_canceled_chunk_stops_in_order_and_goes_on(untrained: Path, tmp_path: Path) -> None:
    """openjd passes the signal on; what was made stays made."""
    out, path = tmp_path / "out", tmp_path / "t.json"
    words = [shot(tmp_path / "in", 60, 120), "-o", out / "*.png", "--weights", untrained, "--palette", "#f00"]
    done(start(*words, "--openjd", path))
    job = openjd("run", path, "-p", "ChunkSize=60")
    wait_for(lambda: len(list(out.glob("*.png"))) > 2, 120)
    began = time.monotonic()
    job.send_signal(signal.SIGTERM)
    code, said = ended(job)
    assert code != 0 and "the same command continues" in said and time.monotonic() - began < PATIENCE, said
    made = len(list(out.glob("*.png")))
    assert 2 < made < 60 and not list(out.glob(".*.png"))
    code, said = ended(openjd("run", path, "--step", "frames", "-p", "ChunkSize=60"))
    assert code == 0 and f"60 frames: {60 - made} made, {made} up to date" in said, said


@pytest.mark.long
def test_a_failed_frame_fails_its_step(lively: Path, tmp_path: Path) -> None:
    words = [shot(tmp_path / "in", 4), "-o", tmp_path / "o/*.png", "--weights", lively]
    path = tmp_path / "t.yml"
    done(start(*words, "--openjd", path))
    (tmp_path / "in/line.0002.png").unlink()
    (tmp_path / "in/line.0003.png").write_bytes(b"no picture")
    code, said = ended(openjd("run", path, "-p", "ChunkSize=4"))
    assert code != 0 and "exited with code: 9" in said and "Running step 'finish'" not in said
    assert "openjd_fail: 2 of 4 frames failed: 0002, 0003." in said and "line.0002.png does not exist." in said
    assert len(results(tmp_path / "o")) == 2
    code, said = ended(openjd("run", path, "--step", "finish", "--no-run-dependencies"))
    assert code != 0 and "2 of 4 frames failed: 0002, 0003." in said
