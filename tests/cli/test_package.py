"""What is handed out: a wheel, made of the sdist, that colours in a fresh environment with nothing but itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorgan_core.stored_weights import BUILT_IN

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was made of it."""
    folder = tmp_path_factory.mktemp("dist")
    done([sys.executable, "-m", "build", "--outdir", folder, ROOT])
    return folder


def done(words: Sequence[object], **more: Any) -> str:
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


def test_what_is_in_the_packages(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "colorgan_core/weights/default.safetensors",
        "colorgan_plugin/krita/colorgan.desktop",
        "colorgan_plugin/gimpfu/README.md",
        *(f"colorgan_{room}/py.typed" for room in ("core", "installer", "plugin", "train")),
    ):
        assert name in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        f"colorgan_{room}" for room in ("core", "installer", "plugin", "train")
    }
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/LICENSE") for name in archive.getnames())
    assert wheel.stat().st_size < 1.2 * BUILT_IN.stat().st_size + 2e6


def test_the_wheel_colours_in_a_fresh_environment(
    built: Path, run: Callable[..., Any], golden: Path, tmp_path: Path
) -> None:
    place, home = tmp_path / "venv", tmp_path / "home"
    home.mkdir()
    venv.create(place, with_pip=True)
    program = place / "bin"
    (wheel,) = built.glob("*.whl")
    done([program / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel])
    done([program / "python", "-m", "pip", "check"])
    drawing = golden / "demo" / "turkey.png"
    alone = {"HOME": str(home), "PATH": os.defpath}
    done([program / "colorgan", "colorize", drawing, "-o", home / "out.png", "--seed", 3], cwd=home, env=alone)
    assert run("colorize", drawing, "-o", tmp_path / "out.png", "--seed", 3).code == 0
    np.testing.assert_array_equal(
        np.asarray(Image.open(home / "out.png")), np.asarray(Image.open(tmp_path / "out.png"))
    )
    assert "wrong" not in done([program / "colorgan", "doctor"], cwd=home, env=alone)
    for editor in ("krita", "gimp", "gimpfu"):
        done([program / "colorgan", "plugin", "package", editor], cwd=home, env=alone)
        assert zipfile.ZipFile(home / f"colorgan-{editor}.zip").testzip() is None
