"""Fixtures that all tests share: the command line in this process, example pictures, and the counts of the long
lane."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("colorgan", deadline=None)  # a busy machine is no fault
settings.load_profile("colorgan")

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left: its exit code and the lines on both streams."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one sentence on stderr; fails where there is none or more than one line."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"one sentence on stderr, not {self.err!r}"
        assert lines[0].startswith("colorgan: ") and lines[0].endswith("."), lines[0]
        assert "Traceback" not in lines[0] and "this is a bug" not in lines[0], lines[0]
        return lines[0].removeprefix("colorgan: ")


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What colorgan keeps for a user is kept here, and not with the person who tests."""
    folder = tmp_path_factory.mktemp("data")
    os.environ["COLORGAN_DATA"] = str(folder)
    return folder


@pytest.fixture
def golden() -> Path:
    return GOLDEN


@pytest.fixture
def rounds() -> int:
    """How often a long test repeats a fault; the Makefile sets it for `make test-long` and `make soak`."""
    return int(os.environ.get("COLORGAN_ROUNDS", "3"))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `colorgan ARGUMENTS` in this process; stderr includes what C libraries write."""
    from colorgan_core.cli import main

    def call(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return call


@pytest.fixture(scope="session")
def plugin_command(data_folder: Path) -> Callable[..., str]:
    """plugin_command(home, *words) runs `colorgan plugin WORDS` for the person of this home, and returns what it says."""

    def call(home: Path, *words: str) -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "COLORGAN_DATA": str(data_folder)}
        command = [sys.executable, "-m", "colorgan_core", "plugin", *words]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return call


@pytest.fixture
def drawing() -> np.ndarray[Any, Any]:
    """48 x 64 x 3 uint8: a ring of ink on white paper."""
    y, x = np.mgrid[0:48, 0:64]
    distance = np.hypot(y - 24, x - 32)
    gray = np.where(np.abs(distance - 16) < 1.5, 0, 255).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=-1)


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of a small network that has learnt nothing, with one palette in its bank."""
    import torch

    from colorgan_core.model.config import PALETTE_SIZE, ModelConfig
    from colorgan_core.model.discriminator import Discriminator
    from colorgan_core.model.generator import Generator
    from colorgan_core.model.weights import Weights, save_weights

    torch.manual_seed(0)
    config = ModelConfig(
        widths=(8, 8, 8), blocks=(1, 1, 1), condition_width=16, token_width=16, discriminator_widths=(8, 8)
    )
    palettes = torch.full((1, PALETTE_SIZE, 4), 0.5)
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    save_weights(path, Weights(config, Generator(config), Discriminator(config), palettes, {}))
    return path


@pytest.fixture(scope="session")
def lively(untrained: Path) -> Path:
    """The same network with random numbers for zeros, so that it paints many colours, none of them good."""
    import torch

    from colorgan_core.model.weights import load_weights, save_weights

    weights, path = load_weights(untrained), untrained.with_name("lively.safetensors")
    torch.manual_seed(5)
    for parameter in weights.generator.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    save_weights(path, weights)
    return path


@pytest.fixture
def painter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default weights are the shipped ones, or, in a checkout without them, `untrained`."""
    from colorgan_core import stored_weights

    if not stored_weights.BUILT_IN.exists():
        monkeypatch.setattr(stored_weights, "BUILT_IN", request.getfixturevalue("untrained"))
