"""What `colorgan bench` times does run; how fast, no test can say."""

from __future__ import annotations

from colorgan_train.bench import timed_in_turns, training_jobs
from colorgan_train.settings import Settings


def test_a_training_step_of_both_models_can_be_timed() -> None:
    medians = timed_in_turns(training_jobs(Settings(preset="small", size=256, batch=1)), 1)
    assert len(medians) == 2 and all(seconds > 0 for seconds in medians.values())
