"""Key frames of a job: their colours are propagated, and a corrected key changes only the frames that depend on it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from colorgan_core.lineart.region_map import read_region_map
from colorgan_core.picture.pixels import read_picture
from shots import results

RED, BLUE, GREEN = (201, 30, 41), (20, 61, 200), (33, 141, 60)
SIZE, FRAMES = 128, 7


def places(number: int) -> list[tuple[tuple[int, int], int]]:
    """Middle and radius of three discs in frame 1..: two pass each other, the third comes in at frame 3."""
    found = [((28 + 12 * (number - 1), 34), 18), ((100 - 12 * (number - 1), 80), 16)]
    return found if number < 3 else [*found, ((64, 114), 9)]


def draw(path: Path, number: int, colors: tuple[tuple[int, int, int], ...] = ()) -> None:
    """The lines of a frame; with colors, the frame coloured, on transparent paper."""
    lines, paint = np.full((SIZE, SIZE), 255, np.uint8), np.zeros((SIZE, SIZE, 4), np.uint8)
    for disc, (middle, radius) in enumerate(places(number)):
        cv2.circle(lines, middle, radius, 0, 2)
        if disc < len(colors):
            cv2.circle(paint, middle, radius, (*colors[disc], 255), -1)
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(paint if colors else lines).save(path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Lines of all frames, and a key of the first."""
    for number in range(1, FRAMES + 1):
        draw(tmp_path / f"line.{number:04}.png", number)
    draw(tmp_path / "keys" / "key.0001.png", 1, (RED, BLUE))
    return tmp_path


def words(film: Path, weights: Path, *more: object) -> list[object]:
    return [
        "batch", film / "line.####.png", "-o", film / "out/c.####.png", "--keys", film / "keys/key.####.png", "--weights", weights,
        "--layers", "flats", "--masks", "--workers", 1, *more,
    ]  # fmt: skip


def color(film: Path, number: int, disc: int) -> tuple[int, ...] | None:
    """The colour of a disc in a result; None if it is unpainted."""
    (x, y), _ = places(number)[disc]
    flats = read_picture(film / f"out/c.{number:04}.flats.png").array
    pixel = tuple(int(value) for value in flats[y, x])
    return pixel[:3] if pixel[3] else None


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in after if before.get(name) != after[name]}


def test_keys_are_propagated_and_a_correction_only_changes_its_frames(
    run: Callable[..., Any], lively: Path, film: Path
) -> None:
    page = film / "report.html"
    ran = run(*words(film, lively, "--html", page))
    assert ran.code == 0, ran.err
    for number in range(1, FRAMES + 1):
        assert (color(film, number, 0), color(film, number, 1)) == (RED, BLUE), f"frame {number}"
    assert all(color(film, number, 2) in (RED, BLUE, None) for number in range(3, FRAMES + 1)), "in the keys' colours"
    assert "from key 0001" in page.read_text("utf-8") and "a key" in page.read_text("utf-8")
    first, stamps = results(film / "out"), {path: path.stat().st_mtime_ns for path in (film / "out").rglob("*")}

    ran = run(*words(film, lively))
    assert ran.code == 0 and f"0 made, {FRAMES} up to date" in ran.out
    assert {path: path.stat().st_mtime_ns for path in (film / "out").rglob("*.png")}.items() <= stamps.items()

    draw(film / "keys/key.0004.png", 4, (RED, BLUE, GREEN))  # frame 4, corrected
    ran = run(*words(film, lively, "--html", page))
    second = results(film / "out")
    assert ran.code == 0 and color(film, 4, 2) == GREEN
    assert all(color(film, number, 2) == GREEN for number in range(3, FRAMES + 1)), "propagated forward and backward"
    assert all((color(film, number, 0), color(film, number, 1)) == (RED, BLUE) for number in range(1, FRAMES + 1))
    redone = {f"000{number}" for number in range(3, FRAMES + 1)}
    assert changed(first, second) == {f"c.{number}.{kind}.png" for number in redone for kind in ("flats", "regions")}
    assert "Made: " + ", ".join(f"{number} (keys changed)" for number in sorted(redone)) in ran.out
    assert page.read_text("utf-8").count("rendered again: keys changed") == len(redone)

    fresh = [each if each != film / "out/c.####.png" else film / "fresh/c.####.png" for each in words(film, lively)]
    assert run(*fresh).code == 0 and results(film / "fresh") == second, "the results do not depend on earlier runs"


def test_a_job_that_had_no_keys_at_first(run: Callable[..., Any], lively: Path, film: Path) -> None:
    """Keys replace the palette that was chosen before. The results are the same as with keys from the start."""
    plain = [each for n, each in enumerate(words(film, lively)) if n not in (4, 5)]
    assert "--keys" not in plain and run(*plain, "--task", "lineart").code == 0
    assert run(*words(film, lively, "--task", "lineart")).code == 0
    fresh = [each if each != film / "out/c.####.png" else film / "fresh/c.####.png" for each in words(film, lively)]
    assert run(*fresh).code == 0 and results(film / "out") == results(film / "fresh")


def test_keys_outside_the_job_are_used(run: Callable[..., Any], untrained: Path, film: Path) -> None:
    assert run(*words(film, untrained, "--frames", "6-7")).code == 0
    assert {name.split(".")[1] for name in results(film / "out")} == {"0006", "0007"}
    assert (color(film, 7, 0), color(film, 7, 1)) == (RED, BLUE)


def test_a_region_map_and_a_model_sheet_give_names(run: Callable[..., Any], untrained: Path, film: Path) -> None:
    """The key is a region map of an earlier job; a palette file has names for its colours."""
    palette = film / "sheet.gpl"
    palette.write_text("GIMP Palette\nName: hero\n201 30 41 coat\n20 61 200 sky\n")
    assert run(*words(film, untrained, "--frames", "1")).code == 0
    os.replace(film / "out/c.0001.regions.png", film / "keys/key.0001.png")
    assert run(*words(film, untrained, "--palette", palette)).code == 0
    known = read_region_map(film / f"out/c.000{FRAMES}.regions.png")
    (x, y), _ = places(FRAMES)[0]
    region = known.regions.labels[y, x]
    assert known.names[region] == "coat" and tuple(known.colors[region]) == RED


def test_regions_that_are_not_found_are_reported(run: Callable[..., Any], untrained: Path, film: Path) -> None:
    """Frame 5 has another size, so none of its regions can be found: a cut within the sequence."""
    other = np.full((SIZE, SIZE + 10), 255, np.uint8)
    cv2.rectangle(other, (20, 20), (80, 90), 0, 2)
    Image.fromarray(other).save(film / "line.0005.png")
    ran = run(*words(film, untrained, "--report", film / "reports/r.####.json"))
    assert ran.code == 0 and "Regions not found in a key: " in ran.out and "0005 (2)" in ran.out
    report = json.loads((film / "reports/r.0005.json").read_text("utf-8"))
    assert [each["kind"] for each in report["findings"]].count("unmatched") == 2


def test_broken_keys_and_frames(run: Callable[..., Any], untrained: Path, film: Path) -> None:
    """A broken frame only fails itself; a broken key fails its interval, with one message for all frames."""
    (film / "line.0003.png").write_bytes(b"no picture")
    ran = run(*words(film, untrained))
    assert ran.code == 9 and "1 of 7 frames failed: 0003." in ran.err
    assert (color(film, 5, 0), color(film, 5, 1)) == (RED, BLUE), "tracked across the missing frame"
    draw(film / "line.0003.png", 3)
    Image.new("RGBA", (20, 30)).save(film / "keys/key.0004.png")
    Image.new("RGBA", (20, 30)).save(film / "keys/key.0099.png")
    ran = run(*words(film, untrained))
    assert ran.code == 9 and "7 of 7 frames failed" in ran.err
    message = "The key key.0004.png is 20 x 30, and its frame 128 x 128; they must have the same size."
    assert (
        f"colorgan: frame 0001 to 0003: {message}" in ran.err and f"colorgan: frame 0004 to 0007: {message}" in ran.err
    )
    assert "key.0099.png: there is no frame for this key, so it is not used." in ran.err
    (film / "keys/key.0004.png").unlink()
    assert run(*words(film, untrained)).code == 0 and color(film, 3, 0) == RED


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--task", "gray"], 2, "--keys is for line art, but --task is gray."),
        (["--paint", "--layers", ""], 2, "--keys cannot be used with --paint"),
        (["--keys", "none.####.png"], 3, "No frame has a key: none.####.png matches no file."),
        (["-o", "keys/key.####.png"], 2, "key.0001.png is read by this job and would be written over"),
    ],
)
def test_keys_with_other_options(
    more: list[str], code: int, message: str, run: Callable[..., Any], untrained: Path, film: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(film)
    job = ["batch", "line.####.png", "-o", "out/*.png", "--keys", "keys/key.####.png", "--weights", untrained]
    job = [
        each for n, each in enumerate(job) if not ("--keys" in more and (each == "--keys" or job[n - 1] == "--keys"))
    ]
    if "--layers" in more:
        more = more[:1]
    ran = run(*job, *more)
    assert ran.code == code and message in ran.sentence
