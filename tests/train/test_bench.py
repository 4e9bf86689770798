"""What `colorgan bench` times does run; how fast, no test can say."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from colorgan_core.model.weights import load_weights
from colorgan_train import bench_speed
from colorgan_train.bench_batch import measure
from colorgan_train.bench_speed import Line, training_jobs
from colorgan_train.settings import Settings
from colorgan_train.timing import timed_in_turns


def test_a_training_step_of_both_models_can_be_timed() -> None:
    medians = timed_in_turns(training_jobs(Settings(preset="small", size=256, batch=1)), 1)
    assert len(medians) == 2 and all(seconds > 0 for seconds in medians.values())


@pytest.mark.parametrize("card", [True, False])
def test_speed_goes_into_the_card_if_asked(
    run: Callable[..., Any], tmp_path: Path, untrained: Path, monkeypatch: pytest.MonkeyPatch, card: bool
) -> None:
    monkeypatch.setattr(bench_speed, "measure", lambda *_: [Line("G forward", 0.02, "U-Net 256", 0.08, "0.33")])
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(untrained.read_bytes())
    assert run("bench", "speed", *(["--card", weights] if card else [])).code == 0
    figures = load_weights(weights).card.get("figures", {})
    assert len(figures) == card
    for name, (line,) in figures.items():
        assert name.startswith("speed on ") and "threads" in name
        assert line == {
            "what": "G forward",
            "ms": 20,
            "beside": "U-Net 256",
            "ms beside": 80,
            "ratio": 0.25,
            "bar": "0.33",
        }


@pytest.mark.long
def test_a_sequence_can_be_timed() -> None:
    told = io.StringIO()
    measure(Console(file=told, width=120), frames=2, size=64)
    assert "colorgan batch --workers 2" in told.getvalue()
