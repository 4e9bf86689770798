"""A drawing is not written over by its own result, whatever it is called, unless that is wanted."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorgan_core.picture.pixels import write_picture

Run = Callable[..., Any]
USAGE, OUTPUT = 2, 4


@pytest.fixture
def desk(tmp_path: Path, drawing: np.ndarray[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a drawing and other names for it."""
    write_picture(tmp_path / "a.png", drawing)
    write_picture(tmp_path / "style.png", 255 - drawing)
    (tmp_path / "soft.png").symlink_to("a.png")
    os.link(tmp_path / "a.png", tmp_path / "hard.png")
    (tmp_path / "there").symlink_to(".")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("words", [["colorize"], ["colorize", "--engine"], ["stylize", "--style", "style.png"]])
@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("a.png", "a.png"), ("a.png", "./a.png"), ("a.png", "FOLDER/a.png"), ("a.png", "there/a.png"), ("a.png", "soft.png"),
        ("soft.png", "a.png"), ("a.png", "hard.png"), ("there/soft.png", "FOLDER/hard.png"),
    ],
)  # fmt: skip
def test_in_and_out_are_one_file(
    words: list[str], source: str, output: str, run: Run, desk: Path, lively: Path
) -> None:
    before = contents(desk)
    ran = run(*words, source, "-o", output.replace("FOLDER", str(desk)), "--weights", lively)
    assert ran.code == USAGE and "would be written over" in ran.sentence and "--overwrite" in ran.sentence
    assert source in ran.sentence
    assert contents(desk) == before


@pytest.mark.parametrize("words", [["colorize", "--task", "lineart"], ["stylize", "--style", "style.png"]])
@pytest.mark.parametrize("output", ["a.png", "soft.png", "hard.png"])
def test_overwrite_puts_the_result_in_its_place(
    words: list[str], output: str, run: Run, desk: Path, lively: Path
) -> None:
    assert run(*words, "a.png", "-o", "else.png", "--weights", lively).code == 0
    before = contents(desk)
    assert run(*words, "a.png", "-o", output, "--weights", lively, "--overwrite").code == 0
    after = contents(desk)
    assert after[output] == before["else.png"] != before["a.png"] and after.keys() == before.keys()
    assert (desk / "soft.png").is_symlink()
    if output == "hard.png":
        assert after["a.png"] == before["a.png"], "a hard link's other name keeps the drawing"


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        (["colorize", "a.png", "-o", "marks.png", "--hints", "marks.png"], "marks.png"),
        (["colorize", "a.png", "-o", "marks.png", "--bare", "link.png"], "link.png"),
        (["colorize", "a.png", "-o", "a.png", "--reference", "hard.png"], "hard.png"),
        (["colorize", "a.png", "-o", "marks.png", "--palette", "marks.png"], "marks.png"),
        (["colorize", "a.png", "-o", "net.png", "--weights", "WEIGHTS"], "untrained"),
        (["colorize", "a.flats.png", "-o", "a.png", "--layers", "flats"], "a.flats.png"),
        (["colorize", "a.png", "-o", "b.png", "--report", "soft.png"], "a.png"),
        (["colorize", "a.png", "-o", "b.png", "--masks", "--hints", "b.regions.png"], "b.regions.png"),
        (["colorize", "a.png", "-o", "b.png", "--report", "b.png"], "b.png"),
        (["stylize", "a.png", "-o", "link.png", "--style", "marks.png:2"], "marks.png"),
        (["stylize", "a.png", "-o", "a.png", "--style", "soft.png"], "soft.png"),
    ],
)
def test_nothing_else_that_is_read_is_ever_replaced(
    words: list[str], taken: str, run: Run, desk: Path, untrained: Path
) -> None:
    marks = np.zeros((48, 64, 4), np.uint8)
    marks[20:28, 28:36] = 200, 30, 30, 255
    for name in ("marks.png", "b.regions.png", "a.flats.png"):
        write_picture(desk / name, marks)
    (desk / "link.png").symlink_to("marks.png")
    (desk / "net.png").symlink_to(untrained)
    before = contents(desk)
    words = [word.replace("WEIGHTS", str(untrained)) for word in words]
    ran = run(*words, "--overwrite")
    assert ran.code == USAGE and "would be written over" in ran.sentence and taken in ran.sentence
    assert contents(desk) == before


def test_a_layers_base_name_is_no_file(run: Run, desk: Path, lively: Path) -> None:
    """-o a.png --layers flats writes a.flats.png, and the drawing a.png stays."""
    before = contents(desk)
    assert (
        run(
            "colorize", "a.png", "-o", "a.png", "--layers", "flats,lines", "--task", "lineart", "--weights", lively
        ).code
        == 0
    )
    after = contents(desk)
    assert set(after) - set(before) == {"a.flats.png", "a.lines.png"} and after.items() >= before.items()


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit on the size of files")
def test_a_full_disk_while_overwriting_keeps_the_drawing(desk: Path, lively: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    Image.fromarray(noise).save(desk / "n.png")
    before = contents(desk)
    ran = subprocess.run(
        [sys.executable, "-m", "colorgan_core", "colorize", "n.png", "-o", "n.png", "--overwrite", "--weights", str(lively)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)), capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == OUTPUT and "The disk is full" in ran.stderr and ran.stdout == ""
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("output", "more", "taken"),
    [
        ("fr.####.png", {}, "fr.0001.png"),
        ("fr.%04d.png", {}, "fr.0001.png"),
        ("there/fr.####.png", {}, "fr.0001.png"),
        ("./", {}, "fr.0001.png"),
        ("fr.0001.psd", {"frames": "1", "hints": "m.png", "report": "m.png"}, "m.png"),
        ("linked.####.png", {}, "fr.0001.png"),
        ("new/", {"palette": "m.png", "sheet": "m.png"}, "m.png"),
        ("new/", {"html": "job.toml"}, "job.toml"),
        ("new/fr.####.png", {"sheet": "new/fr.0001.png"}, "new/fr.0001.png"),
        ("new/", {"sheet": "x.png", "html": "x.png"}, "x.png"),
        ("m.####.png", {"reference": "m.0002.png"}, "m.0002.png"),
    ],
)
def test_a_batch_replaces_nothing_that_it_reads(
    output: str, more: dict[str, str], taken: str, run: Run, desk: Path, drawing: np.ndarray[Any, Any], lively: Path
) -> None:
    for name in ("fr.0001.png", "fr.0002.png", "m.png", "m.0002.png"):
        write_picture(desk / name, drawing)
    os.link(desk / "fr.0001.png", desk / "linked.0002.png")
    lines = {"input": "fr.####.png", "output": output, "weights": str(lively), **more}
    (desk / "job.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in lines.items()), "utf-8")
    before = contents(desk)
    ran = run("batch", "job.toml")
    assert ran.code == USAGE and taken in ran.sentence and "would" in ran.sentence
    assert contents(desk) == before


@pytest.mark.parametrize(
    "words",
    [
        ["evaluate", "--set", "set", "--sheet", "set/a.png"],
        ["evaluate", "--set", "set", "--task", "gray", "--json", "link.json"],
        ["evaluate", "--set", "set", "--json", "own.safetensors", "--weights", "own.safetensors"],
        ["evaluate", "--set", "set", "--pix2pix", "own.safetensors", "--json", "./own.safetensors"],
        ["evaluate", "--set", "set", "--sheet", "new.png", "--json", "there/new.png"],
        ["train", "--data", "none", "--init", "run/weights.safetensors", "--out", "there/run", "--minutes", "1"],
        ["weights", "bundle", "-o", "INSTALLED"],
        ["weights", "bundle", "-o", "LIST"],
    ],
)
def test_every_command_spares_what_it_reads(
    words: list[str], run: Run, desk: Path, untrained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(desk / "data"))
    for folder in ("set", "run"):
        (desk / folder).mkdir()
    os.link(desk / "a.png", desk / "set/a.png")
    (desk / "link.json").symlink_to("set/a.png")
    for name in ("own.safetensors", "run/weights.safetensors"):
        (desk / name).write_bytes(untrained.read_bytes())
    assert run("weights", "install", untrained, "--name", "mine").code == 0
    from colorgan_core.stored_weights import find, index

    places = {"INSTALLED": str(find("mine")), "LIST": str(index())}
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    ran = run(*(places.get(word, word) for word in words))
    assert ran.code == USAGE and "would be written over" in ran.sentence
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before
