"""Plug-ins for GIMP 2's Python, as they are, on GIMP 3 through gimpfu; and the same without GIMP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(500)]
ROOT = Path(__file__).parents[3]
PLUGINS = sorted((ROOT / "tests/plugins_fu").glob("*.py"))


def told(path: Path) -> dict[str, Any]:
    """What a plug-in registers, as far as a call needs it."""
    name = re.findall(r"^register\(\s*[\"']([^\"']+)", path.read_text(), re.M)[0].replace("_", "-")
    return {
        "procedure": name if "-fu-" in name else f"python-fu-{name}",
        "image": path.stem != "newimage",
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


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_a_plug_in_runs_in_gimp_and_without_it(
    path: Path, found: dict[str, Any], installed: Path, picture: Path, tmp_path: Path
) -> None:
    report = found[path.stem]
    assert report["status"] == "success", report["message"]
    out = tmp_path / "out.png"
    words = [sys.executable, ROOT / "plugin/gimpfu", path, *([picture] if path.stem != "newimage" else []), "-o", out]
    ran = subprocess.run([str(each) for each in words], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    width, height = report["size"]
    shown = np.frombuffer((installed / f"{path.stem}.raw").read_bytes(), np.uint8).reshape(height, width, 4)
    headless = np.asarray(Image.open(out).convert("RGBA"))
    assert headless.shape == shown.shape
    before = np.asarray(Image.open(picture).convert("RGBA"))
    assert shown.shape != before.shape or (shown != before).any(), "it did something"
    seen = headless[..., 3] > 0
    assert np.abs(headless[seen][:, :3].astype(int) - shown[seen][:, :3]).max() <= 1
