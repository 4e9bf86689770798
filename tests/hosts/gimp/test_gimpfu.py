"""Plug-ins for GIMP 2's Python, as they are, on GIMP 3 through gimpfu; and the same without GIMP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

PYTHON_2 = Path(__file__).parents[3] / "tests/plugins_fu/python2"
# By Python 2.7.18, of the list `parts` in habits.py.
HABITS = "-4 0 1.5 2 3 True a hi shell title"
pytestmark = [pytest.mark.hosts, pytest.mark.timeout(500)]
ROOT = Path(__file__).parents[3]
FORMATS = ROOT / "tests/plugins_fu/formats.py"
PLUGINS = sorted(set((ROOT / "tests/plugins_fu").glob("*.py")) - {FORMATS})
ALONE = ("newimage", "sheet")  # plug-ins that make images and take none


def told(path: Path) -> dict[str, Any]:
    """What a plug-in registers, as far as a call needs it."""
    name = re.findall(r"^register\(\s*[\"']([^\"']+)", path.read_text(), re.M)[0].replace("_", "-")
    return {
        "procedure": name if "-fu-" in name else f"python-fu-{name}",
        "image": path.stem not in ALONE,
        "values": {},
    }


@pytest.fixture(scope="session")
def picture(installed: Path) -> Path:
    """48 x 36 pixels in all colours, with flat parts."""
    array = np.asarray(Image.open(ROOT / "tests/golden/demo/garden.png").convert("RGB").resize((48, 36)))
    array = array.copy()
    array[4:14, 6:20], array[20:30, 24:44] = (255, 0, 0), (40, 90, 200)
    path = installed / "small.png"
    Image.fromarray(array).save(path)
    return path


@pytest.fixture(scope="session")
def found(console: Any, picture: Path) -> Any:
    """Every plug-in, run once by GIMP's console."""
    plan = {path.stem: told(path) for path in PLUGINS}
    return console.run("fu", PLAN=json.dumps(plan), PICTURE=str(picture))


def expected(name: str, array: Any) -> Any:
    """What some of the plug-ins must make of a picture, reckoned here."""
    height, width = array.shape[:2]
    made = array.copy()
    if name == "regions":
        made = made[..., ::-1].copy()
        made[::2] //= 2
    elif name == "slices":
        made[:, 1:] = 255 - made[:, 1:]
    elif name == "tiles":
        made = made // 64 * 64
    elif name == "every_kind":
        made = 255 - made
    elif name == "vectors":
        made[height // 8 : height // 2, width // 8 : width // 2] = 250, 200, 0
        down, right = height // 4, width // 4
        made[height // 8 + down : height // 2 + down, width // 8 + right : width // 2 + right] = 0, 60, 250
    elif name == "sliders":
        made[:8, 12:24] = 200, 40, 80
        made[2:6, 14:22] = 255
    else:
        return None
    return made


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_a_plug_in_runs_in_gimp_and_without_it(
    path: Path, found: dict[str, Any], installed: Path, picture: Path, tmp_path: Path
) -> None:
    report = found[path.stem]
    assert report["status"] == "success", report["message"]
    out = tmp_path / "out.png"
    words = [sys.executable, ROOT / "plugin/gimpfu", path, *([] if path.stem in ALONE else [picture]), "-o", out]
    ran = subprocess.run([str(each) for each in words], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    width, height = report["size"]
    shown = np.frombuffer((installed / f"{path.stem}.raw").read_bytes(), np.uint8).reshape(height, width, 4)
    headless = np.asarray(Image.open(out).convert("RGBA"))
    assert headless.shape == shown.shape
    before = np.asarray(Image.open(picture).convert("RGBA"))
    assert path.stem != "sheet" or shown.shape == (8, 28, 4)
    assert shown.shape != before.shape or (shown != before).any(), "it did something"
    wanted = expected(path.stem, before[..., :3])
    if wanted is not None:
        np.testing.assert_array_equal(shown[..., :3], wanted)
    seen = headless[..., 3] > 0
    assert np.abs(headless[seen][:, :3].astype(int) - shown[seen][:, :3]).max() <= 1


def test_python_2_means_what_it_meant(found: dict[str, Any]) -> None:
    """The layer's name holds what Python 2.7 gives for the same expressions; its pixels are compared above."""
    assert found["habits"]["tree"] == [HABITS, "Background"]


def test_a_plug_in_of_python_2_has_an_entry_and_is_converted(console: Any, installed: Path, picture: Path) -> None:
    """Its menu entry is where it would be, and says what is wrong; converted as it says, the plug-in runs."""
    plugins = installed / "home/.config/GIMP/3.0/plug-ins"
    found = console.run("fu_entries", PICTURE=str(picture), PLAN=json.dumps(["python-fu-darker", "python-fu-window"]))
    darker, window = found["python-fu-darker"], found["python-fu-window"]
    assert darker["menus"] == window["menus"] == ["<Image>/Filters/Fu"]
    assert darker["label"] == "_Darker rows (needs converting)" and window["label"] == "Window of its own (cannot run)"
    assert darker["status"] == window["status"] == "execution-error"
    assert "PyGTK" in window["message"] and "Gtk 3" in window["message"]
    file = plugins / "darker/darker.py"
    assert "written for Python 2" in darker["message"] and f"convert {file}" in darker["message"]
    command = re.findall(r"python3 (\S+) convert (\S+)", darker["message"])[0]
    ran = subprocess.run(
        [sys.executable, "-W", "error", *command[:1], "convert", command[1]], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert (plugins / "darker/darker.py.python2").read_bytes() == (PYTHON_2 / "darker.py").read_bytes()
    after = console.run("fu", PLAN=json.dumps({"darker": told(file)}), PICTURE=str(picture))["darker"]
    assert after["status"] == "success", after["message"]
    assert after["tree"] == ["24 dark"]
    before = np.asarray(Image.open(picture))
    shown = np.frombuffer((installed / "darker.raw").read_bytes(), np.uint8).reshape(36, 48, 4)[..., :3]
    np.testing.assert_array_equal(shown[1::2], before[1::2])
    np.testing.assert_array_equal(shown[::2], before[::2] // 2)


def test_every_kind_of_parameter(found: dict[str, Any]) -> None:
    report = found["every_kind"]
    wanted = "7 3 1.5 a b long (1, 2) (1, 2, 3) True 0.5 5.0 1 b /tmp/x /tmp 33 0 2.5 3"
    assert report["tree"] == [wanted]
    assert report["results"][:3] == [7, 1.5, "a b"] and report["results"][6] == "1; 2; 30"


def test_a_file_format(console: Any, picture: Path, tmp_path: Path) -> None:
    """GIMP exports and opens files by a plug-in's handlers; the file is the same without GIMP."""
    found = console.run("fu_formats", PICTURE=str(picture))
    assert found["by extension"] and found["same pixels"] and found["flipped"]
    assert "is no PGX file" in found["no file of it"] and "no transparency" in found["no transparency"]
    out, back = tmp_path / "out.pgx", tmp_path / "back.png"
    words = [sys.executable, ROOT / "plugin/gimpfu", FORMATS, "-p"]
    for more in (["file-pgx-save", picture, "-o", out], ["file-pgx-load", out, "-o", back]):
        ran = subprocess.run([str(each) for each in (*words, *more)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    assert out.read_bytes() == (console.folder / "out.pgx").read_bytes()
    np.testing.assert_array_equal(np.asarray(Image.open(back)), np.asarray(Image.open(picture)))


def test_every_name_in_gimp(console: Any, installed: Path) -> None:
    console.run("fu_names", PYTHONPATH=f"{installed}/scripts:{installed}/gimpfu")


def test_every_procedure_of_the_table(console: Any, installed: Path) -> None:
    found = console.run("fu_procedures", PYTHONPATH=f"{installed}/scripts:{installed}/gimpfu")
    for wrong in ("missing", "not refused", "called", "filters"):
        assert found[wrong] == [], wrong
    assert sum(found["counted"].values()) > 1250


def test_a_dialog_and_last_values(console: Any, picture: Path) -> None:
    """A dialog of sliders and colours, answered by typing a number; a run with last values gives the same."""
    found = console.window("alt+o", "python-fu-badge", "Badge", DRAWING=str(picture))
    assert found["error"] is None and found["status"] == "success", found
    assert found["after"][0] == "badge" and found["again"][0] == "badge"
    if "COLORGAN_SCREENSHOTS" in os.environ:
        shot = Image.open(console.folder / "dialog.png").convert("RGB").crop((490, 215, 910, 690))
        shot.quantize(255, dither=Image.Dither.NONE).save(
            Path(os.environ["COLORGAN_SCREENSHOTS"]) / "gimpfu-dialog.png", optimize=True
        )


def test_the_example_colours_as_the_command_line_does(
    console: Any, installed: Path, run: Callable[..., Any], golden: Path, tmp_path: Path
) -> None:
    """examples/colorgan_fu.py in GIMP 3; the program it starts hands its words to the real one outside the chroot."""
    drawing = installed / "turkey.png"
    drawing.write_bytes((golden / "demo" / "turkey.png").read_bytes())
    command = installed / "colorgan"
    command.write_text(RELAY.replace("FOLDER", str(installed)))
    command.chmod(0o755)
    over = threading.Event()
    outside = threading.Thread(target=answer, args=(installed, over), daemon=True)
    outside.start()
    try:
        found = console.run("fu_example", DRAWING=str(drawing), COMMAND=str(command), TMPDIR=str(installed))
    finally:
        over.set()
        outside.join()
    assert found["tree"] == [["colorgan", ["lines", "shade", "flats"]], found["tree"][-1]]
    assert "no-such-palette" in found["refused"] and found["after refusal"] == found["before refusal"]
    out = tmp_path / "out.png"
    assert run("colorize", drawing, "-o", out, "--task", "lineart", "--seed", 3, "--layers", "flats").code == 0
    wanted = np.asarray(Image.open(tmp_path / "out.flats.png").convert("RGBA"))
    flats = np.frombuffer((installed / "flats.raw").read_bytes(), np.uint8).reshape(wanted.shape)
    np.testing.assert_array_equal(flats[wanted[..., 3] > 0], wanted[wanted[..., 3] > 0])


RELAY = """#!/bin/sh
printf '%s\\n' "$@" > FOLDER/words.part
mv FOLDER/words.part FOLDER/words
while [ ! -e FOLDER/answered ]; do sleep 0.05; done
cat FOLDER/said >&2
code=$(cat FOLDER/answered)
rm FOLDER/answered
exit $code
"""


def answer(folder: Path, over: threading.Event) -> None:
    """Runs what the relay asks for: the paths are the same inside and outside."""
    while not over.is_set():
        if (folder / "words").exists():
            words = (folder / "words").read_text().splitlines()
            (folder / "words").unlink()
            ran = subprocess.run([Path(sys.executable).parent / "colorgan", *words], capture_output=True, text=True)
            (folder / "said").write_text(ran.stderr)
            (folder / "answered.part").write_text(str(ran.returncode))
            (folder / "answered.part").rename(folder / "answered")
        time.sleep(0.05)
