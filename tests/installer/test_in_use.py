"""What is in use is what everything takes: the command line, Python, and an engine that runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import colorgan_core
from colorgan_core.errors import WeightsError
from colorgan_core.model.weights import load_weights
from colorgan_core.server.work import Workshop
from colorgan_core.stored_weights import find
from colorgan_plugin.client import EngineError, connect
from engines import blob, page, pixels, start

WISHES = {"task": "lineart", "seed": 1, "device": "cpu"}


@pytest.fixture
def two(home, lively: Path):
    """`ink` is installed beside `old`, which is in use."""
    assert home.run("weights", "install", lively, "--name", "ink").code == 0
    return home


def test_the_command_line_and_python(two, tmp_path: Path) -> None:
    drawing = page(48)
    Image.fromarray(drawing).save(tmp_path / "in.png")

    def colored(*more: str) -> np.ndarray:
        ran = two.run(
            "colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--task", "lineart", "--seed", "1", *more
        )
        assert ran.code == 0, ran.err
        return np.asarray(Image.open(tmp_path / "out.png"))

    old, ink = colored(), colored("--weights", "ink")
    assert (old != ink).any()
    assert (colorgan_core.colorize(drawing, task="lineart", seed=1) == old).all()
    assert two.run("weights", "use", "ink").code == 0
    assert (colored() == ink).all()
    assert (colorgan_core.colorize(drawing, task="lineart", seed=1) == ink).all()


def test_a_workshop_takes_what_is_in_use(two, lively: Path, untrained: Path, tmp_path: Path) -> None:
    workshop = Workshop("default", "cpu")
    first = workshop.current
    assert workshop.colorizer("default", "cpu") is first is workshop.colorizer("old", "cpu")
    ink = workshop.colorizer("ink", "cpu")
    assert ink.loaded.weights.digest == load_weights(lively).digest and workshop.current is first
    two.run("weights", "use", "ink")
    assert workshop.colorizer("default", "cpu") is ink is workshop.current
    find("ink").unlink()
    with pytest.raises(WeightsError, match="is gone"):
        workshop.colorizer("default", "cpu")
    two.run("weights", "use", "old")
    assert workshop.colorizer("default", "cpu").loaded.weights.digest == first.loaded.weights.digest
    (tmp_path / "own.safetensors").write_bytes(lively.read_bytes())
    before = workshop.colorizer(str(tmp_path / "own.safetensors"), "cpu")
    (tmp_path / "own.safetensors").write_bytes(untrained.read_bytes())  # trained on
    assert workshop.colorizer(str(tmp_path / "own.safetensors"), "cpu") is not before


def test_an_engine_that_runs(two) -> None:
    process = start(two.data / "engine", Path("default"))
    try:
        drawing = page(64)
        with connect(str(two.data / "engine")) as engine:

            def colored(**more: str) -> np.ndarray:
                return pixels(engine.run("colorize", {**WISHES, **more}, [blob("picture", drawing)]).blobs["picture"])[
                    ..., :3
                ]

            old, ink = colored(), colored(weights="ink")
            assert (old != ink).any()
            two.run("weights", "use", "ink")
            assert (colored() == ink).all()
            data = find("ink").read_bytes()
            find("ink").write_bytes(data[:-9])
            with pytest.raises(EngineError, match="is damaged"):
                colored()
            two.run("weights", "use", "old")
            assert (colored() == old).all()
            engine.stop()
        process.wait(30)
    finally:
        process.kill()
        process.wait()


def test_figures_do_not_go_into_installed_weights(two) -> None:
    ran = two.run("evaluate", "--set", "openmoji", "--card", "--weights", "ink")
    assert ran.code == 2 and "stay as they came" in ran.sentence
    ran = two.run("evaluate", "--set", "openmoji", "--card")
    assert ran.code == 2 and "stay as they came" in ran.sentence
