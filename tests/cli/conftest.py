"""The painter behind `colorgan colorize` in these tests: the real one where the shipped weights are, else a
stand-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colorgan_core

WEIGHTS = Path(colorgan_core.__file__).parent / "weights" / "default.safetensors"


@dataclass
class FakePainting:
    picture: np.ndarray[Any, Any]
    task: str = "lineart"
    palette: np.ndarray[Any, Any] | None = None


@dataclass
class FakeColorizer:
    """Paints everything above half height red; checks nothing."""

    weights: str
    device: str
    description: str = field(default="a stand-in, no weights")

    def colorize(self, request: Any) -> FakePainting:
        picture = request.picture.copy()
        picture[: len(picture) // 2, :, 1:3] = 0
        return FakePainting(picture)


@pytest.fixture
def fake_painter(monkeypatch: pytest.MonkeyPatch) -> None:
    from colorgan_core.engine import pipeline

    monkeypatch.setattr(pipeline, "Colorizer", FakeColorizer)


@pytest.fixture
def painter(request: pytest.FixtureRequest) -> None:
    if not WEIGHTS.exists():
        request.getfixturevalue("fake_painter")
