"""A whole job in real processes: which frames are rendered, kept or fail. The result depends only on the frames."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorgan_core.gray.detection import look_at
from colorgan_core.picture.pixels import read_picture
from colorgan_core.sequence import worker_backend
from colorgan_core.sequence.manifest import Manifest
from colorgan_train.task_cases import line_art, one_figure
from shots import SIDE, draw, results, shot

EVIL = "<b>&amp;'\"$(x)"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.pictures += [value or "" for name, value in attrs if name == "src"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_job_its_faults_and_its_second_run(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    folder = tmp_path / EVIL
    frames, out, page, sheet = shot(folder, 6), folder / "out", tmp_path / "report.html", tmp_path / "sheet.png"
    (folder / "line.0003.png").unlink()
    (folder / "line.0004.png").write_bytes(b"no picture")
    Image.fromarray(np.full((SIDE, SIDE, 4), 255, np.uint8)).save(folder / "hints.0002.png")
    words = [frames, "-o", out / f"{EVIL}.####.psd", "--weights", lively, "--seed", 2]
    more = ["--frames", "1-6", "--workers", 2, "--html", page, "--sheet", sheet]
    ran = run("batch", *words, *more)
    assert ran.code == 9
    messages = ran.err.splitlines()
    assert [*sorted(messages[:-1]), messages[-1]] == [  # which of two processes is first is undefined
        "colorgan: frame 0003: line.0003.png does not exist.",
        "colorgan: frame 0004: line.0004.png is damaged, or not a picture of a known kind (PNG, JPEG, WEBP, TIFF, GIF, BMP).",
        "colorgan: 2 of 6 frames failed: 0003, 0004.",
    ]
    assert "6 frames: 4 made, 0 up to date, 2 failed." in ran.out
    names = [f"{EVIL}.{number:04}.psd" for number in (1, 2, 5, 6)]
    assert sorted(path.name for path in out.iterdir() if path.is_file()) == names
    first = results(out)

    read = Page(page.read_text("utf-8"))
    assert len(read.pictures) == 4 and all(each.startswith("data:image/jpeg;base64,") for each in read.pictures)
    assert "b" not in read.tags[read.tags.index("main") :] and "script" not in read.tags
    assert EVIL in read.text and "line.0003.png does not exist." in read.text and str(tmp_path) not in page.read_text()
    assert len(read.links) == 4 and not any(link.startswith(("/", "file:", "http")) for link in read.links)
    assert read_picture(sheet).size[0] > 240

    draw(folder / "line.0003.png", 3)
    draw(folder / "line.0004.png", 4)
    draw(folder / "line.0005.png", 1)  # another drawing
    (out / names[3]).write_bytes(b"painted over")
    before = (out / names[0]).stat().st_mtime_ns
    ran = run("batch", *words, "--frames", "1-6", "--workers", 1)
    assert ran.code == 0 and "6 frames: 4 made, 2 up to date, 0 failed." in ran.out and ran.err == ""
    assert (
        "0003 (failed before), 0004 (failed before), 0005 (picture changed), 0006 (result missing or changed)"
        in ran.out
    )
    assert (out / names[0]).stat().st_mtime_ns == before
    second = results(out)
    assert second[names[3]] == first[names[3]], "rendered again with the palette of the first run"
    assert second[names[2]] != first[names[2]] and second[names[0]] == first[names[0]]

    fresh = folder / "fresh"
    ran = run("batch", frames, "-o", fresh / f"{EVIL}.####.psd", "--weights", lively, "--seed", 2, "--workers", 1)
    assert ran.code == 0 and results(fresh) == second, "workers, order and history change no byte"

    records = [json.loads(line) for line in (next(out.glob(".colorgan/*.jsonl"))).read_text("utf-8").splitlines()]
    palettes = {json.dumps(record["look"]) for record in records if "frame" in record}
    assert len(palettes) == 1 and str(tmp_path) not in json.dumps(records)
    record = next(record for record in records if record.get("frame") == "0005")
    assert record["dtype"] == "float32" and re.fullmatch("[0-9a-f]{64}", record["weights"] + "") and record["processor"]
    assert re.fullmatch("[0-9a-f]{64}", record["inputs"]["picture"]) and record["options"]["seed"] == 2


def test_changed_hints_render_their_frame_again_with_the_same_palette(
    run: Callable[..., Any], lively: Path, tmp_path: Path
) -> None:
    """Hints on one frame of three. Regions without hints have the same colours in all frames."""
    frames, out = shot(tmp_path, 3), tmp_path / "out"
    hints = np.zeros((SIDE, SIDE, 4), np.uint8)
    hints[SIDE // 2 - 3 : SIDE // 2 + 3, SIDE // 2 - 3 : SIDE // 2 + 3] = 210, 40, 60, 255
    Image.fromarray(hints).save(tmp_path / "h.0002.png")
    words = [frames, "-o", out / "c.####.png", "--hints", tmp_path / "h.####.png", "--weights", lively]
    words += ["--task", "lineart", "--no-shade", "--layers", "flats", "--workers", 1]
    assert run("batch", *words).code == 0
    flats = [read_picture(out / f"c.000{number}.flats.png").array for number in (1, 2, 3)]
    colors = [{tuple(color) for color in each[each[..., 3] > 0][:, :3].tolist()} for each in flats]
    assert (210, 40, 60) in colors[1], "the hint's colour is exact"
    assert colors[0] and colors[0] == colors[2], "frames without hints have the same colours"
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.png")}
    Image.fromarray(hints).save(tmp_path / "h.0003.png")
    kept = next(out.glob(".colorgan/*.jsonl"))
    kept.write_text(kept.read_text("utf-8").replace('"processor":"', '"processor":"Z80 '), "utf-8")
    ran = run("batch", *words)
    assert ran.code == 0 and "Made: 0003 (hints changed)." in ran.out
    assert ran.sentence.startswith("Frames that are up to date were rendered on another processor (Z80 ")
    after = {path.name: path.stat().st_mtime_ns for path in out.glob("*.png")}
    assert {name for name in after if after[name] != before[name]} == {"c.0003.flats.png"}


def test_a_frame_that_crashes_its_worker(
    run: Callable[..., Any], untrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried once more, then fails. The other frames of the same worker are rendered."""
    assign, killed = worker_backend.WorkerHandle.assign, []

    def deadly(worker: worker_backend.WorkerHandle, task: dict[str, Any]) -> None:
        assign(worker, task)
        if task["frame"] == "0002":
            killed.append(worker.process.pid)
            worker.process.kill()
            (token,) = Manifest(next(tmp_path.glob("out/.colorgan/*.jsonl")), repair=False).writers
            (
                tmp_path / f"out/.line.0002-{token}-0123abcd.png"
            ).touch()  # as left by a worker that is killed while it writes

    monkeypatch.setattr(worker_backend.WorkerHandle, "assign", deadly)
    ran = run(
        "batch",
        shot(tmp_path, 4),
        "-o",
        tmp_path / "out/*.png",
        "--weights",
        untrained,
        "--workers",
        1,
        "--palette",
        "#f00",
    )
    assert ran.code == 9 and len(set(killed)) == 2
    assert (
        "frame 0002: The worker process ended while it rendered this frame, more than once" in ran.err
        and "1 of 4 frames failed: 0002." in ran.err
    )
    assert sorted(results(tmp_path / "out")) == ["line.0001.png", "line.0003.png", "line.0004.png"]


def test_a_style_and_damaged_weights(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    frames = shot(tmp_path, 2)
    draw(tmp_path / "style.png", 5)
    words = [
        tmp_path,
        "-o",
        f"{tmp_path}{os.sep}o{os.sep}",
        "--style",
        f"{tmp_path / 'style.png'}:2",
        "--strength",
        0.5,
    ]
    ran = run("batch", *words, "--weights", lively)
    assert ran.code == 0 and sorted(results(tmp_path / "o")) == ["line.0001.png", "line.0002.png", "style.png"]
    (tmp_path / "bad.safetensors").write_bytes(b"<html>")
    ran = run("batch", frames, "-o", tmp_path / "p/*.png", "--weights", tmp_path / "bad.safetensors")
    assert ran.code == 5 and "bad.safetensors" in ran.sentence


def test_an_uncertain_task_is_noted_once(run: Callable[..., Any], lively: Path, tmp_path: Path) -> None:
    """Once for all frames, and not again if the palette is not chosen again."""
    rng = np.random.default_rng(1)
    made = (one_figure(line_art(rng, 160), rng) for _ in range(50))
    page = next(picture for picture in made if not look_at(picture).sure)
    for number in (1, 2, 3):
        Image.fromarray(page).save(tmp_path / f"line.{number:04}.png")
    words = [
        "batch",
        tmp_path / "line.####.png",
        "-o",
        tmp_path / "out/c.####.png",
        "--weights",
        lively,
        "--workers",
        1,
    ]
    ran = run(*words)
    assert ran.code == 0 and ran.err.count("which is not certain") == 1
    again = run(*words)
    assert again.code == 0 and "3 up to date" in again.out and "not certain" not in again.err
