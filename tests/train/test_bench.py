"""What `colorgan bench` times does run; how fast, no test can say."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from colorgan_train.bench_batch import measure
from colorgan_train.bench_speed import training_jobs
from colorgan_train.settings import Settings
from colorgan_train.timing import timed_in_turns


def test_a_training_step_of_both_models_can_be_timed() -> None:
    medians = timed_in_turns(training_jobs(Settings(preset="small", size=256, batch=1)), 1)
    assert len(medians) == 2 and all(seconds > 0 for seconds in medians.values())


@pytest.mark.long
def test_a_sequence_can_be_timed() -> None:
    told = io.StringIO()
    measure(Console(file=told, width=120), frames=2, size=64)
    assert "colorgan batch --workers 2" in told.getvalue()
